// SPDX-License-Identifier: ISC
/*
 * human.c - numbers as people read them (human.h).
 * Runs in: restante.  Trusts: its caller.  Allocates: never.
 */
#include "fetch/show/human.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB", "EB" };

#define UNITS (sizeof(units) / sizeof(units[0]))

/* The unit in which octets have at most three digits, and its size. */
static size_t unit_of(uint64_t octets, uint64_t *size_r)
{
	uint64_t size = 1;
	size_t unit = 0;

	/* 999.5 is written as 1000 */
	while (unit + 1 < UNITS && octets / size >= 999 &&
	       octets - size * 999 >= (size + 1) / 2) {
		size *= 1000;
		unit++;
	}
	*size_r = size;
	return unit;
}

/* One digit behind the point below 10, if it is not a count of octets. */
static bool has_tenths(uint64_t octets, uint64_t size)
{
	return size > 1 && octets < size * 10 - size / 20;
}

static void write_in(uint64_t octets, uint64_t size, bool tenths,
		     char text_r[HUMAN_MAX])
{
	uint64_t whole = octets / size, rest = octets % size;
	uint64_t tenth = size > 1 ? (rest + size / 20) / (size / 10) : 0;

	if (tenths) {
		snprintf(text_r, HUMAN_MAX, "%" PRIu64 ".%" PRIu64,
			 whole + tenth / 10, tenth % 10);
	} else {
		snprintf(text_r, HUMAN_MAX, "%" PRIu64,
			 whole + (size > 1 && rest >= size / 2 ? 1 : 0));
	}
}

void human_octets(uint64_t octets, char text_r[HUMAN_MAX])
{
	char number[HUMAN_MAX];
	uint64_t size;
	size_t unit = unit_of(octets, &size);

	write_in(octets, size, has_tenths(octets, size), number);
	snprintf(text_r, HUMAN_MAX, "%.20s %s", number, units[unit]);
}

void human_share(uint64_t octets, uint64_t of, char text_r[HUMAN_MAX])
{
	char number[HUMAN_MAX], of_number[HUMAN_MAX];
	uint64_t size;
	size_t unit = unit_of(of, &size);
	bool tenths = has_tenths(of, size);

	write_in(octets, size, tenths, number);
	write_in(of, size, tenths, of_number);
	snprintf(text_r, HUMAN_MAX, "%*.12s/%.12s %s", (int)strlen(of_number),
		 number, of_number, units[unit]);
}

void human_left(uint64_t seconds, char text_r[HUMAN_MAX])
{
	uint64_t hours = seconds / 3600;

	if (hours >= 24) {
		snprintf(text_r, HUMAN_MAX, "%" PRIu64 " d %" PRIu64 " h",
			 hours / 24, hours % 24);
	} else if (hours > 0) {
		snprintf(text_r, HUMAN_MAX,
			 "%" PRIu64 ":%02" PRIu64 ":%02" PRIu64, hours,
			 seconds / 60 % 60, seconds % 60);
	} else {
		snprintf(text_r, HUMAN_MAX, "%" PRIu64 ":%02" PRIu64,
			 seconds / 60, seconds % 60);
	}
}

void human_span(uint64_t ms, char text_r[HUMAN_MAX])
{
	uint64_t seconds = ms / 1000;

	if (seconds < 10) {
		snprintf(text_r, HUMAN_MAX, "%" PRIu64 ".%" PRIu64 " s",
			 seconds, ms % 1000 / 100);
	} else if (seconds < 60) {
		snprintf(text_r, HUMAN_MAX, "%" PRIu64 " s", seconds);
	} else if (seconds < 3600) {
		snprintf(text_r, HUMAN_MAX, "%" PRIu64 " min %" PRIu64 " s",
			 seconds / 60, seconds % 60);
	} else {
		snprintf(text_r, HUMAN_MAX, "%" PRIu64 " h %" PRIu64 " min",
			 seconds / 3600, seconds / 60 % 60);
	}
}

void human_time(uint64_t unix_ms, char text_r[HUMAN_MAX])
{
	time_t seconds = (time_t)(unix_ms / 1000);
	char date[HUMAN_MAX];
	struct tm tm;

	if (gmtime_r(&seconds, &tm) == NULL ||
	    strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm) == 0) {
		snprintf(date, sizeof(date), "1970-01-01T00:00:00");
	}
	snprintf(text_r, HUMAN_MAX, "%.20s.%03uZ", date,
		 (unsigned)(unix_ms % 1000));
}

void human_time_of_day(int64_t unix_s, char text_r[HUMAN_MAX])
{
	time_t seconds = (time_t)unix_s;
	struct tm tm;

	if (localtime_r(&seconds, &tm) == NULL ||
	    strftime(text_r, HUMAN_MAX, "%H:%M:%S", &tm) == 0) {
		snprintf(text_r, HUMAN_MAX, "?");
	}
}
