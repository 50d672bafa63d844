// SPDX-License-Identifier: ISC
/*
 * edit_section.c - an account as a section of restante.conf (edit.h).
 * Runs in: restante.  Trusts: the account, whose texts have no control
 * characters.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/conf/destination.h"
#include "fetch/conf/edit.h"
#include "fetch/limits.h"
#include "fetch/pin.h"

struct writing {
	FILE *to;
	const struct place *place;
	const struct account *a;
	const struct account *standard;
};

/* Within single quotes libConfuse looks at no $, and only at these two behind a
 * backslash; within double ones it looks up ${NAME}. */
static void put_quoted(FILE *to, const char *text)
{
	if (strpbrk(text, "$\"\\") == NULL) {
		fprintf(to, "\"%s\"", text);
		return;
	}
	fputc('\'', to);
	for (; *text != '\0'; text++) {
		if (*text == '\'' || *text == '\\') {
			fputc('\\', to);
		}
		fputc(*text, to);
	}
	fputc('\'', to);
}

static void put_text(const struct writing *w, const char *name,
		     const char *text)
{
	if (text != NULL) {
		fprintf(w->to, "\t%s = ", name);
		put_quoted(w->to, text);
		fputc('\n', w->to);
	}
}

/* With "~" for home, if it is below it. */
static void shorten(const struct writing *w, const char *before,
		    const char *path, char text[PLACE_MAX + 32])
{
	size_t home = strlen(w->place->home);
	bool is_below = home > 1 && strncmp(path, w->place->home, home) == 0 &&
			path[home] == '/';

	snprintf(text, PLACE_MAX + 32, "%s%s%s", before, is_below ? "~" : "",
		 is_below ? path + home : path);
}

/* before: "maildir:", for instance. */
static void put_path(const struct writing *w, const char *name,
		     const char *before, const char *path)
{
	char text[PLACE_MAX + 32];

	if (path != NULL) {
		shorten(w, before, path, text);
		put_text(w, name, text);
	}
}

static void put_number(const struct writing *w, const char *name,
		       uint64_t number, uint64_t standard)
{
	if (number != standard) {
		fprintf(w->to, "\t%s = %llu\n", name,
			(unsigned long long)number);
	}
}

static void put_argv(const struct writing *w, const char *name,
		     const char *before, char *const *argv)
{
	char program[PLACE_MAX + 32];

	if (argv == NULL) {
		return;
	}
	shorten(w, before, argv[0], program);
	fprintf(w->to, "\t%s = {", name);
	put_quoted(w->to, program);
	for (size_t i = 1; argv[i] != NULL; i++) {
		fputs(", ", w->to);
		put_quoted(w->to, argv[i]);
	}
	fputs("}\n", w->to);
}

static void put_mechanisms(const struct writing *w)
{
	const char *at = w->a->mechanisms;

	if (at == NULL) {
		return;
	}
	fputs("\tauth = {", w->to);
	while (*at != '\0') {
		size_t len = strcspn(at, " ");

		fprintf(w->to, "\"%.*s\"%s", (int)len, at,
			at[len] != '\0' ? ", " : "");
		at += at[len] != '\0' ? len + 1 : len;
	}
	fputs("}\n", w->to);
}

static void put_pin(const struct writing *w)
{
	char pin[PIN_TEXT_MAX];

	if (w->a->has_pin) {
		pin_write(w->a->pin, pin);
		fprintf(w->to, "\tpin = \"%s\"\n", pin);
	}
}

static void put_line(const struct writing *w)
{
	static const char *const words[] = {
		[ACCOUNT_TLS_IMPLICIT] = "implicit",
		[ACCOUNT_TLS_STLS] = "stls",
		[ACCOUNT_TLS_NONE] = "none",
	};

	put_text(w, "server", w->a->host);
	/* Always: the file's defaults may say something else. */
	fprintf(w->to, "\ttls = %s\n", words[w->a->tls]);
	fprintf(w->to, "\tport = %u\n", (unsigned)w->a->port);
	if (w->a->clear_text) {
		fputs("\tclear_text = yes\n", w->to);
	}
}

