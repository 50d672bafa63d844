// SPDX-License-Identifier: ISC
/*
 * add.c - the dialogue that sets an account up (add.h).
 * Runs in: restante, before there are threads.  Trusts: the person.
 * Allocates: the account.
 */
#include "fetch/add/add.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "fetch/add/add_impl.h"
#include "fetch/conf/url.h"
#include "fetch/limits.h"

int add_missing(struct adding *a, const char *option)
{
	ask_fail(&a->ask, "there is no terminal to ask at; please give %s",
		 option);
	return EX_USAGE;
}

int add_ended(struct adding *a)
{
	ask_fail(&a->ask, "no answer; nothing was written");
	return EX_USAGE;
}

int add_no_memory(struct adding *a)
{
	ask_fail(&a->ask, "there is no memory");
	return EX_OSERR;
}

int add_set(struct adding *a, char **text_r, const char *value)
{
	char *copy = strdup(value);

	if (copy == NULL) {
		return add_no_memory(a);
	}
	free(*text_r);
	*text_r = copy;
	return EX_OK;
}

static int load_config(struct adding *a)
{
	struct conf_faults faults = { 0 };

	if (!place_has_config(a->add->place) ||
	    config_load(a->add->place->config, a->add->place, &a->config,
			&faults) == 0) {
		return EX_OK;
	}
	conf_faults_print(&faults, a->add->place->config, stderr);
	ask_fail(&a->ask, "the configuration has mistakes; nothing can be added "
			  "until they are mended");
	return EX_CONFIG;
}

/* What a user's name may be: no octet that ends a line of POP3. */
static bool is_user(const char *text)
{
	for (const char *c = text; *c != 0; c++) {
		if (iscntrl((unsigned char)*c)) {
			return false;
		}
	}
	return text[0] != 0;
}

static int choose_address(struct adding *a)
{
	const char *address = a->options->user;

	if (address != NULL && !is_user(address)) {
		ask_fail(&a->ask, "--user is no name of a user");
		return EX_USAGE;
	}
	if (address == NULL && !a->ask.is_terminal) {
		return add_missing(a, "--user");
	}
	while (address == NULL || !is_user(address)) {
		address = ask_line(&a->ask, "Mail address", NULL);
		if (a->ask.has_ended) {
			return add_ended(a);
		}
	}
	text_str(&a->address, address);
	return a->address.has_failed ? add_no_memory(a)
				     : add_set(a, &a->account.user, address);
}

/* "example" of me@mail.example.org, if it is free. */
static void write_usual_name(const struct adding *a,
			     char name_r[CONFIG_NAME_MAX + 1])
{
	const char *at = strrchr(text_of(&a->address), '@');
	const char *domain = at == NULL ? text_of(&a->address) : at + 1;
	const char *last = strrchr(domain, '.'), *label = domain;

	for (const char *c = domain; last != NULL && c < last; c++) {
		label = *c == '.' ? c + 1 : label;
	}
	snprintf(name_r, CONFIG_NAME_MAX + 1, "%.*s",
		 (int)strcspn(label, "."), label);
	if (!config_is_name(name_r) || config_find(&a->config, name_r) != NULL) {
		snprintf(name_r, CONFIG_NAME_MAX + 1, "%s",
			 text_of(&a->address));
	}
}

/* Why it cannot be the name of a new account; NULL: it can. */
static const char *why_no_name(const struct adding *a, const char *name)
{
	if (!config_is_name(name)) {
		return "a name has letters, digits and characters of \"-_.@+\"";
	}
	return config_find(&a->config, name) != NULL
		   ? "there is an account of that name"
		   : NULL;
}

static int choose_name(struct adding *a)
{
	const char *name = a->options->name, *why;
	char usual[CONFIG_NAME_MAX + 1];

	write_usual_name(a, usual);
	if (name != NULL || !a->ask.is_terminal) {
		name = name != NULL ? name : usual;
		why = why_no_name(a, name);
		if (why != NULL) {
			ask_fail(&a->ask, "\"%s\": %s", name, why);
			return EX_USAGE;
		}
		return add_set(a, &a->account.name, name);
	}
	for (;;) {
		name = ask_line(&a->ask, "Name of the account here", usual);
		if (a->ask.has_ended) {
			return add_ended(a);
		}
		why = name == NULL ? "it is too long" : why_no_name(a, name);
		if (why == NULL) {
			return add_set(a, &a->account.name, name);
		}
		ask_say(&a->ask, "%s\n", why);
	}
}

/* What is not asked for. */
static int take_options(struct adding *a)
{
	const struct add_options *o = a->options;
	struct conf_reason why;
	int rc = EX_OK;

	if (o->pin != NULL &&
	    account_pin_parse(o->pin, a->account.pin, &why) < 0) {
		ask_fail(&a->ask, "--pin %s", why.text);
		return EX_USAGE;
	}
	a->account.has_pin = o->pin != NULL;
	if (o->ca_file != NULL) {
		rc = add_set(a, &a->account.ca_file, o->ca_file);
	}
	if (rc == EX_OK && o->mechanisms != NULL) {
		rc = add_set(a, &a->account.mechanisms, o->mechanisms);
	}
	return rc;
}

/* The server is known by now; so is what it wants as a user's name. */
static int choose_user(struct adding *a)
{
	const char *user;

	if (a->options->user != NULL || !a->ask.is_terminal) {
		return EX_OK;
	}
	user = ask_line(&a->ask, "User's name there", a->account.user);
	if (a->ask.has_ended) {
		return add_ended(a);
	}
	if (user == NULL || !is_user(user)) {
		return add_ended(a);
	}
	return user == a->account.user ? EX_OK
				       : add_set(a, &a->account.user, user);
}

static int show_offer(struct adding *a)
{
	add_show_offer(a);
	return EX_OK;
}

int add_account(const struct add *add)
{
	static int (*const steps[])(struct adding *) = {
		load_config, take_options, choose_address,  choose_name,
		add_server,  show_offer,   choose_user,	    add_login,
		add_destination,	   add_write,
	};
	struct adding a = { .add = add, .options = add->options };
	int rc = EX_OK;

	account_init(&a.account);
	ask_init(&a.ask, add->in, add->out, add->err);
	for (size_t i = 0; rc == EX_OK && i < sizeof(steps) / sizeof(steps[0]);
	     i++) {
		rc = steps[i](&a);
	}
	account_finish(&a.account);
	config_finish(&a.config);
	text_finish(&a.address);
	ask_finish(&a.ask);
	return rc;
}
