// SPDX-License-Identifier: ISC
/*
 * url.c - pop:, pop3: and pop3s: URLs (url.h).
 * Runs in: restante.  Trusts: nothing of the text.
 */
#include "fetch/conf/url.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/secret.h"
#include "fetch/conf/text.h"
#include "fetch/limits.h"

static const struct scheme {
	const char *name; /* with what must follow it */
	bool has_tls;     /* from the first octet on */
} schemes[] = {
	{ "pop://", false },
	{ "pop3://", false },
	{ "pop3s://", true },
	{ "pops://", true },
};
#define SCHEMES_COUNT (sizeof(schemes) / sizeof(schemes[0]))

/* The parts, still as text; each in octets of url->text. */
struct url {
	const struct scheme *scheme;
	char text[URL_MAX + 1];
	char *user;
	char *mechanism; /* or NULL */
	char *host;
	char *port; /* or NULL */
};

static const struct scheme *find_scheme(const char *text)
{
	for (size_t i = 0; i < SCHEMES_COUNT; i++) {
		const char *name = schemes[i].name;

		if (strncasecmp(text, name, strlen(name)) == 0) {
			return &schemes[i];
		}
	}
	return NULL;
}

bool url_is_meant(const char *text)
{
	return strstr(text, "://") != NULL ||
	       strncasecmp(text, "pop:", 4) == 0 ||
	       strncasecmp(text, "pop3:", 5) == 0 ||
	       strncasecmp(text, "pop3s:", 6) == 0;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'f') {
		return c - 'a' + 10;
	}
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* In its place, where it becomes no longer.  False if a % does not stand before
 * two hex digits, or stands for NUL. */
static bool decode(char *text)
{
	char *to = text;

	for (const char *at = text; *at != '\0'; at++) {
		int high;
		int low;

		if (*at != '%') {
			*to++ = *at;
			continue;
		}
		high = hex_value(at[1]);
		low = high >= 0 ? hex_value(at[2]) : -1;
		if (low < 0 || high + low == 0) {
			return false;
		}
		*to++ = (char)(high << 4 | low);
		at += 2;
	}
	*to = '\0';
	return true;
}

static int refuse_scheme(const char *text, struct conf_reason *why_r)
{
	(void)text;
	return conf_refuse(why_r, "an URL of POP3 begins with pop3s:// (TLS at "
				  "once), pop3:// or pop:// (STLS)");
}

/* The user's part: user, and ";AUTH=mechanism". */
static int split_user(struct url *u, char *part, struct conf_reason *why_r)
{
	char *semicolon = strchr(part, ';');
	char *colon = strchr(part, ':');

	if (colon != NULL) {
		/* Not even here: it would be shown. */
		wipe(colon, strlen(colon));
		return conf_refuse(why_r, "no password may stand in an URL, "
					  "where all users of this machine see "
					  "it: leave it out to be asked, or "
					  "use --password-file or "
					  "--password-command");
	}
	if (semicolon != NULL) {
		*semicolon = '\0';
		if (strncasecmp(semicolon + 1, "AUTH=", 5) != 0) {
			return conf_refuse(why_r, "behind ; in an URL only "
						  "AUTH=MECHANISM may stand");
		}
		u->mechanism = semicolon + 6;
	}
	u->user = part;
	return 0;
}

/* host or [address], and ":port". */
static int split_host(struct url *u, char *part, struct conf_reason *why_r)
{
	char *end = part[0] == '[' ? strchr(part, ']') : NULL;
	char *colon = strchr(end != NULL ? end : part, ':');

	if (colon != NULL) {
		*colon = '\0';
		u->port = colon + 1;
	}
	u->host = part;
	return part[0] != '\0'
		   ? 0
		   : conf_refuse(why_r, "the URL names no host; write "
					"pop3s://USER@HOST/");
}

static int split(struct url *u, struct conf_reason *why_r)
{
	char *part = u->text + strlen(u->scheme->name);
	char *path = part + strcspn(part, "/?#");
	char *at;

	if (*path != '\0' && strcmp(path, "/") != 0) {
		return conf_refuse(why_r, "nothing may stand behind the host "
					  "in an URL of POP3; a / in the "
					  "user's name is written %%2F");
	}
	*path = '\0';
	at = strrchr(part, '@');
	if (at == NULL || at == part) {
		return conf_refuse(why_r,
				   "the URL names no user; write "
				   "%sUSER@HOST/",
				   u->scheme->name);
	}
	*at = '\0';
	return split_user(u, part, why_r) == 0 ? split_host(u, at + 1, why_r)
					       : -1;
}

