// SPDX-License-Identifier: ISC
/*
 * main.c - restante: collects mail from POP3 servers.
 * Runs as: whoever calls it.  Trusts: its caller and the configuration; never a
 * server.
 */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "fetch/command.h"
#include "fetch/conf/chosen.h"
#include "os/fd.h"
#include "os/privilege.h"

/* A thread and some descriptors for each account at work, and Maildir files. */
#define DESCRIPTORS_WANTED 65536u

static int usage(const struct conf_reason *why)
{
	(void)fprintf(stderr, "restante: %s\n", why->text);
	return EX_USAGE;
}

static int misconfigured(const struct conf_reason *why)
{
	(void)fprintf(stderr, "restante: %s\n", why->text);
	return EX_CONFIG;
}

/* Where URLs alone are named, the configuration does not matter. */
static int load(const struct options *o, const struct place *place,
		struct config *config_r)
{
	struct conf_faults faults = { 0 };

	if (!chosen_needs_config(o)) {
		return 0;
	}
	if (config_load(place->config, place, config_r, &faults) < 0) {
		conf_faults_print(&faults, place->config, stderr);
		return EX_CONFIG;
	}
	return 0;
}

static int with_accounts(const struct options *o, const struct place *place)
{
	struct config all = { 0 }, chosen = { 0 };
	struct conf_reason why;
	int code = load(o, place, &all);

	if (code == 0 && chosen_take(o, place, &all, &chosen, &why) < 0) {
		code = usage(&why);
	} else if (code == 0) {
		code = command_run(o, place, &chosen);
	}
	config_finish(&chosen);
	config_finish(&all);
	return code;
}

static int dispatch(const struct options *o, const struct place *place)
{
	switch (o->command) {
	case COMMAND_HELP:
		options_print_help(o->about, stdout);
		return 0;
	case COMMAND_VERSION:
		(void)printf("restante %s\n", VERSION);
		return 0;
	case COMMAND_ACCOUNT_ADD:
	case COMMAND_ACCOUNT_REMOVE:
		return command_edit(o, place);
	case COMMAND_RENEW_RECORD:
		return command_renew_record(place);
	case COMMAND_FETCH:
	case COMMAND_LIST:
	case COMMAND_SHOW:
	case COMMAND_DELETE:
	case COMMAND_CHECK:
	case COMMAND_WATCH:
	case COMMAND_ACCOUNT_LIST:
	case COMMAND_ACCOUNT_CHECK:
		return with_accounts(o, place);
	}
	return EX_USAGE;
}

int main(int argc, char **argv)
{
	struct options options;
	struct place place;
	struct conf_reason why;
	int code;

	if (privilege_hide_memory() < 0) {
		perror("restante: cannot keep passwords out of core files");
		return EX_OSERR;
	}
	(void)setlocale(LC_CTYPE, "");
	/* Names are looked up by libuv's threads, of which it has four. */
	(void)setenv("UV_THREADPOOL_SIZE", "16", 0);
	(void)signal(SIGPIPE, SIG_IGN);
	/* Ignored, as some parents leave it, no command has an exit code. */
	(void)signal(SIGCHLD, SIG_DFL);
	(void)fd_limit_raise(DESCRIPTORS_WANTED);
	if (options_parse(argc, argv, &options, &why) < 0) {
		return usage(&why);
	}
	if (place_init(&place, options.config_path, &why) < 0) {
		return misconfigured(&why);
	}
	code = dispatch(&options, &place);
	if (fflush(stdout) != 0 && code == 0) {
		code = EX_IOERR;
	}
	return code;
}
