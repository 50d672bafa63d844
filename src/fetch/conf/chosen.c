// SPDX-License-Identifier: ISC
/*
 * chosen.c - the accounts that a command line is about (chosen.h).
 * Runs in: restante.  Trusts: options and configuration, once parsed.
 */
#include "fetch/conf/chosen.h"

#include <stdlib.h>
#include <string.h>

#include "fetch/conf/argv.h"
#include "fetch/conf/config_check.h"
#include "fetch/conf/destination.h"
#include "fetch/conf/text.h"
#include "fetch/conf/url.h"
#include "fetch/limits.h"

struct choosing {
	const struct options *o;
	const struct place *place;
	struct config *config;
	struct config *chosen; /* with room for all */
	struct conf_reason *why_r;
};

bool chosen_needs_config(const struct options *o)
{
	for (size_t i = 0; i < o->names_count; i++) {
		if (!url_is_meant(o->names[i])) {
			return true;
		}
	}
	return o->names_count == 0;
}

static int refuse_name(const struct choosing *c, const char *name)
{
	const char *near = config_nearest(c->config, name);

	if (near != NULL) {
		return conf_refuse(c->why_r,
				   "there is no account %.60s; did you mean "
				   "%.64s?",
				   name, near);
	}
	return conf_refuse(c->why_r,
			   "there is no account %.60s; restante account list "
			   "shows them all",
			   name);
}

static bool is_chosen(const struct choosing *c, const char *name)
{
	return config_find(c->chosen, name) != NULL;
}

/* What is left closes the gap, in its order. */
static void move(struct choosing *c, struct account *a)
{
	struct config *from = c->config;
	size_t behind = from->count - (size_t)(a - from->account) - 1;

	c->chosen->account[c->chosen->count++] = *a;
	memmove(a, a + 1, behind * sizeof(*a));
	from->count--;
}

static int take_configured(struct choosing *c, const char *name)
{
	struct account *a = config_find(c->config, name);

	if (a == NULL) {
		return is_chosen(c, name)
			   ? conf_refuse(c->why_r, "%.60s is named twice", name)
			   : refuse_name(c, name);
	}
	move(c, a);
	return 0;
}

static int prefix(struct choosing *c, const char *option, int rc)
{
	struct conf_reason why = *c->why_r;

	return rc == 0 ? 0
		       : conf_refuse(c->why_r, "%s: %.170s", option, why.text);
}

static int set_password(struct choosing *c, struct account *a)
{
	const struct options_account *o = &c->o->account;

	if (o->password_command != NULL) {
		return prefix(c, "--password-command",
			      argv_parse(&o->password_command, 1, c->place,
					 &a->password_command, c->why_r));
	}
	if (o->password_file != NULL) {
		return prefix(c, "--password-file",
			      place_path(c->place, o->password_file,
					 &a->password_file, c->why_r));
	}
	return 0;
}

static int set_trust(struct choosing *c, struct account *a)
{
	const struct options_account *o = &c->o->account;

	if (o->pin != NULL) {
		a->has_pin = true;
		if (prefix(c, "--pin", text_pin(o->pin, a->pin, c->why_r)) !=
		    0) {
			return -1;
		}
	}
	if (o->ca_file == NULL) {
		return 0;
	}
	return prefix(c, "--ca-file",
		      place_path(c->place, o->ca_file, &a->ca_file, c->why_r));
}

static int set_mechanisms(struct choosing *c, struct account *a)
{
	const char *text = c->o->account.mechanisms;

	if (text == NULL) {
		return 0;
	}
	if (a->mechanisms != NULL) {
		return conf_refuse(c->why_r, "--auth: the URL says AUTH= too; "
					     "leave one out");
	}
	return prefix(c, "--auth",
		      text_mechanism_list(text, &a->mechanisms, c->why_r));
}

/* To clear text leads only what says so, and only where TLS is not at once. */
static int set_clear_text(struct choosing *c, struct account *a)
{
	if (!c->o->account.clear_text) {
		return 0;
	}
	if (a->tls == ACCOUNT_TLS_IMPLICIT) {
		return conf_refuse(c->why_r, "--clear-text: a pop3s URL is "
					     "with TLS; write pop3://");
	}
	a->clear_text = true;
	a->tls = ACCOUNT_TLS_NONE;
	return 0;
}

static int take_url(struct choosing *c, const char *url)
{
	struct account *a = &c->chosen->account[c->chosen->count];

	account_init(a);
	c->chosen->count++;
	if (url_parse(url, a, c->why_r) != 0 || set_password(c, a) != 0 ||
	    set_trust(c, a) != 0 || set_mechanisms(c, a) != 0 ||
	    set_clear_text(c, a) != 0) {
		return -1;
	}
	for (size_t i = 0; i + 1 < c->chosen->count; i++) {
		if (strcmp(c->chosen->account[i].name, a->name) == 0) {
			return conf_refuse(c->why_r, "%.120s is named twice",
					   a->name);
		}
	}
	return config_check_url(a, c->why_r);
}

