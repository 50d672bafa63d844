// SPDX-License-Identifier: ISC
/*
 * config_list.c - values of lists (config_list.h).
 * Runs in: master, restantectl.  Trusts: the table; nothing of the text.
 */
#include "master/config_list.h"

#include <string.h>

#include "master/config_string.h"
#include "master/config_value.h"

static bool is_same_address(const struct config_listen *a,
			    const struct config_listen *b)
{
	return a->len == b->len &&
	       memcmp(&a->address, &b->address, a->len) == 0;
}

static bool is_any_port(const struct config_listen *l)
{
	return strcmp(strrchr(l->text, ':'), ":0") == 0;
}

static int add_address(const struct setting *s, const char *value,
		       struct config *config_r, struct conf_reason *why_r)
{
	struct config_listen listen;

	if (config_address_parse(value, &listen, why_r) != 0) {
		return -1;
	}
	listen.kind =
	    s->type == SETTING_TLS_ADDRESSES ? LISTENER_TLS : LISTENER_PLAIN;
	for (size_t i = 0; i < config_r->listen_count; i++) {
		const struct config_listen *other = &config_r->listen[i];

		if (is_same_address(other, &listen) && !is_any_port(&listen)) {
			return conf_refuse(
			    why_r, "is there twice%s; leave one out",
			    other->kind == listen.kind
				? ""
				: ", in listen and in listen_tls");
		}
	}
	if (config_r->listen_count >= CONFIG_LISTEN_MAX) {
		return conf_refuse(why_r, "more than %u addresses",
				   CONFIG_LISTEN_MAX);
	}
	config_r->listen[config_r->listen_count] = listen;
	config_r->listen_count++;
	return 0;
}

/* A place in the list is, to config_string_path, a row of its own. */
static int add_path(const struct setting *s, const char *value,
		    const char *base, struct config *config_r,
		    struct conf_reason *why_r)
{
	struct config_paths *paths = (void *)((char *)config_r + s->offset);
	struct setting place = *s;

	if (paths->count >= CONFIG_CERTIFICATES_MAX) {
		return conf_refuse(why_r, "more than %u files",
				   CONFIG_CERTIFICATES_MAX);
	}
	place.offset += offsetof(struct config_paths, path) +
			paths->count * sizeof(paths->path[0]);
	place.size = sizeof(paths->path[0]);
	place.standard = NULL;
	if (config_string_path(&place, value, base, config_r, why_r) != 0) {
		return -1;
	}
	paths->count++;
	return 0;
}

static int add_net(const char *value, struct config *config_r,
		   struct conf_reason *why_r)
{
	struct session_settings *session = &config_r->session;
	struct net net;

	if (!net_parse(value, strlen(value), &net)) {
		return conf_refuse(why_r, "not a network or address, such as "
					  "10.0.0.0/8, 2001:db8::/32 or "
					  "192.0.2.1");
	}
	if (session->proxy_count >= SETTINGS_NETS_MAX) {
		return conf_refuse(why_r, "more than %u networks",
				   SETTINGS_NETS_MAX);
	}
	session->proxies[session->proxy_count] = net;
	session->proxy_count++;
	return 0;
}

int config_list_add(const struct setting *s, const char *value,
		    const char *base, struct config *config_r,
		    struct conf_reason *why_r)
{
	if (s->type == SETTING_PATHS) {
		return add_path(s, value, base, config_r, why_r);
	}
	return s->type == SETTING_NETS ? add_net(value, config_r, why_r)
				       : add_address(s, value, config_r, why_r);
}
