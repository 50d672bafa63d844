// SPDX-License-Identifier: ISC
/*
 * config_value.c - one value's text, checked by its row of the table and put
 * into its place in struct config.
 * Runs in: master, restantectl.  Trusts: the table; nothing of the text.
 */
#include "master/config_value.h"

#include <sched.h>
#include <string.h>

#include "master/config_list.h"
#include "master/config_string.h"

#define NUMBER_DIGITS_MAX 18u /* so that no sum below wraps */

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit no_units[] = { { "", 1 }, { NULL, 0 } };
static const struct unit time_units[] = {
	{ "s", 1000 },
	{ "m", 60 * 1000 },
	{ "h", 3600 * 1000 },
	{ NULL, 0 },
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

static void put_number(const struct setting *s, uint64_t number,
		       struct config *config_r)
{
	void *at = (char *)config_r + s->offset;
	uint64_t of_unit = s->unit != 0 ? number / s->unit : number;
	uint32_t four = (uint32_t)of_unit;
	uint8_t one = (uint8_t)of_unit;

	switch (s->size) {
	case sizeof(of_unit):
		memcpy(at, &of_unit, sizeof(of_unit));
		break;
	case sizeof(four):
		memcpy(at, &four, sizeof(four));
		break;
	default:
		memcpy(at, &one, sizeof(one));
		break;
	}
}

static int store_number(const struct setting *s, const char *value,
			struct config *config_r, struct config_reason *why_r)
{
	uint64_t number;

	if (!read_number(value, no_units, &number) || number < s->min ||
	    number > s->max) {
		return config_refuse(
		    why_r, "not a number from %llu to %llu%s",
		    (unsigned long long)s->min, (unsigned long long)s->max,
		    s->type == SETTING_CORES ? ", or auto" : "");
	}
	put_number(s, number, config_r);
	return 0;
}

/* Of the cores that this process may run on, not of all there are. */
static uint64_t cores(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) == 0) {
		return (uint64_t)CPU_COUNT(&set);
	}
	return 1;
}

static int store_cores(const struct setting *s, const char *value,
		       struct config *config_r, struct config_reason *why_r)
{
	uint64_t n = cores();

	if (strcmp(value, "auto") != 0 && strcmp(value, "0") != 0) {
		return store_number(s, value, config_r, why_r);
	}
	put_number(s, n > s->max ? s->max : n, config_r);
	return 0;
}

static void time_in_words(uint64_t ms, char text[24])
{
	const struct unit *u = time_units;

	while (u[1].name != NULL && ms >= u[1].factor &&
	       ms % u[1].factor == 0) {
		u++;
	}
	snprintf(text, 24, "%llu%s", (unsigned long long)(ms / u->factor),
		 u->name);
}

static int store_duration(const struct setting *s, const char *value,
			  struct config *config_r, struct config_reason *why_r)
{
	uint64_t ms;
	char min[24];
	char max[24];

	if (!read_number(value, time_units, &ms) || ms < s->min ||
	    ms > s->max) {
		time_in_words(s->min, min);
		time_in_words(s->max, max);
		return config_refuse(why_r,
				     "not a time from %s to %s; write it as "
				     "90s, 10m or 1h",
				     min, max);
	}
	put_number(s, ms, config_r);
	return 0;
}

static int store_octets(const struct setting *s, const char *value,
			struct config *config_r, struct config_reason *why_r)
{
	uint64_t octets;

	if (!read_number(value, octet_units, &octets) || octets < s->min ||
	    octets > s->max) {
		return config_refuse(
		    why_r,
		    "not a size from %lluM to %lluM; write it as 512M or 1G",
		    (unsigned long long)(s->min >> 20),
		    (unsigned long long)(s->max >> 20));
	}
	put_number(s, octets, config_r);
	return 0;
}

static int store_word(const struct setting *s, const char *value,
		      struct config *config_r, struct config_reason *why_r)
{
	char all[sizeof(why_r->text) / 2] = "";
	size_t len = 0;

	for (const struct setting_word *w = s->words; w->name != NULL; w++) {
		if (strcmp(w->name, value) == 0) {
			put_number(s, w->value, config_r);
			return 0;
		}
		len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%s",
					w == s->words ? "" : ", ", w->name);
		if (len >= sizeof(all)) {
			len = sizeof(all) - 1;
		}
	}
	return config_refuse(why_r, "not one of: %s", all);
}

int config_value_store(const struct setting *setting, const char *value,
		       const char *base, struct config *config_r,
		       struct config_reason *why_r)
{
	switch (setting->type) {
	case SETTING_STRING:
		return config_string_string(setting, value, config_r, why_r);
	case SETTING_PATH:
		return config_string_path(setting, value, base, config_r,
					  why_r);
	case SETTING_TEMPLATE:
		return config_string_template(setting, value, config_r, why_r);
	case SETTING_HOSTNAME:
		return config_string_hostname(setting, value, config_r, why_r);
	case SETTING_NUMBER:
		return store_number(setting, value, config_r, why_r);
	case SETTING_CORES:
		return store_cores(setting, value, config_r, why_r);
	case SETTING_DURATION:
		return store_duration(setting, value, config_r, why_r);
	case SETTING_OCTETS:
		return store_octets(setting, value, config_r, why_r);
	case SETTING_WORD:
		return store_word(setting, value, config_r, why_r);
	case SETTING_ACCOUNT:
		return config_string_account(value, why_r);
	case SETTING_ADDRESSES:
	case SETTING_TLS_ADDRESSES:
	case SETTING_PATHS:
	case SETTING_NETS:
		return config_list_add(setting, value, base, config_r, why_r);
	}
	return -1;
}
