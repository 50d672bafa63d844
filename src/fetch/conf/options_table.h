// SPDX-License-Identifier: ISC
/*
 * options_table.h - every command and option of restante(1): one row each.  The
 * help, the checks, and the check of the manual come from these rows.
 */
#ifndef FETCH_CONF_OPTIONS_TABLE_H
#define FETCH_CONF_OPTIONS_TABLE_H

#include "fetch/conf/options.h"

#define OPTIONS_ROWS_MAX  32u /* bits of a set */
#define COMMANDS_ROWS_MAX 16u
#define OPTIONS_GROUP     "account" /* of commands of two words */

enum option {
	OPTION_CONFIG,
	OPTION_QUIET,
	OPTION_VERBOSE,
	OPTION_JSON,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_SERVER,
	OPTION_PORT,
	OPTION_TLS,
	OPTION_USER,
	OPTION_TO,
	OPTION_RECIPIENT,
	OPTION_KEEP,
	OPTION_DELETE,
	OPTION_RETRY,
	OPTION_PASSWORD_COMMAND,
	OPTION_PASSWORD_FILE,
	OPTION_PIN,
	OPTION_CA_FILE,
	OPTION_AUTH,
	OPTION_CLEAR_TEXT,
};

struct option_row {
	const char *name;
	char letter; /* or NUL */
	enum option option;
	const char *value_name; /* NULL: takes none */
	void (*take)(struct options *o, const char *value);
	const char *where; /* the commands that know it */
	const char *help;
};

struct command_row {
	const char *group; /* OPTIONS_GROUP, or NULL */
	const char *name;
	enum command command;
	const char *operands; /* as a person is told */
	size_t numbers_max;   /* of messages, in front; at least one if not 0 */
	size_t names_min, names_max;
	uint32_t options; /* bits of enum option */
	const char *help;
};

/* Both end with a NULL name. */
extern const struct option_row options_rows[];
extern const struct command_row options_commands[];

/* NULL if there is none. */
const struct option_row *options_find_long(const char *name);
const struct option_row *options_find_short(char letter);
const struct command_row *options_find_command(const char *group,
					       const char *name);

/* The names within the group, or of all outside of groups and of the groups;
 * returns how many. */
size_t options_command_names(const char *group,
			     const char *names_r[COMMANDS_ROWS_MAX]);

/* Takes the words behind the command, as options_parse (options.h) says. */
MUST_USE int options_take_operands(const struct command_row *row,
				   char *const *words, size_t count,
				   struct options *options,
				   struct conf_reason *why_r);

#endif
