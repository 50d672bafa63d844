// SPDX-License-Identifier: ISC
/*
 * test_fetch_options.c - the command line is taken as it is meant, or refused
 * with what to write instead.
 * Runs in: the tests.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/conf/options.h"
#include "fetch/conf/options_table.h"

#define WORDS_MAX 32

/* The words of one line, blanks between; "_" is an empty one. */
static int parse(const char *line, struct options *o, struct conf_reason *why)
{
	static char text[512];
	static char *argv[WORDS_MAX];
	char *at = text;
	int argc = 1;

	memset(argv, 0, sizeof(argv));
	snprintf(text, sizeof(text), "%s", line);
	argv[0] = text + sizeof(text) - 1;
	for (at += strspn(at, " "); *at != '\0'; at += strspn(at, " ")) {
		size_t len = strcspn(at, " ");
		bool is_last = at[len] == '\0';

		argv[argc++] = at[0] == '_' ? at + len : at;
		at[len] = '\0';
		at += is_last ? len : len + 1;
	}
	return options_parse(argc, argv, o, why);
}

static struct options take(const char *line)
{
	struct options o;
	struct conf_reason why;

	if (parse(line, &o, &why) != 0) {
		fail_msg("%s: %s", line, why.text);
	}
	return o;
}

static void takes_commands(void **state)
{
	static const struct {
		const char *line;
		enum command command;
		size_t names;
		size_t numbers;
	} lines[] = {
		{ "fetch", COMMAND_FETCH, 0, 0 },
		{ "fetch work home pop3s://me@x/", COMMAND_FETCH, 3, 0 },
		{ "list", COMMAND_LIST, 0, 0 },
		{ "list work", COMMAND_LIST, 1, 0 },
		{ "show 3", COMMAND_SHOW, 0, 1 },
		{ "show 3 work", COMMAND_SHOW, 1, 1 },
		{ "delete 1 2 3", COMMAND_DELETE, 0, 3 },
		{ "delete 1 5-7 work", COMMAND_DELETE, 1, 4 },
		{ "delete 4-4", COMMAND_DELETE, 0, 1 },
		{ "check", COMMAND_CHECK, 0, 0 },
		{ "check a b", COMMAND_CHECK, 2, 0 },
		{ "watch", COMMAND_WATCH, 0, 0 },
		{ "account add", COMMAND_ACCOUNT_ADD, 0, 0 },
		{ "account add work", COMMAND_ACCOUNT_ADD, 1, 0 },
		{ "account list", COMMAND_ACCOUNT_LIST, 0, 0 },
		{ "account remove work", COMMAND_ACCOUNT_REMOVE, 1, 0 },
		{ "account check", COMMAND_ACCOUNT_CHECK, 0, 0 },
		{ "--version", COMMAND_VERSION, 0, 0 },
		{ "-V nonsense", COMMAND_VERSION, 0, 0 },
		{ "--help", COMMAND_HELP, 0, 0 },
		{ "help", COMMAND_HELP, 0, 0 },
		{ "fetch -- --odd", COMMAND_FETCH, 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		struct options o = take(lines[i].line);

		assert_int_equal(o.command, lines[i].command);
		assert_int_equal(o.names_count, lines[i].names);
		assert_int_equal(o.numbers_count, lines[i].numbers);
	}
	assert_int_equal(take("delete 9 5-7 work").numbers[0], 9);
	assert_int_equal(take("delete 9 5-7 work").numbers[3], 7);
	assert_string_equal(take("delete 9 5-7 work").names[0], "work");
	assert_string_equal(take("fetch a b").names[1], "b");
}

static void takes_options(void **state)
{
	struct options o = take("-qc x.conf fetch --to maildir:/m a --json "
				"--keep --retry");

	(void)state;
	assert_int_equal(o.volume, VOLUME_QUIET);
	assert_string_equal(o.config_path, "x.conf");
	assert_string_equal(o.account.to, "maildir:/m");
	assert_string_equal(o.names[0], "a");
	assert_int_equal(o.names_count, 1);
	assert_true(o.json);
	assert_true(o.retry);
	assert_int_equal(o.account.after, AFTER_KEEP);

	o = take("fetch URL -v --to=- --delete --password-command=pass "
		 "--pin sha256:x --ca-file /ca --auth PLAIN --clear-text "
		 "--recipient me");
	assert_int_equal(o.volume, VOLUME_VERBOSE);
	assert_string_equal(o.account.to, "-");
	assert_int_equal(o.account.after, AFTER_DELETE);
	assert_string_equal(o.account.password_command, "pass");
	assert_string_equal(o.account.pin, "sha256:x");
	assert_string_equal(o.account.ca_file, "/ca");
	assert_string_equal(o.account.mechanisms, "PLAIN");
	assert_string_equal(o.account.recipient, "me");
	assert_true(o.account.clear_text);
	assert_int_equal(o.account.after, AFTER_DELETE);

	assert_string_equal(take("-cx.conf list").config_path, "x.conf");
	assert_string_equal(
	    take("list --password-file -").account.password_file, "-");
	o = take("account add w --server h --port 1 --tls stls --user u");
	assert_string_equal(o.account.server, "h");
	assert_string_equal(o.account.port, "1");
	assert_string_equal(o.account.tls, "stls");
	assert_string_equal(o.account.user, "u");
}

static const struct {
	const char *line;
	const char *why;
} odd[] = {
	{ "", "say what to do: fetch, list, show, delete, check, watch or "
	      "account; restante --help tells more" },
	{ "-q", "say what to do: fetch, list, show, delete, check, watch or "
		"account; restante --help tells more" },
	{ "fech", "unknown command 'fech'; did you mean 'fetch'?" },
	{ "remove 3", "unknown command 'remove'; restante --help lists all" },
	{ "retrieve", "unknown command 'retrieve'; restante --help lists all" },
	{ "acount add", "unknown command 'acount'; did you mean 'account'?" },
	{ "account", "say what to do: account add, list, remove or check" },
	{ "account rm x",
	  "unknown command 'account rm'; restante --help lists all" },
	{ "account lst",
	  "unknown command 'account lst'; did you mean 'list'?" },
	{ "pop3s://me:secret@x",
	  "say what to do with the URL; for instance: restante fetch URL --to "
	  "maildir:~/Mail" },
	{ "list a b", "'b' is too much; write: restante list [ACCOUNT|URL]" },
	{ "account list x", "'x' is too much; write: restante account list" },
	{ "account remove",
	  "something is missing; write: restante account remove NAME" },
	{ "show", "show needs the number of a message: restante show N "
		  "[ACCOUNT|URL]" },
	{ "show work", "show needs the number of a message: restante show N "
		       "[ACCOUNT|URL]" },
	{ "show 1 2", "show takes no more than 1 message" },
	{ "show 0", "0 is no number of a message; restante list shows them" },
	{ "show 1-", "1- is no number of a message; restante list shows them" },
	{ "show 99999999999999999999",
	  "99999999999999999999 is no number of a message; restante list "
	  "shows them" },
	{ "show 4000001",
	  "4000001 is no number of a message; restante list shows them" },
	{ "delete 7-5",
	  "7-5 is no number of a message; restante list shows them" },
	{ "delete 1-1025", "delete takes no more than 1024 messages" },
	{ "delete 1 1-1024", "delete takes no more than 1024 messages" },
	{ "delete -- -1", "delete needs the number of a message: restante "
			  "delete N... [ACCOUNT|URL]" },
	{ "fetch --too x", "unknown option --too; did you mean --to?" },
	{ "fetch --quux", "unknown option --quux; restante --help lists all" },
	{ "fetch -x", "unknown option -x; restante --help lists all" },
	{ "fetch -qx", "unknown option -x; restante --help lists all" },
	{ "fetch --password=secret",
	  "no password may stand on the command line, where all users see it: "
	  "leave it out to be asked, or use --password-file or "
	  "--password-command" },
	{ "fetch --to", "--to needs a value: --to DESTINATION" },
	{ "fetch --to=", "--to needs a value: --to DESTINATION" },
	{ "fetch --to _", "--to needs a value: --to DESTINATION" },
	{ "-c", "--config needs a value: --config FILE" },
	{ "fetch --json=1", "--json takes no value" },
	{ "fetch --to a --to b", "--to is given twice" },
	{ "fetch --keep --delete", "--keep and --delete exclude one another" },
	{ "list --password-file a --password-command b",
	  "--password-command and --password-file exclude one another" },
	{ "list -qv", "-q and -v exclude one another" },
	{ "list --keep", "--keep means nothing to list; it is for: fetch, "
			 "account add" },
	{ "watch --pin x",
	  "--pin means nothing to watch; it is for: URLs, account add" },
	{ "help fech", "unknown command 'fech'; did you mean 'fetch'?" },
};

static void refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(odd); i++) {
		struct options o;
		struct options untouched;
		struct conf_reason why;

		memset(&o, 0x5a, sizeof(o));
		untouched = o;
		if (parse(odd[i].line, &o, &why) != -1) {
			fail_msg("%s: is taken", odd[i].line);
		}
		assert_memory_equal(&o, &untouched, sizeof(o));
		if (strcmp(why.text, odd[i].why) != 0) {
			fail_msg("%s: %s", odd[i].line, why.text);
		}
	}
}

