// SPDX-License-Identifier: ISC
/*
 * date.c - a Date as time (date.h).
 * Runs in: the collector.  Trusts: nothing in the text.  Allocates: never.
 *
 * The parts of a date are known by what they look like, and hardly by where
 * they stand: so all the orders that are seen are read alike.
 */
#include "fetch/mail/date.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#define TOKENS_MAX 32 /* a date has nine */

struct token {
	const char *at;
	size_t len;
};

struct date {
	int year, month, day; /* -1: not seen; month from 1 */
	int hour, minute, second;
	bool has_time, has_zone;
	int zone_s; /* east of Greenwich */
};

struct zone {
	const char *name;
	int hours;
};

/* [rfc5322/4.3] The military zones of one letter, but for Z, were defined with
 * the wrong sign and "should all be considered equivalent to -0000". */
static const struct zone zones[] = {
	{ "UT", 0 },   { "GMT", 0 },  { "UTC", 0 },  { "Z", 0 },
	{ "EST", -5 }, { "EDT", -4 }, { "CST", -6 }, { "CDT", -5 },
	{ "MST", -7 }, { "MDT", -6 }, { "PST", -8 }, { "PDT", -7 },
	{ "WET", 0 },  { "BST", 1 },  { "CET", 1 },  { "MET", 1 },
	{ "CEST", 2 }, { "MEST", 2 }, { "EET", 2 },  { "EEST", 3 },
	{ "JST", 9 },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Digits at the front of *t are taken off: 1 to max of them.  -1: none. */
static int take_number(struct token *t, size_t max)
{
	int value = 0;
	size_t n = 0;

	while (n < t->len && n < max && is_digit(t->at[n])) {
		value = value * 10 + (t->at[n] - '0');
		n++;
	}
	t->at += n;
	t->len -= n;
	return n == 0 ? -1 : value;
}

static bool take(struct token *t, char c)
{
	if (t->len == 0 || t->at[0] != c) {
		return false;
	}
	t->at++;
	t->len--;
	return true;
}

/* From 1; 0: it is none. */
static int month_of(struct token t)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	for (int i = 0; i < 12 && t.len >= 3; i++) {
		if (strncasecmp(t.at, names + (size_t)i * 3, 3) == 0) {
			return i + 1;
		}
	}
	return 0;
}

/* [rfc5322/4.3] Two digits up to 49 are of this century; three, and two from 50
 * on, count from 1900. */
static bool set_year(struct date *d, int year, size_t digits)
{
	if (d->year >= 0 || digits < 2 || digits > 4) {
		return false;
	}
	if (digits == 2 && year < 50) {
		year += 2000;
	} else if (digits < 4) {
		year += 1900;
	}
	d->year = year;
	return true;
}

static bool read_number(struct date *d, struct token t)
{
	size_t digits = t.len;
	int value = take_number(&t, 4);

	if (t.len != 0) {
		return false;
	}
	if (d->day < 0 && digits <= 2) {
		d->day = value;
		return true;
	}
	return set_year(d, value, digits);
}

/* "+0100", "-05:30", "+1". */
static bool read_offset(struct date *d, struct token t)
{
	int sign = t.at[0] == '-' ? -1 : 1;
	int hours, minutes = 0;

	t.at++;
	t.len--;
	hours = take_number(&t, 2);
	if (hours < 0) {
		return false;
	}
	if (t.len > 0) {
		(void)take(&t, ':');
		minutes = take_number(&t, 2);
	}
	if (t.len != 0 || minutes < 0 || minutes > 59) {
		return false;
	}
	d->has_zone = true;
	d->zone_s = sign * (hours * 3600 + minutes * 60);
	return true;
}

/* What stands behind a time without a blank, or by itself. */
static bool read_zone(struct date *d, struct token t)
{
	if (t.len == 0) {
		return true;
	}
	if (t.at[0] == '+' || t.at[0] == '-') {
		return read_offset(d, t);
	}
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		size_t len = strlen(zones[i].name);

		if (t.len < len || strncasecmp(t.at, zones[i].name, len) != 0 ||
		    (t.len > len && is_letter(t.at[len]))) {
			continue;
		}
		if (t.len > len && zones[i].hours == 0) {
			/* "GMT+0100" */
			return read_zone(
			    d, (struct token){ t.at + len, t.len - len });
		}
		d->has_zone = true;
		d->zone_s = zones[i].hours * 3600;
		return t.len == len;
	}
	/* any other name says nothing that can be relied on */
	return is_letter(t.at[0]);
}

