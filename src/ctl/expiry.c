// SPDX-License-Identifier: ISC
/*
 * expiry.c - until when something is good (expiry.h).
 * Runs in: restantectl.  Trusts: the operator to mean it, not to spell it.
 */
#include "ctl/expiry.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAY_S    INT64_C(86400)
#define DIGITS   "0123456789"
#define DAYS_MAX INT64_C(36500) /* a century */

static int64_t number_of(const char *text, size_t len)
{
	int64_t n = 0;

	for (size_t i = 0; i < len; i++) {
		n = n * 10 + (text[i] - '0');
	}
	return n;
}

static int64_t days_of(char unit)
{
	switch (unit) {
	case 'd':
		return 1;
	case 'w':
		return 7;
	case 'y':
		return 365;
	default:
		return 0;
	}
}

static const char *parse_span(const char *text, size_t len, int64_t now_unix,
			      int64_t *unix_r)
{
	int64_t days;

	if (len > 6) {
		return "is too far away";
	}
	days = number_of(text, len - 1) * days_of(text[len - 1]);
	if (days == 0) {
		return "is no time at all";
	}
	if (days > DAYS_MAX) {
		return "is too far away";
	}
	*unix_r = now_unix + days * DAY_S;
	return NULL;
}

/* The end of the day.  timegm makes of the 30th of February another day. */
static bool parse_date(const char *text, int64_t *unix_r)
{
	struct tm tm = { .tm_mday = 0 }, again;
	time_t begin;

	if (strlen(text) != strlen("2027-01-31") || strspn(text, DIGITS) != 4 ||
	    text[4] != '-' || strspn(text + 5, DIGITS) != 2 || text[7] != '-' ||
	    strspn(text + 8, DIGITS) != 2) {
		return false;
	}
	tm.tm_year = (int)number_of(text, 4) - 1900;
	tm.tm_mon = (int)number_of(text + 5, 2) - 1;
	tm.tm_mday = (int)number_of(text + 8, 2);
	again = tm;
	begin = timegm(&again);
	if (again.tm_mday != tm.tm_mday || again.tm_mon != tm.tm_mon) {
		return false;
	}
	*unix_r = begin + DAY_S;
	return true;
}

const char *expiry_parse(const char *text, int64_t now_unix, int64_t *unix_r)
{
	size_t len = strlen(text);
	int64_t end;

	if (len > 1 && strspn(text, DIGITS) == len - 1 &&
	    days_of(text[len - 1]) != 0) {
		return parse_span(text, len, now_unix, unix_r);
	}
	if (!parse_date(text, &end)) {
		return "takes a number of days, weeks or years, as 90d, 12w or "
		       "1y, or a date, as 2027-01-31";
	}
	if (end <= now_unix) {
		return "has passed";
	}
	if (end > now_unix + DAYS_MAX * DAY_S) {
		return "is too far away";
	}
	*unix_r = end;
	return NULL;
}

void expiry_write(int64_t unix_time, char text_r[EXPIRY_TEXT_MAX])
{
	time_t t = unix_time;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(text_r, EXPIRY_TEXT_MAX, "%Y-%m-%dT%H:%MZ", &tm) == 0) {
		snprintf(text_r, EXPIRY_TEXT_MAX, "?");
	}
}
