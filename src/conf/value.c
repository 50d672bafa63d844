// SPDX-License-Identifier: ISC
/*
 * value.c - numbers, times, sizes and words (value.h).
 * Runs in: master, restantectl, restante.  Trusts: nothing of the text.
 */
#include "conf/value.h"

#include <string.h>

#define NUMBER_DIGITS_MAX 18u /* so that no sum below wraps */

struct unit {
	const char *name;
	uint64_t factor;
};

/* The smallest first: the one that is for no letter, if there is, before. */
static const struct unit no_units[] = { { "", 1 }, { NULL, 0 } };
static const struct unit time_units[] = {
	{ "s", 1000 },
	{ "m", 60 * 1000 },
	{ "h", 3600 * 1000 },
	{ NULL, 0 },
};
static const struct unit second_units[] = {
	{ "", 1000 },         { "s", 1000 },     { "m", 60 * 1000 },
	{ "h", 3600 * 1000 }, { "d", 86400000 }, { NULL, 0 },
};
static const struct unit octet_units[] = {
	{ "", 1 },
	{ "K", (uint64_t)1 << 10 },
	{ "M", (uint64_t)1 << 20 },
	{ "G", (uint64_t)1 << 30 },
	{ "T", (uint64_t)1 << 40 },
	{ NULL, 0 },
};

/* Digits and one of the units, and nothing else. */
static bool read_number(const char *value, const struct unit *units,
			uint64_t *number_r)
{
	size_t digits = strspn(value, "0123456789");
	uint64_t number = 0;

	if (digits == 0 || digits > NUMBER_DIGITS_MAX) {
		return false;
	}
	for (size_t i = 0; i < digits; i++) {
		number = number * 10 + (uint64_t)(value[i] - '0');
	}
	for (; units->name != NULL; units++) {
		if (strcmp(units->name, value + digits) == 0) {
			return !__builtin_mul_overflow(number, units->factor,
						       number_r);
		}
	}
	return false;
}

static bool read_within(const char *text, const struct unit *units,
			uint64_t min, uint64_t max, uint64_t *value_r)
{
	uint64_t number;

	if (!read_number(text, units, &number) || number < min ||
	    number > max) {
		return false;
	}
	*value_r = number;
	return true;
}

/* In the largest unit that divides it. */
static void in_words(uint64_t value, const struct unit *units, char text[24])
{
	const struct unit *u = units;

	while (u[1].name != NULL && value >= u[1].factor &&
	       value % u[1].factor == 0) {
		u++;
	}
	snprintf(text, 24, "%llu%s", (unsigned long long)(value / u->factor),
		 u->name);
}

int conf_value_number(const char *text, uint64_t min, uint64_t max,
		      const char *also, uint64_t *value_r,
		      struct conf_reason *why_r)
{
	return read_within(text, no_units, min, max, value_r)
		   ? 0
		   : conf_refuse(why_r, "not a number from %llu to %llu%s",
				 (unsigned long long)min,
				 (unsigned long long)max, also);
}

static int refuse_time(uint64_t min_ms, uint64_t max_ms,
		       const struct unit *units, const char *instances,
		       struct conf_reason *why_r)
{
	char min[24];
	char max[24];

	in_words(min_ms, units, min);
	in_words(max_ms, units, max);
	return conf_refuse(why_r, "not a time from %s to %s; write it as %s",
			   min, max, instances);
}

int conf_value_duration(const char *text, uint64_t min_ms, uint64_t max_ms,
			uint64_t *value_r, struct conf_reason *why_r)
{
	return read_within(text, time_units, min_ms, max_ms, value_r)
		   ? 0
		   : refuse_time(min_ms, max_ms, time_units, "90s, 10m or 1h",
				 why_r);
}

int conf_value_seconds(const char *text, uint64_t min_ms, uint64_t max_ms,
		       uint64_t *value_r, struct conf_reason *why_r)
{
	return read_within(text, second_units, min_ms, max_ms, value_r)
		   ? 0
		   : refuse_time(min_ms, max_ms, second_units,
				 "90, 90s, 10m or 1h", why_r);
}

int conf_value_octets(const char *text, uint64_t min, uint64_t max,
		      const char *instance, uint64_t *value_r,
		      struct conf_reason *why_r)
{
	char from[24];
	char to[24];

	if (read_within(text, octet_units, min, max, value_r)) {
		return 0;
	}
	in_words(min, octet_units, from);
	in_words(max, octet_units, to);
	return conf_refuse(why_r, "not a size from %s to %s; write it as %s",
			   from, to, instance);
}

int conf_value_word(const char *text, const struct conf_word *words,
		    uint32_t *value_r, struct conf_reason *why_r)
{
	char all[sizeof(why_r->text) / 2] = "";
	size_t len = 0;

	for (const struct conf_word *w = words; w->name != NULL; w++) {
		if (strcmp(w->name, text) == 0) {
			*value_r = w->value;
			return 0;
		}
		len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%s",
					w == words ? "" : ", ", w->name);
		if (len >= sizeof(all)) {
			len = sizeof(all) - 1;
		}
	}
	return conf_refuse(why_r, "not one of: %s", all);
}