static bool read_time(struct date *d, struct token t)
{
	d->hour = take_number(&t, 2);
	if (d->hour < 0 || !take(&t, ':')) {
		return false;
	}
	d->minute = take_number(&t, 2);
	if (take(&t, ':')) {
		d->second = take_number(&t, 2);
	}
	if (take(&t, '.')) {
		(void)take_number(&t, 9); /* of a second */
	}
	d->has_time = true;
	return read_zone(d, t);
}

/* "2026-11-26", "2026-11-26T04:20:35Z". */
static bool read_iso(struct date *d, struct token t)
{
	d->year = take_number(&t, 4);
	(void)take(&t, '-');
	d->month = take_number(&t, 2);
	if (!take(&t, '-')) {
		return false;
	}
	d->day = take_number(&t, 2);
	if (t.len == 0) {
		return true;
	}
	return (take(&t, 'T') || take(&t, 't')) && read_time(d, t);
}

/* "26-Nov-2026". */
static bool read_hyphened(struct date *d, struct token t)
{
	d->day = take_number(&t, 2);
	if (!take(&t, '-') || month_of(t) == 0) {
		return false;
	}
	d->month = month_of(t);
	t.at += 3;
	t.len -= 3;
	if (!take(&t, '-')) {
		return false;
	}
	return set_year(d, take_number(&(struct token){ t.at, t.len }, 4),
			t.len);
}

static bool read_word(struct date *d, struct token t)
{
	int month = d->month < 0 ? month_of(t) : 0;

	if (month != 0) {
		d->month = month;
		return true;
	}
	if (strncasecmp(t.at, "PM", t.len) == 0 && t.len == 2 && d->has_time &&
	    d->hour < 12) {
		d->hour += 12;
		return true;
	}
	/* day names stand in front, zones behind the time */
	return !d->has_time || d->has_zone || read_zone(d, t);
}

static bool has(struct token t, char c)
{
	return memchr(t.at, c, t.len) != NULL;
}

static bool read_token(struct date *d, struct token t)
{
	if (t.at[0] == '+' || t.at[0] == '-') {
		return d->has_zone || read_offset(d, t);
	}
	if (is_letter(t.at[0])) {
		return read_word(d, t);
	}
	if (!is_digit(t.at[0])) {
		return false;
	}
	if (has(t, '-') && (!has(t, ':') || has(t, 'T') || has(t, 't'))) {
		return t.len > 4 && t.at[4] == '-' ? read_iso(d, t)
						   : read_hyphened(d, t);
	}
	return has(t, ':') ? !d->has_time && read_time(d, t)
			   : read_number(d, t);
}

/* [rfc5322/3.2.2] Comments, which nest, count as blanks.  Returns what is
 * behind the one that begins at p. */
static const char *skip_comment(const char *p)
{
	int depth = 0;

	for (; *p != '\0'; p++) {
		if (*p == '\\' && p[1] != '\0') {
			p++;
		} else if (*p == '(') {
			depth++;
		} else if (*p == ')' && --depth == 0) {
			return p + 1;
		}
	}
	return p;
}

static const char *skip_blanks(const char *p)
{
	while (*p == ' ' || *p == '\t' || *p == ',' || *p == '(') {
		p = *p == '(' ? skip_comment(p) : p + 1;
	}
	return p;
}

static bool is_sound(const struct date *d)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };
	bool is_leap =
	    d->year % 4 == 0 && (d->year % 100 != 0 || d->year % 400 == 0);

	return d->year >= 1970 && d->year <= 9999 && d->month >= 1 &&
	       d->month <= 12 && d->day >= 1 &&
	       d->day <= days[d->month - 1] + (is_leap && d->month == 2) &&
	       d->hour >= 0 && d->hour < 24 && d->minute >= 0 &&
	       d->minute < 60 && d->second >= 0 && d->second <= 60;
}

/* Days from 1970-01-01: years begin in March, so that leap days end them. */
static int64_t days_of(const struct date *d)
{
	int64_t year = d->month > 2 ? d->year : d->year - 1;
	int64_t day = (153 * ((d->month + 9) % 12) + 2) / 5 + d->day - 1;

	return year * 365 + year / 4 - year / 100 + year / 400 + day - 719468;
}

bool date_read(const char *text, int64_t *unix_r)
{
	struct date d = { .year = -1, .month = -1, .day = -1 };
	const char *p = skip_blanks(text);

	for (int i = 0; *p != '\0'; i++) {
		struct token t = { p, strcspn(p, " \t,(") };

		if (i == TOKENS_MAX || !read_token(&d, t)) {
			return false;
		}
		p = skip_blanks(p + t.len);
	}
	if (!is_sound(&d)) {
		return false;
	}
	*unix_r = days_of(&d) * 86400 + d.hour * 3600 + d.minute * 60 +
		  d.second - d.zone_s;
	return true;
}
