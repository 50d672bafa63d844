// SPDX-License-Identifier: ISC
/*
 * add.c - the dialogue that sets an account up (add.h).
 * Runs in: restante, before there are threads.  Trusts: the person.
 * Allocates: the account.
 */
#include "fetch/add/add.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "fetch/add/add_impl.h"
#include "fetch/conf/text.h"
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
	struct conf_faults faults = { .count = 0 };

	if (!place_has_config(a->add->place) ||
	    config_load(a->add->place->config, a->add->place, &a->config,
			&faults) == 0) {
		return EX_OK;
	}
	conf_faults_print(&faults, a->add->place->config, stderr);
	ask_fail(&a->ask,
		 "the configuration has mistakes; nothing can be added "
		 "until they are mended");
	return EX_CONFIG;
}

/* NULL: it is none, and the person has been told; or has_ended. */
static const char *ask_user(struct adding *a, const char *prompt,
			    const char *usual)
{
	const char *answer = ask_line(&a->ask, prompt, usual);
	struct conf_reason why = { .text = "it is too long" };

	if (a->ask.has_ended ||
	    (answer != NULL && text_user(answer, &why) == 0)) {
		return answer;
	}
	ask_say(&a->ask, "%s\n", why.text);
	return NULL;
}

static int choose_address(struct adding *a)
{
	const char *address = a->options->user;
	struct conf_reason why;

	if (address == NULL && !a->ask.is_terminal) {
		return add_missing(a, "--user");
	}
	if (address != NULL && text_user(address, &why) < 0) {
		ask_fail(&a->ask, "--user %s: %s", address, why.text);
		return EX_USAGE;
	}
	while (address == NULL) {
		address = ask_user(a, "Mail address", NULL);
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
	snprintf(name_r, CONFIG_NAME_MAX + 1, "%.*s", (int)strcspn(label, "."),
		 label);
	if (!config_is_name(name_r) ||
	    config_find(&a->config, name_r) != NULL) {
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
	const char *name = a->add->name, *why;
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

static int refuse(struct adding *a, const char *option,
		  const struct conf_reason *why)
{
	ask_fail(&a->ask, "%s: %s", option, why->text);
	return EX_USAGE;
}

/* What is not asked for. */
static int take_options(struct adding *a)
{
	const struct options_account *o = a->options;
	struct conf_reason why;

	if (o->pin != NULL && text_pin(o->pin, a->account.pin, &why) < 0) {
		return refuse(a, "--pin", &why);
	}
	a->account.has_pin = o->pin != NULL;
	if (o->ca_file != NULL && place_path(a->add->place, o->ca_file,
					     &a->account.ca_file, &why) < 0) {
		return refuse(a, "--ca-file", &why);
	}
	if (o->mechanisms != NULL &&
	    text_mechanism_list(o->mechanisms, &a->account.mechanisms, &why) <
		0) {
		return refuse(a, "--auth", &why);
	}
	return EX_OK;
}

/* The server is known by now; so is what it wants as a user's name. */
static int choose_user(struct adding *a)
{
	const char *user;

	if (a->options->user != NULL || !a->ask.is_terminal) {
		return EX_OK;
	}
	do {
		user = ask_user(a, "User's name there", a->account.user);
		if (a->ask.has_ended) {
			return add_ended(a);
		}
	} while (user == NULL);
	return user == a->account.user ? EX_OK
				       : add_set(a, &a->account.user, user);
}

/* Else the configuration would refuse it, after all of the questions. */
static int see_that_it_is_new(struct adding *a)
{
	for (size_t i = 0; i < a->config.count; i++) {
		const struct account *other = &a->config.account[i];

		if (account_is_same_maildrop(other, &a->account)) {
			ask_fail(&a->ask,
				 "%s at %s is account %s already; to set it up "
				 "anew: restante account remove %s",
				 a->account.user, a->account.host, other->name,
				 other->name);
			return EX_CONFIG;
		}
	}
	return EX_OK;
}

static int show_offer(struct adding *a)
{
	add_show_offer(a);
	return EX_OK;
}

int add_account(const struct add *add)
{
	static int (*const steps[])(struct adding *) = {
		load_config,     take_options,       choose_address,
		choose_name,     add_server,         show_offer,
		choose_user,     see_that_it_is_new, add_login,
		add_destination, add_write,
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
