// SPDX-License-Identifier: ISC
/*
 * options.h - the command line of restante(1).  All texts point into argv.
 */
#ifndef FETCH_CONF_OPTIONS_H
#define FETCH_CONF_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "conf/fault.h"

#define OPTIONS_NUMBERS_MAX 1024u /* of "delete N..." */

enum command {
	COMMAND_HELP, /* --help, or "help"; of options.about, or of all */
	COMMAND_VERSION,
	COMMAND_FETCH,
	COMMAND_LIST,
	COMMAND_SHOW,
	COMMAND_DELETE,
	COMMAND_CHECK,
	COMMAND_WATCH,
	COMMAND_ACCOUNT_ADD,
	COMMAND_ACCOUNT_LIST,
	COMMAND_ACCOUNT_REMOVE,
	COMMAND_RENEW_RECORD,
	COMMAND_ACCOUNT_CHECK,
};

enum options_volume {
	VOLUME_NORMAL,
	VOLUME_QUIET,
	VOLUME_VERBOSE
};

/* --keep and --delete. */
enum options_after {
	AFTER_AS_SET,
	AFTER_KEEP,
	AFTER_DELETE
};

/* What is to be done with accounts other than what the configuration says. */
struct options_account {
	enum options_after after;
	const char *server; /* account add alone has these; or NULL, as all */
	const char *port;
	const char *tls;
	const char *user;
	const char *to;
	const char *recipient;
	const char *password_command;
	const char *password_file;
	const char *pin;
	const char *ca_file;
	const char *mechanisms;
	bool clear_text;
};

struct options {
	enum command command;
	enum command about;      /* COMMAND_HELP: that one, or itself for all */
	const char *config_path; /* or NULL */
	enum options_volume volume;
	bool json;
	bool retry; /* fetch: what was set aside, too */
	struct options_account account;
	uint32_t numbers[OPTIONS_NUMBERS_MAX]; /* show and delete: messages */
	size_t numbers_count;
	char *const *names; /* accounts and URLs, or what the command takes */
	size_t names_count;
};

/*
 * Reads argv, which may be put into another order.  0; or -1, and *why_r is a
 * sentence (without the program's name) for EX_USAGE.
 */
MUST_USE int options_parse(int argc, char **argv, struct options *options_r,
			   struct conf_reason *why_r);

/* What --help prints: of all commands, or of one of them. */
void options_print_help(enum command command, FILE *to);

#endif
