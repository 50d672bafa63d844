// SPDX-License-Identifier: ISC
/*
 * config_check.c - settings of an account against each other (config_check.h).
 * Runs in: restante.  Trusts: values that were checked one by one.
 */
#include "fetch/conf/config_check.h"

#include <stdlib.h>
#include <string.h>

#include "fetch/conf/config_table.h"
#include "fetch/conf/text.h"
#include "fetch/limits.h"

struct checking {
	struct account *a;
	const struct config_sources *s;
	struct conf_faults *faults;
};

static const struct conf_entry *entry(const struct checking *c,
				      const char *name)
{
	return c->s->entry[config_row_index(name)];
}

static bool is_set(const struct checking *c, const char *name)
{
	return entry(c, name)->line != 0;
}

static unsigned line_of(const struct checking *c, const char *name)
{
	return entry(c, name)->line;
}

/* In the account itself, not in the defaults. */
static bool is_own(const struct checking *c, const char *name)
{
	return c->s->account->entry[config_row_index(name)].line != 0;
}

static void check_missing(const struct checking *c)
{
	static const struct {
		const char *name;
		const char *instance;
	} needed[] = {
		{ "server", "server = \"pop.example.org\"" },
		{ "user", "user = \"me@example.org\"" },
		{ "deliver", "deliver = \"maildir:~/Mail\"" },
	};

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if (!is_set(c, needed[i].name) && !c->s->is_damaged) {
			conf_fault_add(
			    c->faults, c->s->account->line,
			    "account \"%.64s\": %s is not set; write "
			    "for instance %s",
			    c->a->name, needed[i].name, needed[i].instance);
		}
	}
}

/* What is not said about the line follows from what is. */
static void complete_line(const struct checking *c)
{
	struct account *a = c->a;

	if (!is_set(c, "tls") && a->port == ACCOUNT_PORT) {
		a->tls = ACCOUNT_TLS_STLS;
	}
	if (!is_set(c, "port")) {
		a->port = a->tls == ACCOUNT_TLS_IMPLICIT ? ACCOUNT_PORT_TLS
							 : ACCOUNT_PORT;
	}
}

static void check_line(const struct checking *c)
{
	static const char *const of_tls[] = { "pin", "ca_file", "certificate" };
	const struct account *a = c->a;

	if (a->tls != ACCOUNT_TLS_NONE) {
		return;
	}
	if (a->host != NULL && !account_host_is_loopback(a->host) &&
	    !a->clear_text) {
		conf_fault_add(c->faults, line_of(c, "tls"),
			       "tls = none: everybody on the way to %.100s "
			       "could read password and mail; leave it out, or "
			       "accept that with clear_text = yes",
			       a->host);
	}
	for (size_t i = 0; i < sizeof(of_tls) / sizeof(of_tls[0]); i++) {
		if (is_own(c, of_tls[i])) {
			conf_fault_add(c->faults, line_of(c, of_tls[i]),
				       "%s: there is no TLS with tls = none "
				       "(line %u)",
				       of_tls[i], line_of(c, "tls"));
		}
	}
}

/* The second of two that exclude one another, if both are set. */
static void check_pair(const struct checking *c, const char *one,
		       const char *other, const char *why)
{
	unsigned line = line_of(c, one) > line_of(c, other) ? line_of(c, one)
							    : line_of(c, other);

	if (is_set(c, one) && is_set(c, other)) {
		conf_fault_add(c->faults, line, "%s and %s: %s", one, other,
			       why);
	}
}

static void check_password(const struct checking *c)
{
	check_pair(c, "password_command", "password_file",
		   "the password comes from one of them; keep one");
	check_pair(c, "pin", "ca_file",
		   "with a pin nobody's signature counts; keep one");
}

/* Whether the name is among the account's mechanisms. */
static bool has_mechanism(const struct account *a, const char *name)
{
	size_t len = strlen(name);
	const char *at = a->mechanisms;

	while (at != NULL && *at != '\0') {
		size_t word = strcspn(at, " ");

		if (word == len && memcmp(at, name, len) == 0) {
			return true;
		}
		at += word;
		at += *at == ' ' ? 1 : 0;
	}
	return false;
}

bool config_is_external_only(const struct account *a)
{
	return a->mechanisms != NULL && strcmp(a->mechanisms, "EXTERNAL") == 0;
}

static void check_certificate(const struct checking *c)
{
	struct account *a = c->a;

	if (is_set(c, "key") && !is_set(c, "certificate")) {
		conf_fault_add(
		    c->faults, line_of(c, "key"),
		    "key: needs a certificate too; write certificate "
		    "= \"FILE\"");
	}
	if (has_mechanism(a, "EXTERNAL") && !is_set(c, "certificate")) {
		conf_fault_add(c->faults, line_of(c, "auth"),
			       "auth = EXTERNAL: needs a certificate of our "
			       "own; write certificate = \"FILE\"");
	}
	if (a->tls == ACCOUNT_TLS_NONE && a->mechanisms != NULL &&
	    strstr(a->mechanisms, "-PLUS") != NULL) {
		conf_fault_add(c->faults, line_of(c, "auth"),
			       "auth: what ends in -PLUS needs TLS, and tls = "
			       "none");
	}
	if (a->certificate_file != NULL && a->key_file == NULL) {
		a->key_file = strdup(a->certificate_file);
		if (a->key_file == NULL) {
			conf_fault_add(c->faults, 0, "out of memory");
		}
	}
}

