// SPDX-License-Identifier: ISC
/*
 * test_expiry.c - times as operators write them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ctl/expiry.h"

#define NOW INT64_C(1764104400) /* 2025-11-25T21:00Z */
#define DAY INT64_C(86400)

static void spans_begin_now(void **state)
{
	static const struct {
		const char *text;
		int64_t days;
	} rows[] = {
		{ "1d", 1 },   { "90d", 90 },       { "0090d", 90 },
		{ "12w", 84 }, { "1y", 365 },       { "100y", 36500 },
		{ "7d", 7 },   { "36500d", 36500 },
	};
	int64_t t;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_null(expiry_parse(rows[i].text, NOW, &t));
		assert_int_equal(t, NOW + rows[i].days * DAY);
	}
}

static void a_date_is_the_end_of_its_day(void **state)
{
	static const struct {
		const char *date, *end;
	} rows[] = {
		{ "2025-11-25", "2025-11-26T00:00Z" },
		{ "2026-12-31", "2027-01-01T00:00Z" },
		{ "2028-02-29", "2028-03-01T00:00Z" },
	};
	char text[EXPIRY_TEXT_MAX];
	int64_t t;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_null(expiry_parse(rows[i].date, NOW, &t));
		expiry_write(t, text);
		assert_string_equal(text, rows[i].end);
	}
}

static void what_is_no_time_is_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"d",
		"0d",
		"90",
		"-1d",
		"+1d",
		"1 d",
		"1m",
		"1dd",
		"36501d",
		"101y",
		"999999999999d",
		"4294967297d",
		"never",
		"tomorrow",
		"2025-11-24",
		"1970-01-01",
		"2027-02-29",
		"2027-02-30",
		"2027-13-01",
		"2027-00-01",
		"2027-01-00",
		"2027-1-1",
		"2027/01/01",
		"2027-01-32",
		"2027-01-011",
		"9999-12-31",
		"20270101",
		"2027-01-31 ",
		" 90d",
		"-027-01-31",
		"2027--1-31",
	};
	int64_t t = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (expiry_parse(rows[i], NOW, &t) == NULL) {
			print_error("%s\n", rows[i]);
		}
		assert_int_equal(t, 7);
	}
}

static void times_that_no_calendar_has_are_shown_as_such(void **state)
{
	char text[EXPIRY_TEXT_MAX];

	(void)state;
	expiry_write(0, text);
	assert_string_equal(text, "1970-01-01T00:00Z");
	expiry_write(INT64_MAX, text);
	assert_string_equal(text, "?");
	expiry_write(999999999999999999, text);
	assert_string_equal(text, "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spans_begin_now),
		cmocka_unit_test(a_date_is_the_end_of_its_day),
		cmocka_unit_test(what_is_no_time_is_refused),
		cmocka_unit_test(times_that_no_calendar_has_are_shown_as_such),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