/* The name of an option that only URLs have, if one was given. */
static const char *option_of_urls(const struct options_account *o)
{
	const struct {
		bool is_given;
		const char *name;
	} all[] = {
		{ o->password_command != NULL, "--password-command" },
		{ o->password_file != NULL, "--password-file" },
		{ o->pin != NULL, "--pin" },
		{ o->ca_file != NULL, "--ca-file" },
		{ o->mechanisms != NULL, "--auth" },
		{ o->clear_text, "--clear-text" },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (all[i].is_given) {
			return all[i].name;
		}
	}
	return NULL;
}

static int take_name(struct choosing *c, const char *name)
{
	const char *odd = option_of_urls(&c->o->account);

	if (url_is_meant(name)) {
		return take_url(c, name);
	}
	if (odd != NULL) {
		return conf_refuse(c->why_r,
				   "%s is for URLs; set it for account %.60s "
				   "in the configuration",
				   odd, name);
	}
	return take_configured(c, name);
}

static bool is_about_one(enum command command)
{
	return command == COMMAND_LIST || command == COMMAND_SHOW ||
	       command == COMMAND_DELETE;
}

/* As many names as a sentence has room for. */
static int refuse_many(const struct choosing *c)
{
	char names[128] = "";
	size_t len = 0;

	for (size_t i = 0; i < c->config->count; i++) {
		const char *name = c->config->account[i].name;

		if (len + strlen(name) + 2 + strlen(", ...") > sizeof(names)) {
			snprintf(names + len, sizeof(names) - len, ", ...");
			break;
		}
		len += (size_t)snprintf(names + len, sizeof(names) - len,
					"%s%s", i == 0 ? "" : ", ", name);
	}
	return conf_refuse(c->why_r, "of which account? name one of: %s",
			   names);
}

static int take_all(struct choosing *c)
{
	const char *odd = option_of_urls(&c->o->account);

	if (odd != NULL) {
		return conf_refuse(c->why_r,
				   "%s is for URLs; name one, or set it in the "
				   "configuration",
				   odd);
	}
	if (c->config->count == 0 && c->o->command != COMMAND_ACCOUNT_LIST) {
		return conf_refuse(c->why_r, "there is no account yet; set one "
					     "up with: restante account add");
	}
	if (is_about_one(c->o->command) && c->config->count > 1) {
		return refuse_many(c);
	}
	while (c->config->count > 0) {
		move(c, &c->config->account[0]);
	}
	return 0;
}

static int set_destination(struct choosing *c, struct account *a)
{
	const struct options_account *o = &c->o->account;
	struct destination d = { .kind = DESTINATION_NONE };

	if (o->to == NULL && o->recipient == NULL) {
		return 0;
	}
	if (o->to != NULL) {
		if (destination_parse(&o->to, 1, c->place, &d, c->why_r) != 0) {
			return prefix(c, "--to", -1);
		}
		destination_finish(&a->deliver);
		a->deliver = d;
	}
	if (o->recipient != NULL) {
		if (prefix(c, "--recipient",
			   text_address(o->recipient, c->why_r)) != 0) {
			return -1;
		}
		free(a->deliver.recipient);
		a->deliver.recipient = strdup(o->recipient);
	}
	return config_check_destination(a, c->why_r);
}

static int set_options(struct choosing *c, struct account *a)
{
	if (set_destination(c, a) != 0) {
		return -1;
	}
	if (c->o->account.after != AFTER_AS_SET) {
		a->deletes = c->o->account.after == AFTER_DELETE;
		a->delete_days = 0;
	}
	if (c->o->command == COMMAND_FETCH &&
	    a->deliver.kind == DESTINATION_NONE) {
		return conf_refuse(c->why_r,
				   "say where the mail is to go: --to "
				   "maildir:PATH, for instance");
	}
	return 0;
}

static int choose(struct choosing *c)
{
	int rc = c->o->names_count == 0 ? take_all(c) : 0;

	for (size_t i = 0; rc == 0 && i < c->o->names_count; i++) {
		rc = take_name(c, c->o->names[i]);
	}
	for (size_t i = 0; rc == 0 && i < c->chosen->count; i++) {
		rc = set_options(c, &c->chosen->account[i]);
	}
	return rc;
}

int chosen_take(const struct options *o, const struct place *place,
		struct config *config, struct config *chosen_r,
		struct conf_reason *why_r)
{
	size_t room = o->names_count + config->count + 1;
	struct config chosen = { calloc(room, sizeof(struct account)), 0 };
	struct choosing c = { o, place, config, &chosen, why_r };

	if (chosen.account == NULL) {
		return conf_refuse(why_r, "out of memory");
	}
	if (choose(&c) != 0) {
		config_finish(&chosen);
		return -1;
	}
	*chosen_r = chosen;
	return 0;
}