static void put_login(const struct writing *w)
{
	const struct account *a = w->a;

	put_text(w, "user", a->user);
	put_argv(w, "password_command", "", a->password_command);
	put_path(w, "password_file", "", a->password_file);
	put_mechanisms(w);
	put_pin(w);
	put_path(w, "ca_file", "", a->ca_file);
	put_path(w, "certificate", "", a->certificate_file);
	put_path(w, "key", "", a->key_file);
}

static void put_destination(const struct writing *w)
{
	const struct destination *d = &w->a->deliver;
	char *text;

	switch (d->kind) {
	case DESTINATION_NONE:
		return;
	case DESTINATION_MAILDIR:
		put_path(w, "deliver", "maildir:", d->path);
		break;
	case DESTINATION_MBOX:
		put_path(w, "deliver", "mbox:", d->path);
		break;
	case DESTINATION_COMMAND:
		put_argv(w, "deliver", "command:", d->argv);
		break;
	case DESTINATION_LMTP:
	case DESTINATION_SMTP:
	case DESTINATION_OUTPUT:
		text = destination_text(d);
		put_text(w, "deliver", text);
		free(text);
		break;
	}
	put_text(w, "sender", d->sender);
	put_text(w, "recipient", d->recipient);
}

static void put_policy(const struct writing *w)
{
	static const char *const words[] = {
		[ACCOUNT_PIPELINING_AUTO] = "auto",
		[ACCOUNT_PIPELINING_YES] = "yes",
		[ACCOUNT_PIPELINING_NO] = "no",
	};
	const struct account *a = w->a;
	const struct account *s = w->standard;

	fprintf(w->to, "\tafter = %s\n", a->deletes ? "delete" : "keep");
	put_number(w, "delete_after_days", a->delete_days, s->delete_days);
	put_number(w, "newer_than_days", a->newer_days, s->newer_days);
	put_number(w, "size_max", a->size_max, s->size_max);
	put_number(w, "batch", a->batch, s->batch);
	if (a->pipelining != s->pipelining) {
		fprintf(w->to, "\tpipelining = %s\n", words[a->pipelining]);
	}
	put_number(w, "timeout", a->timeout_s, s->timeout_s);
	put_number(w, "interval", a->interval_s, s->interval_s);
}

static void put_rule(const struct writing *w, const struct rule *r)
{
	static const char *const words[] = {
		[RULE_ACCEPT] = "accept",
		[RULE_SKIP] = "skip",
		[RULE_DELETE] = "delete",
		[RULE_FOLDER] = "folder",
	};

	fputs("\trule { field = ", w->to);
	put_quoted(w->to, r->field);
	fputs(" pattern = ", w->to);
	put_quoted(w->to, r->pattern);
	fprintf(w->to, " action = %s", words[r->action]);
	if (r->folder != NULL) {
		fputs(" folder = ", w->to);
		put_quoted(w->to, r->folder);
	}
	fputs(" }\n", w->to);
}

static void put_section(const struct writing *w)
{
	fprintf(w->to, "account \"%s\" {\n", w->a->name);
	put_line(w);
	put_login(w);
	put_destination(w);
	put_policy(w);
	for (size_t i = 0; i < w->a->rules_count; i++) {
		put_rule(w, &w->a->rules[i]);
	}
	fputs("}\n", w->to);
}

char *edit_section(const struct place *place, const struct account *a)
{
	struct account standard;
	char *text = NULL;
	size_t len = 0;
	struct writing w = { open_memstream(&text, &len), place, a, &standard };
	bool is_whole;

	if (w.to == NULL) {
		return NULL;
	}
	account_init(&standard);
	put_section(&w);
	is_whole = ferror(w.to) == 0;
	if (fclose(w.to) != 0 || !is_whole) {
		free(text);
		return NULL;
	}
	return text;
}
