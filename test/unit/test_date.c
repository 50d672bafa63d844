// SPDX-License-Identifier: ISC
/*
 * test_date.c - dates, as they should be and as they are.
 */
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "fetch/mail/date.h"

#define THEN INT64_C(1795666835) /* 2026-11-26 04:20:35 UTC */

static const struct {
	const char *text;
	int64_t want; /* from THEN */
} dates[] = {
	{ "Thu, 26 Nov 2026 04:20:35 +0000", 0 },
	{ "26 Nov 2026 04:20:35 +0000", 0 },
	{ "Thu, 26 Nov 2026 05:20:35 +0100", 0 },
	{ "Thu, 26 Nov 2026 00:50:35 -0330", 0 },
	{ "Wed, 25 Nov 2026 23:20:35 -0500 (EST)", 0 },
	{ "Thu, 26 Nov 2026 04:20 +0000", -35 },
	{ "Thu, 26 Nov 2026 04:20:35 GMT", 0 },
	{ "Thu, 26 Nov 2026 04:20:35 UT", 0 },
	{ "Thu, 26 Nov 2026 04:20:35 Z", 0 },
	{ "Wed, 25 Nov 2026 23:20:35 EST", 0 },
	{ "Wed, 25 Nov 2026 21:20:35 PDT", 0 },
	/* [rfc5322/4.3] military zones say nothing */
	{ "Thu, 26 Nov 2026 04:20:35 A", 0 },
	{ "Thu, 26 Nov 26 04:20:35 +0000", 0 },
	{ "Thu, 26 Nov 126 04:20:35 +0000", 0 },
	{ "thu, 26 nov 2026 04:20:35 +0000", 0 },
	{ "Thu,26 Nov 2026 04:20:35 +0000", 0 },
	{ "Thu , 26 Nov 2026 04:20:35 +0000", 0 },
	{ "  Thu,  26  Nov  2026  04:20:35  +0000  ", 0 },
	{ "(a (nested\\)) one) Thu, 26 (x) Nov 2026 04:20:35 +0000", 0 },
	{ "Thu, 26 Nov 2026 04:20:35 +0000 (never ended", 0 },
	{ "Thu, 26 Nov 2026 04:20:35", 0 },
	{ "Thu, 26 Nov 2026 4:20:35 +0000", 0 },
	{ "Thu, 26 Nov 2026 04:20:35.123456789 +0000", 0 },
	{ "Thu, 26 Nov 2026 04:20:35 GMT+0000", 0 },
	{ "Thu, 26 Nov 2026 06:20:35 GMT+0200", 0 },
	{ "Thu, 26 Nov 2026 06:20:35 GMT+02:00", 0 },
	{ "Thu, 26 Nov 2026 04:20:35 +0000 GMT", 0 },
	{ "Thu, 26-Nov-2026 04:20:35 GMT", 0 },
	{ "Thursday, 26-Nov-26 04:20:35 GMT", 0 },
	{ "Thu, 26 November 2026 04:20:35 +0000", 0 },
	{ "Thu Nov 26 04:20:35 2026", 0 },
	{ "Wed Nov 25 23:20:35 EST 2026", 0 },
	{ "Nov 26, 2026 4:20:35 AM", 0 },
	{ "Nov 26, 2026 4:20:35 PM", 12 * 3600 },
	{ "2026-11-26T04:20:35Z", 0 },
	{ "2026-11-26T05:20:35+01:00", 0 },
	{ "2026-11-26 04:20:35 +0000", 0 },
	{ "2026-11-26 04:20:35.5", 0 },
	{ "2026-11-26", -15635 },
	{ "Thu, 26 Nov 2026", -15635 },
	/* a leap second is the next one's first */
	{ "Thu, 26 Nov 2026 04:20:60 +0000", 25 },
};

static void all_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(dates); i++) {
		int64_t got = -1;

		if (!date_read(dates[i].text, &got) ||
		    got != THEN + dates[i].want) {
			fail_msg("%s: %lld", dates[i].text,
				 (long long)(got - THEN));
		}
	}
}

static const char *const none[] = {
	"",
	"()",
	"never",
	"Thu",
	"Thu, 26 Nov",
	"26 2026 04:20:35 +0000",
	"Thu, 0 Nov 2026 04:20:35 +0000",
	"Thu, 31 Nov 2026 04:20:35 +0000",
	"Sun, 29 Feb 2026 04:20:35 +0000",
	"Thu, 29 Feb 2100 04:20:35 +0000",
	"Thu, 26 Nov 2026 24:20:35 +0000",
	"Thu, 26 Nov 2026 04:60:35 +0000",
	"Thu, 26 Nov 2026 04:20:61 +0000",
	"Thu, 26 Nov 2026 04: +0000",
	"Thu, 26 Nov 2026 04:20:35 +0060",
	"Thu, 26 Nov 2026 04:20:35 +",
	"Thu, 26 Nov 2026 04:20:35 +00000",
	"Thu, 26 Nov 1969 04:20:35 +0000",
	"Thu, 26 Nov 50 04:20:35 +0000", /* 1950 */
	"Thu, 26 Nov 10000 04:20:35 +0000",
	"Thu, 26 Nov 99999999999999999999 04:20:35 +0000",
	"Thu, 26 Nov 2026 2027 04:20:35 +0000",
	"Thu, 26 Nov 2026 04:20:35 05:20:35 +0000",
	"26/11/2026 04:20:35",
	"1795666835",
	"2026-11-26T",
	"2026-13-26T04:20:35Z",
	"-",
	"26-",
	"26-Nov-",
	"\xff\xfe",
	"1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
};

static void what_is_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(none); i++) {
		int64_t got = -7;

		if (date_read(none[i], &got)) {
			fail_msg("%s: %lld", none[i], (long long)got);
		}
		assert_int_equal(got, -7);
	}
}

/* Every day from 1970 to 2105, as the C library has it. */
static void every_day(void **state)
{
	(void)state;
	for (int64_t day = 0; day < 49500; day++) {
		time_t at = day * 86400 + 3723;
		char text[64];
		int64_t got;
		struct tm tm;

		assert_non_null(gmtime_r(&at, &tm));
		strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S +0000",
			 &tm);
		assert_true(date_read(text, &got));
		assert_int_equal(got, at);
	}
}

/* Whatever is cut off, or put elsewhere, is read or refused. */
static void every_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(dates); i++) {
		size_t len = strlen(dates[i].text);
		char text[128];
		int64_t got;

		for (size_t cut = 0; cut < len; cut++) {
			snprintf(text, sizeof(text), "%.*s", (int)cut,
				 dates[i].text);
			(void)date_read(text, &got);
			(void)date_read(dates[i].text + cut, &got);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_forms),
		cmocka_unit_test(what_is_none),
		cmocka_unit_test(every_day),
		cmocka_unit_test(every_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
