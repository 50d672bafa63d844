// SPDX-License-Identifier: ISC
/*
 * test_conf.c - what both configurations are read with: lines are blanked with
 * what they open, braces are matched, values are read strictly.
 * Runs in: the tests.
 */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "conf/brace.h"
#include "conf/fault.h"
#include "conf/name.h"
#include "conf/text.h"
#include "conf/value.h"

static const struct {
	const char *text;
	unsigned line;
	const char *blanked; /* NULL: there is nothing to blank */
} lines[] = {
	{ "a\nbc\nd", 2, "a\n  \nd" },
	{ "a\n\n\nd", 3, " \n\n\nd" },
	{ "a = {b,\nc}\nd", 1, "       \n  \nd" },
	/* a section goes with all that is in it, and no further */
	{ "a {\nb {\nc }\n}\nd", 1, "   \n   \n   \n \nd" },
	{ "a {\nb {\nc }\n}\nd", 2, "a {\n   \n   \n}\nd" },
	/* but a } of what was opened above stays */
	{ "a {\nb = c }\nd", 2, "a {\n      }\nd" },
	{ "a {\nb\n}\nd", 3, "a {\n \n}\nd" },
	{ "a { b } }\n", 1, "        }\n" },
	/* braces in quotes are none */
	{ "a {\nb = \"}\"\n}\nd", 1, "   \n       \n \nd" },
	{ "a = '{'\nb\n", 1, "       \nb\n" },
	{ "a = \"\\\"{\"\nb\n", 1, "         \nb\n" },
	/* a quoted text of two lines goes whole; one without end, to its
	 * line's */
	{ "a = \"b\nc\"\nd", 1, "      \n  \nd" },
	{ "a = {\"b\nc }\nd", 1, "       \nc }\nd" },
	{ "a {", 1, "   " },
	{ "\n  \n", 2, NULL },
	{ "}\n}\n", 2, NULL },
	{ "", 1, NULL },
	{ "a", 9, " " },
};

static void blanks_what_a_line_opens(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		char text[64];
		bool done;

		snprintf(text, sizeof(text), "%s", lines[i].text);
		done = conf_text_blank_line(text, lines[i].line);
		assert_int_equal(done, lines[i].blanked != NULL);
		assert_string_equal(text,
				    done ? lines[i].blanked : lines[i].text);
	}
}

static const struct {
	const char *text;
	unsigned line; /* 0: all have partners */
	bool opens;
} lonely[] = {
	{ "", 0, false },
	{ "a { b { } c = { x } }", 0, false },
	{ "a = '}' \"{\" \\{ ${B}", 0, false },
	{ "a {\n", 1, true },
	{ "\na {\nb {\n}\n", 2, true },
	{ "a { }\n}\n", 2, false },
	{ "a = {\n", 0, false }, /* a list's is libConfuse's to miss */
	{ "a = {\n}\n}", 3, false },
};

static void finds_lonely_braces(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(lonely); i++) {
		struct conf_brace b = { .line = 0 };

		assert_int_equal(conf_brace_lonely(lonely[i].text, &b),
				 lonely[i].line != 0);
		assert_int_equal(b.line, lonely[i].line);
		if (b.line != 0) {
			assert_int_equal(b.opens, lonely[i].opens);
		}
	}
}

/* A comment begins where a word could, and so behind a quoted text too. */
static void blanks_comments(void **state)
{
	char text[] = "a = \"b\"//c {\nd = {x,/*y*/z}#\ne = /f//g 'h'/* i\n*/";

	(void)state;
	assert_int_equal(conf_text_blank_comments(text), 0);
	assert_string_equal(text, "a = \"b\"     \nd = {x,     z} \n"
				  "e = /f//g 'h'    \n  ");
}

static void reads_seconds(void **state)
{
	static const struct {
		const char *text;
		uint64_t ms;
	} times[] = {
		{ "1", 1000 },    { "90", 90000 },   { "90s", 90000 },
		{ "2m", 120000 }, { "1h", 3600000 }, { "1d", 86400000 },
		{ "007", 7000 },
	};
	static const char *const odd[] = { "",    "0",  "2d",   "1w", "-1",
					   "1 s", "1S", "1.5h", "s",  "+1" };
	struct conf_reason why;
	uint64_t ms = 77;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(odd); i++) {
		assert_int_equal(
		    conf_value_seconds(odd[i], 1000, 86400000, &ms, &why), -1);
		assert_int_equal(ms, 77);
		assert_string_equal(why.text,
				    "not a time from 1s to 1d; write it as 90, "
				    "90s, 10m or 1h");
	}
	for (size_t i = 0; i < COUNT_OF(times); i++) {
		assert_int_equal(conf_value_seconds(times[i].text, 1000,
						    86400000, &ms, &why),
				 0);
		assert_int_equal(ms, times[i].ms);
	}
}

static void finds_the_nearest_name(void **state)
{
	static const char *const names[] = { "fetch", "list", "delete",
					     "check" };
	char longer[200];

	(void)state;
	assert_string_equal(conf_name_nearest("fecth", names, 4), "fetch");
	assert_string_equal(conf_name_nearest("deleet", names, 4), "delete");
	assert_string_equal(conf_name_nearest("chec", names, 4), "check");
	assert_null(conf_name_nearest("", names, 4));
	assert_null(conf_name_nearest("something", names, 4));
	assert_null(conf_name_nearest("fetch", names, 0));
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	assert_null(conf_name_nearest(longer, names, 4));
	assert_null(conf_name_nearest("fetch", (const char *[]){ longer }, 1));
}

/* What a file or a server says cannot write to the terminal. */
static void shows_nothing_odd(void **state)
{
	struct conf_reason why;
	struct conf_faults faults = { .count = 0 };

	(void)state;
	assert_int_equal(conf_refuse(&why, "a%sb", "\x1b[2J\n\x7f"), -1);
	assert_string_equal(why.text, "a?[2J??b");
	conf_fault_add(&faults, 3, "%s", "\x1b]0;x\a");
	assert_string_equal(faults.fault[0].text, "?]0;x?");
	assert_true(conf_faults_within(&faults, 3, 3));
	assert_true(conf_faults_within(&faults, 1, 9));
	assert_false(conf_faults_within(&faults, 4, 9));
	assert_false(conf_faults_within(&faults, 1, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blanks_what_a_line_opens),
		cmocka_unit_test(finds_lonely_braces),
		cmocka_unit_test(blanks_comments),
		cmocka_unit_test(reads_seconds),
		cmocka_unit_test(finds_the_nearest_name),
		cmocka_unit_test(shows_nothing_odd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
