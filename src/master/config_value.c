// SPDX-License-Identifier: ISC
/*
 * config_value.c - one value's text, checked by its row of the table and put
 * into its place in struct config.
 * Runs in: master, restantectl.  Trusts: the table; nothing of the text.
 */
#include "master/config_value.h"

#include <sched.h>
#include <string.h>

#include "conf/value.h"
#include "master/config_list.h"
#include "master/config_string.h"

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
			struct config *config_r, struct conf_reason *why_r)
{
	uint64_t number;
	int rc = conf_value_number(value, s->min, s->max,
				   s->type == SETTING_CORES ? ", or auto" : "",
				   &number, why_r);

	if (rc == 0) {
		put_number(s, number, config_r);
	}
	return rc;
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
		       struct config *config_r, struct conf_reason *why_r)
{
	uint64_t n = cores();

	if (strcmp(value, "auto") != 0 && strcmp(value, "0") != 0) {
		return store_number(s, value, config_r, why_r);
	}
	put_number(s, n > s->max ? s->max : n, config_r);
	return 0;
}

static int store_duration(const struct setting *s, const char *value,
			  struct config *config_r, struct conf_reason *why_r)
{
	uint64_t ms;
	int rc = conf_value_duration(value, s->min, s->max, &ms, why_r);

	if (rc == 0) {
		put_number(s, ms, config_r);
	}
	return rc;
}

static int store_octets(const struct setting *s, const char *value,
			struct config *config_r, struct conf_reason *why_r)
{
	uint64_t octets;
	int rc = conf_value_octets(value, s->min, s->max, "512M or 1G", &octets,
				   why_r);

	if (rc == 0) {
		put_number(s, octets, config_r);
	}
	return rc;
}

static int store_word(const struct setting *s, const char *value,
		      struct config *config_r, struct conf_reason *why_r)
{
	uint32_t word;
	int rc = conf_value_word(value, s->words, &word, why_r);

	if (rc == 0) {
		put_number(s, word, config_r);
	}
	return rc;
}

int config_value_store(const struct setting *setting, const char *value,
		       const char *base, struct config *config_r,
		       struct conf_reason *why_r)
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