static void check_after(const struct checking *c)
{
	struct account *a = c->a;

	if (a->delete_days != 0 && is_set(c, "after") && !a->deletes) {
		conf_fault_add(c->faults, line_of(c, "delete_after_days"),
			       "delete_after_days: after = keep (line %u) says "
			       "that nothing is deleted; keep one of them",
			       line_of(c, "after"));
	}
	a->deletes = a->deletes || a->delete_days != 0;
}

static bool has_envelope(const struct destination *d)
{
	return d->kind == DESTINATION_LMTP || d->kind == DESTINATION_SMTP;
}

static bool has_folders(const struct destination *d)
{
	return d->kind == DESTINATION_MAILDIR || d->kind == DESTINATION_MBOX;
}

/* An account's user often is its address. */
static int complete_recipient(struct account *a, struct conf_reason *why_r)
{
	struct conf_reason ignored;

	if (!has_envelope(&a->deliver) || a->deliver.recipient != NULL) {
		return 0;
	}
	if (a->user == NULL || strchr(a->user, '@') == NULL ||
	    text_address(a->user, &ignored) != 0) {
		return conf_refuse(why_r, "for whom is the mail?");
	}
	a->deliver.recipient = strdup(a->user);
	return a->deliver.recipient != NULL
		   ? 0
		   : conf_refuse(why_r, "out of memory");
}

static void check_envelope(const struct checking *c)
{
	static const char *const of_envelope[] = { "sender", "recipient" };
	struct conf_reason why;

	if (c->a->deliver.kind == DESTINATION_NONE) {
		return;
	}
	for (size_t i = 0; i < 2; i++) {
		if (is_own(c, of_envelope[i]) &&
		    !has_envelope(&c->a->deliver)) {
			conf_fault_add(c->faults, line_of(c, of_envelope[i]),
				       "%s: is for lmtp and smtp; leave it out",
				       of_envelope[i]);
		}
	}
	if (!is_set(c, "recipient") && is_set(c, "user") &&
	    complete_recipient(c->a, &why) != 0) {
		conf_fault_add(c->faults, line_of(c, "deliver"),
			       "deliver: %s write recipient = "
			       "\"ann@example.org\"",
			       why.text);
	}
}

static unsigned folder_line(const struct conf_section *s)
{
	for (size_t i = 0; s != NULL && i < s->sections_count; i++) {
		const struct conf_entry *e =
		    &s->section[i]->entry[RULE_ROW_FOLDER];

		if (e->line != 0) {
			return e->line;
		}
	}
	return 0;
}

static bool files_into_folders(const struct account *a)
{
	for (size_t i = 0; i < a->rules_count; i++) {
		if (a->rules[i].action == RULE_FOLDER) {
			return true;
		}
	}
	return false;
}

static void check_folders(const struct checking *c)
{
	unsigned line = folder_line(c->s->account);

	if (c->a->deliver.kind == DESTINATION_NONE ||
	    has_folders(&c->a->deliver) || !files_into_folders(c->a)) {
		return;
	}
	conf_fault_add(c->faults,
		       line != 0 ? line : folder_line(c->s->defaults),
		       "folder: only a maildir and an mbox have folders, and "
		       "account \"%.64s\" delivers elsewhere",
		       c->a->name);
}

void config_check_account(struct account *a, const struct config_sources *s,
			  struct conf_faults *faults)
{
	const struct checking c = { a, s, faults };

	check_missing(&c);
	complete_line(&c);
	check_line(&c);
	check_password(&c);
	check_certificate(&c);
	check_after(&c);
	check_envelope(&c);
	check_folders(&c);
}

int config_check_url(struct account *a, struct conf_reason *why_r)
{
	if (a->has_pin && a->ca_file != NULL) {
		return conf_refuse(why_r, "--pin and --ca-file exclude one "
					  "another: with a pin nobody's "
					  "signature counts");
	}
	if (a->tls == ACCOUNT_TLS_NONE && (a->has_pin || a->ca_file != NULL)) {
		return conf_refuse(why_r, "there is no certificate without "
					  "TLS: leave out --pin and --ca-file, "
					  "or write pop3s://");
	}
	if (has_mechanism(a, "EXTERNAL")) {
		return conf_refuse(why_r, "EXTERNAL needs a certificate of our "
					  "own, which only an account of the "
					  "configuration can have");
	}
	return 0;
}

int config_check_destination(struct account *a, struct conf_reason *why_r)
{
	struct conf_reason why;

	if (complete_recipient(a, &why) != 0) {
		return conf_refuse(why_r, "%s write --recipient ADDRESS",
				   why.text);
	}
	if (a->deliver.recipient != NULL && !has_envelope(&a->deliver)) {
		return conf_refuse(why_r, "--recipient is for lmtp and smtp");
	}
	if (files_into_folders(a) && !has_folders(&a->deliver)) {
		return conf_refuse(why_r,
				   "account %.64s has rules that file into "
				   "folders, and only a maildir and an mbox "
				   "have them",
				   a->name);
	}
	return 0;
}