/* "*" is for any; "+APOP" is what RFC 2384 calls APOP. */
static int take_mechanism(char *name, struct account *a,
			  struct conf_reason *why_r)
{
	const char *const names[] = { name[0] == '+' ? name + 1 : name };
	struct conf_reason why;

	if (strcmp(name, "*") == 0) {
		return 0;
	}
	if (text_mechanisms(names, 1, &a->mechanisms, &why) != 0) {
		return conf_refuse(why_r, "the URL's AUTH: %.160s", why.text);
	}
	return 0;
}

static int take_user(struct url *u, struct account *a,
		     struct conf_reason *why_r)
{
	struct conf_reason why;

	if (!decode(u->user) ||
	    (u->mechanism != NULL && !decode(u->mechanism))) {
		return conf_refuse(why_r, "in an URL a %% must stand before "
					  "two hex digits, and not 00; %% "
					  "itself is written %%25");
	}
	if (text_user(u->user, &why) != 0) {
		return conf_refuse(why_r, "the URL's user: %s", why.text);
	}
	a->user = strdup(u->user);
	if (a->user == NULL) {
		return conf_refuse(why_r, "out of memory");
	}
	return u->mechanism != NULL ? take_mechanism(u->mechanism, a, why_r)
				    : 0;
}

static int take_host(const struct url *u, struct account *a,
		     struct conf_reason *why_r)
{
	struct conf_reason why;

	if (text_host(u->host, &a->host, &why) != 0) {
		return conf_refuse(why_r, "the URL's host: %s", why.text);
	}
	a->tls = ACCOUNT_TLS_IMPLICIT;
	a->port = ACCOUNT_PORT_TLS;
	if (!u->scheme->has_tls) {
		a->tls = account_host_is_loopback(a->host) ? ACCOUNT_TLS_NONE
							   : ACCOUNT_TLS_STLS;
		a->port = ACCOUNT_PORT;
	}
	if (u->port != NULL && text_port(u->port, &a->port, &why) != 0) {
		return conf_refuse(why_r, "the URL's port: %s", why.text);
	}
	return 0;
}

static int take_name(struct account *a, struct conf_reason *why_r)
{
	char name[TEXT_USER_MAX + URL_MAX];
	bool is_usual =
	    a->port ==
	    (a->tls == ACCOUNT_TLS_IMPLICIT ? ACCOUNT_PORT_TLS : ACCOUNT_PORT);
	bool is_six = strchr(a->host, ':') != NULL;
	size_t len =
	    (size_t)snprintf(name, sizeof(name), "%s@%s%s%s", a->user,
			     is_six ? "[" : "", a->host, is_six ? "]" : "");

	if (!is_usual) {
		snprintf(name + len, sizeof(name) - len, ":%u",
			 (unsigned)a->port);
	}
	a->name = strdup(name);
	return a->name != NULL ? 0 : conf_refuse(why_r, "out of memory");
}

static int take(struct url *u, struct account *a, struct conf_reason *why_r)
{
	if (split(u, why_r) != 0 || take_user(u, a, why_r) != 0 ||
	    take_host(u, a, why_r) != 0) {
		return -1;
	}
	return take_name(a, why_r);
}

int url_parse(const char *text, struct account *account_r,
	      struct conf_reason *why_r)
{
	struct url u = { .scheme = find_scheme(text) };
	struct account a;
	int rc;

	if (u.scheme == NULL) {
		return refuse_scheme(text, why_r);
	}
	if (strlen(text) > URL_MAX) {
		return conf_refuse(why_r, "the URL is longer than %u octets",
				   URL_MAX);
	}
	memcpy(u.text, text, strlen(text) + 1);
	account_init(&a);
	rc = take(&u, &a, why_r);
	wipe(u.text, sizeof(u.text));
	if (rc != 0) {
		account_finish(&a);
		return -1;
	}
	account_finish(account_r);
	*account_r = a;
	return 0;
}
