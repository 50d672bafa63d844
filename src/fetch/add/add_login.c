// SPDX-License-Identifier: ISC
/*
 * add_login.c - how the password is kept, and whether it is right
 * (add_impl.h).
 * Runs in: restante, before there are threads.  Trusts: the person.
 * Allocates: the account's texts; the password is wiped with it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "fetch/add/add_impl.h"
#include "fetch/conf/argv.h"
#include "fetch/conf/password.h"
#include "fetch/limits.h"
#include "fetch/show/exit.h"
#include "fetch/show/human.h"
#include "fetch/show/tell.h"

/* 0; or -1, and the person has been told. */
static int take_command(struct adding *a, const char *command)
{
	struct conf_reason why;
	char **argv;

	if (argv_parse(&command, 1, a->add->place, &argv, &why) < 0) {
		ask_fail(&a->ask, "%s: %s", command, why.text);
		return -1;
	}
	argv_free(a->account.password_command);
	a->account.password_command = argv;
	return 0;
}

static int ask_command(struct adding *a)
{
	for (unsigned tries = 0; tries < ASK_TRIES_MAX; tries++) {
		const char *answer = ask_line(
		    &a->ask, "Command that prints it, as \"pass show mail\"",
		    NULL);

		if (a->ask.has_ended) {
			return add_ended(a);
		}
		if (answer != NULL && answer[0] != 0 &&
		    take_command(a, answer) == 0) {
			return EX_OK;
		}
	}
	return EX_USAGE;
}

/* Beside the configuration, by the account's name. */
static int choose_file(struct adding *a)
{
	const char *config = a->add->place->config;
	const char *slash = strrchr(config, '/');
	struct text path = { 0 };
	int rc;

	text_put(&path, config,
		 slash == NULL ? 0 : (size_t)(slash - config) + 1);
	text_printf(&path, "%s.password", a->account.name);
	rc = path.has_failed
		 ? add_no_memory(a)
		 : add_set(a, &a->account.password_file, text_of(&path));
	text_finish(&path);
	a->writes_password = rc == EX_OK;
	return rc;
}

static int ask_how(struct adding *a)
{
	ask_say(
	    &a->ask,
	    "\nHow is the password to be kept?\n"
	    "  1  a command prints it: of a password manager, for instance\n"
	    "  2  in a file that only you can read\n"
	    "  3  not at all: it is asked for each time\n");
	for (;;) {
		const char *answer = ask_line(&a->ask, "1, 2 or 3", "3");

		if (a->ask.has_ended) {
			return add_ended(a);
		}
		if (answer != NULL && strcmp(answer, "1") == 0) {
			return ask_command(a);
		}
		if (answer != NULL && strcmp(answer, "2") == 0) {
			return choose_file(a);
		}
		if (answer != NULL && strcmp(answer, "3") == 0) {
			return EX_OK;
		}
	}
}

/* A file that is named and is not there yet is written by us. */
static int take_file(struct adding *a, const char *file)
{
	struct conf_reason why;
	struct stat st;
	char *path;
	int rc;

	if (place_path(a->add->place, file, &path, &why) < 0) {
		ask_fail(&a->ask, "%s: %s", file, why.text);
		return EX_USAGE;
	}
	rc = add_set(a, &a->account.password_file, path);
	a->writes_password = a->ask.is_terminal && lstat(path, &st) < 0;
	free(path);
	return rc;
}

static int choose_how(struct adding *a)
{
	const struct options_account *o = a->options;

	if (!password_is_needed(&a->account)) {
		return EX_OK;
	}
	if (o->password_command != NULL) {
		return take_command(a, o->password_command) < 0 ? EX_USAGE
								: EX_OK;
	}
	if (o->password_file != NULL) {
		return take_file(a, o->password_file);
	}
	if (!a->ask.is_terminal) {
		return add_missing(a, "--password-command or --password-file");
	}
	return ask_how(a);
}

static int tell(struct adding *a, const struct why *why)
{
	struct text t = { 0 };

	tell_failure(&t, NULL, why, a->ask.is_utf8);
	ask_fail(&a->ask, "%s", text_of(&t));
	text_finish(&t);
	return exit_of(why->kind);
}

static int ask_password(struct adding *a)
{
	struct secret secret;
	struct why why;
	int rc;

	if (password_ask("Password: ", &secret, &why) < 0) {
		return tell(a, &why);
	}
	password_forget(&a->account);
	a->account.password = strdup((const char *)secret.octets);
	rc = a->account.password == NULL ? add_no_memory(a) : EX_OK;
	secret_wipe(&secret);
	return rc;
}

static int get_password(struct adding *a)
{
	struct why why;

	if (!password_is_needed(&a->account)) {
		return EX_OK;
	}
	if (a->writes_password || password_is_asked_for(&a->account)) {
		return ask_password(a);
	}
	return password_get(&a->account, &why) < 0 ? tell(a, &why) : EX_OK;
}

static void show_visit(struct adding *a, const struct probe_visit *v)
{
	char octets[HUMAN_MAX];

	human_octets(v->octets, octets);
	ask_say(&a->ask, "Logged in%s%s: %" PRIu32 " message%s, %s.\n",
		v->mechanism[0] == 0 ? "" : " by ", v->mechanism, v->messages,
		v->messages == 1 ? "" : "s", octets);
	if (!v->has_uidl && a->offer.has_uidl) {
		ask_say(&a->ask, "  But UIDL, which it announces, fails.\n");
	}
	if (!v->has_top && a->offer.has_top) {
		ask_say(&a->ask, "  But TOP, which it announces, fails.\n");
	}
}

/* What is wrong: the person knows, if it can be typed anew. */
static int ask_again(struct adding *a, bool *is_again_r)
{
	const char *answer;

	*is_again_r = false;
	if (!a->ask.is_terminal || a->options->password_command != NULL) {
		return EX_OK;
	}
	if (!ask_yes(&a->ask, "Try another user or password?", true,
		     is_again_r)) {
		return add_ended(a);
	}
	if (!*is_again_r) {
		return EX_OK;
	}
	password_forget(&a->account);
	answer = ask_line(&a->ask, "User", a->account.user);
	if (a->ask.has_ended) {
		return add_ended(a);
	}
	return answer == NULL || answer == a->account.user
		   ? EX_OK
		   : add_set(a, &a->account.user, answer);
}

int add_login(struct adding *a)
{
	const struct probe *probe = a->add->probe;
	int rc = choose_how(a);

	for (unsigned tries = 1; rc == EX_OK; tries++) {
		struct probe_visit visit = { .messages = 0 };
		bool is_again = false;
		struct why why;
		int failure;

		rc = get_password(a);
		if (rc != EX_OK) {
			return rc;
		}
		if (probe->visit(probe->ctx, &a->account, &visit, &why) == 0) {
			show_visit(a, &visit);
			return EX_OK;
		}
		failure = tell(a, &why);
		if (why.kind != WHY_LOGIN || tries == ASK_TRIES_MAX) {
			return failure;
		}
		rc = ask_again(a, &is_again);
		if (rc == EX_OK && !is_again) {
			return failure;
		}
	}
	return rc;
}
