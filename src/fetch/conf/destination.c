// SPDX-License-Identifier: ISC
/*
 * destination.c - where mail is to go, as written (destination.h).
 * Runs in: restante.  Trusts: nothing of the text.
 */
#include "fetch/conf/destination.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/name.h"
#include "fetch/conf/argv.h"
#include "fetch/conf/text.h"
#include "fetch/limits.h"

#define TEXT_MAX (PLACE_MAX + 64u)

struct reading {
	const char *const *values;
	size_t count;
	const char *rest; /* of the first, behind its kind */
	const struct place *place;
	struct conf_reason *why_r;
};

typedef int (*read_fn)(const struct reading *r, struct destination *d);

static int read_path(const struct reading *r, struct destination *d)
{
	if (place_path(r->place, r->rest, &d->path, r->why_r) != 0) {
		return -1;
	}
	return strcmp(d->path, "/") != 0
		   ? 0
		   : conf_refuse(r->why_r, "no mail can be put there");
}

/* "command:PROGRAM ARGUMENT", or a list that begins with "command:PROGRAM". */
static int read_command(const struct reading *r, struct destination *d)
{
	const char *words[ARGV_MAX + 1];

	if (r->count > ARGV_MAX) {
		return conf_refuse(r->why_r, "more than %u words", ARGV_MAX);
	}
	for (size_t i = 0; i < r->count; i++) {
		words[i] = i == 0 ? r->rest : r->values[i];
	}
	return argv_parse(words, r->count, r->place, &d->argv, r->why_r);
}

/* HOST:PORT; a port of 0 stands for one that must be written. */
static int read_host(const struct reading *r, uint16_t port,
		     struct destination *d)
{
	int rc;

	d->port = port;
	rc = text_host_port(r->rest, &d->host, &d->port, r->why_r);
	if (rc == 0 && d->port == 0) {
		rc = conf_refuse(r->why_r, "the port is missing; write "
					   "lmtp:HOST:PORT, or lmtp:/PATH of a "
					   "socket");
	}
	return rc;
}

static int read_lmtp(const struct reading *r, struct destination *d)
{
	if (r->rest[0] == '/' || r->rest[0] == '~' || r->rest[0] == '$') {
		return read_path(r, d);
	}
	return read_host(r, 0, d);
}

static int read_smtp(const struct reading *r, struct destination *d)
{
	return read_host(r, DESTINATION_SMTP_PORT, d);
}

static int read_output(const struct reading *r, struct destination *d)
{
	(void)d;
	return r->rest[0] == '\0' ? 0
				  : conf_refuse(r->why_r, "write stdout alone");
}

static const struct kind {
	const char *name;
	enum destination_kind kind;
	const char *begin;
	read_fn read;
} kinds[] = {
	{ "maildir", DESTINATION_MAILDIR, "maildir:", read_path },
	{ "mbox", DESTINATION_MBOX, "mbox:", read_path },
	{ "command", DESTINATION_COMMAND, "command:", read_command },
	{ "lmtp", DESTINATION_LMTP, "lmtp:", read_lmtp },
	{ "smtp", DESTINATION_SMTP, "smtp:", read_smtp },
	{ "stdout", DESTINATION_OUTPUT, "stdout", read_output },
	{ "-", DESTINATION_OUTPUT, "-", read_output },
};
#define KINDS_COUNT (sizeof(kinds) / sizeof(kinds[0]))

static int refuse_kind(const char *text, struct conf_reason *why_r)
{
	const char *names[KINDS_COUNT];
	char begin[16];
	size_t len = strcspn(text, ":");
	const char *near;

	if (text[0] == '/' || text[0] == '~' || text[0] == '$' ||
	    text[0] == '.') {
		return conf_refuse(why_r, "say what is there: maildir:PATH or "
					  "mbox:PATH");
	}
	for (size_t i = 0; i < KINDS_COUNT; i++) {
		names[i] = kinds[i].name;
	}
	snprintf(begin, sizeof(begin), "%.*s",
		 len < sizeof(begin) ? (int)len : 0, text);
	near = conf_name_nearest(begin, names, KINDS_COUNT - 1);
	if (near != NULL) {
		return conf_refuse(why_r, "no destination; did you mean %s%s?",
				   near,
				   strcmp(near, "stdout") != 0 ? ":" : "");
	}
	if (text[0] != '\0' && text[len] == '\0') {
		return conf_refuse(why_r, "say what is there: maildir:PATH or "
					  "mbox:PATH");
	}
	return conf_refuse(why_r, "no destination; there are maildir:PATH, "
				  "mbox:PATH, command:PROGRAM, lmtp:PATH, "
				  "lmtp:HOST:PORT, smtp:HOST and stdout");
}

static const struct kind *find_kind(const char *text)
{
	for (size_t i = 0; i < KINDS_COUNT; i++) {
		const char *begin = kinds[i].begin;

		if (strncmp(text, begin, strlen(begin)) == 0) {
			return &kinds[i];
		}
	}
	return NULL;
}

int destination_parse(const char *const *values, size_t count,
		      const struct place *place,
		      struct destination *destination_r,
		      struct conf_reason *why_r)
{
	struct destination d = { .kind = DESTINATION_NONE };
	const struct kind *k = count != 0 ? find_kind(values[0]) : NULL;
	struct reading r = { values, count, NULL, place, why_r };

	if (count == 0) {
		return conf_refuse(why_r, "empty; write for instance "
					  "maildir:~/Mail");
	}
	if (k == NULL) {
		return refuse_kind(values[0], why_r);
	}
	if (count > 1 && k->kind != DESTINATION_COMMAND) {
		return conf_refuse(why_r, "mail goes to one place; only of a "
					  "command a list is written");
	}
	d.kind = k->kind;
	r.rest = values[0] + strlen(k->begin);
	if (k->read(&r, &d) != 0) {
		destination_finish(&d);
		return -1;
	}
	*destination_r = d;
	return 0;
}

static const char *begin_of(enum destination_kind kind)
{
	for (size_t i = 0; i < KINDS_COUNT; i++) {
		if (kinds[i].kind == kind) {
			return kinds[i].begin;
		}
	}
	return "";
}

static void put_argv(char *const *argv, char *text, size_t room)
{
	size_t len = 0;

	for (size_t i = 0; argv[i] != NULL && len < room; i++) {
		len += (size_t)snprintf(text + len, room - len, "%s%s",
					i == 0 ? "" : " ", argv[i]);
	}
}

char *destination_text(const struct destination *d)
{
	char rest[TEXT_MAX] = "";
	char text[TEXT_MAX + 16];
	bool is_six = d->host != NULL && strchr(d->host, ':') != NULL;

	if (d->argv != NULL) {
		put_argv(d->argv, rest, sizeof(rest));
	} else if (d->path != NULL) {
		snprintf(rest, sizeof(rest), "%s", d->path);
	} else if (d->host != NULL) {
		snprintf(rest, sizeof(rest), is_six ? "[%s]:%u" : "%s:%u",
			 d->host, (unsigned)d->port);
	}
	snprintf(text, sizeof(text), "%s%s", begin_of(d->kind), rest);
	return strdup(text);
}
