// SPDX-License-Identifier: ISC
/*
 * test_command.c - the grammar of a command line, and the table of verbs.
 */
#include "unit.h"
#include "command.h"
#include "guard.h"

static struct guard guard;

static struct pop3_command parse(const char *line)
{
	return pop3_command_parse(
	    guard_copy(&guard, pop3_slice_of(line, strlen(line))));
}

static void knows_its_verbs_in_any_case(void **state)
{
	(void)state;
	assert_int_equal(parse("STAT").verb, POP3_VERB_STAT);
	assert_int_equal(parse("stat").verb, POP3_VERB_STAT);
	assert_int_equal(parse("sTaT").verb, POP3_VERB_STAT);
	assert_int_equal(parse("Top 1 2").verb, POP3_VERB_TOP);
	for (int i = 1; i < POP3_VERB_COUNT; i++) {
		assert_int_equal(parse(pop3_verbs[i].name).verb, i);
	}
}

static void knows_no_others(void **state)
{
	static const char *const bad[] = {
		"",       " ",      "STA",  "STATS",    " STAT",
		"\tSTAT", "STAT\t", "XTND", "RETR\x80", "S",
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		assert_int_equal(parse(bad[i]).verb, POP3_VERB_NONE);
	}
}

static void splits_at_blanks(void **state)
{
	struct pop3_command cmd = parse("TOP 1 20");
	(void)state;

	assert_int_equal(cmd.argc, 2);
	assert_slice(cmd.args[0], "1");
	assert_slice(cmd.args[1], "20");
	cmd = parse("TOP   1  20   ");
	assert_int_equal(cmd.argc, 2);
	assert_slice(cmd.args[0], "1");
	assert_slice(cmd.args[1], "20");
	assert_int_equal(parse("AUTH ").argc, 0);
	assert_int_equal(parse("LIST").argc, 0);
	/* only blanks separate */
	assert_int_equal(parse("RETR 1\t2").argc, 1);
}

static void counts_what_it_does_not_keep(void **state)
{
	struct pop3_command cmd = parse("TOP 1 2 3 4");
	(void)state;

	assert_int_equal(cmd.argc, 4);
	assert_slice(cmd.args[1], "2");
}

static void pass_keeps_its_blanks(void **state)
{
	struct pop3_command cmd = parse("pass  two  words ");
	(void)state;

	assert_int_equal(cmd.argc, 1);
	assert_slice(cmd.args[0], " two  words ");
	assert_int_equal(parse("PASS").argc, 0);
	assert_int_equal(parse("PASS ").argc, 0);
	assert_slice(parse("PASS  ").args[0], " ");
	assert_slice(parse("PASS \xE9t\xE9").args[0], "\xE9t\xE9");
}

static void rows_are_sound(void **state)
{
	const unsigned real =
	    POP3_IN(POP3_ST_AUTHORIZATION) | POP3_IN(POP3_ST_TRANSACTION);
	(void)state;
	for (int i = 1; i < POP3_VERB_COUNT; i++) {
		const struct pop3_verb_row *row = &pop3_verbs[i];

		assert_in_range(strlen(row->name), 3, 4);
		assert_int_not_equal(row->states & real, 0);
		assert_int_equal(row->states & ~real, 0);
		assert_true(row->argc_min <= row->argc_max);
		assert_true(row->argc_max <= POP3_ARGS_MAX);
		assert_non_null(row->handler);
		/* there is a listing, and there are numbers, only then */
		if ((row->flags & (POP3_TAKES_MSN | POP3_WANTS_LISTING)) != 0) {
			assert_int_equal(row->states,
					 POP3_IN(POP3_ST_TRANSACTION));
		}
	}
}

static int open_guard(void **state)
{
	(void)state;
	guard_init(&guard, 4096);
	return 0;
}

static int close_guard(void **state)
{
	(void)state;
	guard_finish(&guard);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_its_verbs_in_any_case),
		cmocka_unit_test(knows_no_others),
		cmocka_unit_test(splits_at_blanks),
		cmocka_unit_test(counts_what_it_does_not_keep),
		cmocka_unit_test(pass_keeps_its_blanks),
		cmocka_unit_test(rows_are_sound),
	};
	return cmocka_run_group_tests(tests, open_guard, close_guard);
}