static void knows_what_help_is_about(void **state)
{
	(void)state;
	assert_int_equal(take("--help").about, COMMAND_HELP);
	assert_int_equal(take("help account").about, COMMAND_HELP);
	assert_int_equal(take("fetch --help").about, COMMAND_FETCH);
}

/* Every line of help fits on a terminal; every command and option is there. */
static void helps(void **state)
{
	static char text[32768];
	FILE *to = fmemopen(text, sizeof(text), "w");

	(void)state;
	assert_non_null(to);
	options_print_help(COMMAND_HELP, to);
	for (const struct command_row *c = options_commands; c->name != NULL;
	     c++) {
		fprintf(to, "== %s\n", c->name);
		options_print_help(c->command, to);
	}
	assert_int_equal(fclose(to), 0);
	for (const struct option_row *o = options_rows; o->name != NULL; o++) {
		char name[64];

		snprintf(name, sizeof(name), "--%s", o->name);
		assert_non_null(strstr(text, name));
	}
	for (char *line = text; *line != '\0'; line += strcspn(line, "\n")) {
		line += *line == '\n' ? 1 : 0;
		assert_true(strcspn(line, "\n") <= 80);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_commands),
		cmocka_unit_test(takes_options),
		cmocka_unit_test(refuses),
		cmocka_unit_test(knows_what_help_is_about),
		cmocka_unit_test(helps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
