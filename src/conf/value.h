// SPDX-License-Identifier: ISC
/*
 * value.h - numbers, times, sizes and words of a configuration, read strictly.
 * Each returns 0; or -1, *value_r is as it was, and *why_r ends a sentence that
 * begins with "NAME = VALUE: ".
 */
#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include <stdint.h>

#include "conf/fault.h"

struct conf_word {
	const char *name;
	uint32_t value;
};

/* Digits only.  also: what else the setting takes, as ", or auto", or "". */
MUST_USE int conf_value_number(const char *text, uint64_t min, uint64_t max,
			       const char *also, uint64_t *value_r,
			       struct conf_reason *why_r);

/* "90s" "10m" "1h", in milliseconds. */
MUST_USE int conf_value_duration(const char *text, uint64_t min_ms,
				 uint64_t max_ms, uint64_t *value_r,
				 struct conf_reason *why_r);

/* The same, and "90" for seconds and "2d". */
MUST_USE int conf_value_seconds(const char *text, uint64_t min_ms,
				uint64_t max_ms, uint64_t *value_r,
				struct conf_reason *why_r);

/* "4096" "64K" "512M" "1G" "2T".  For instance: how to write one. */
MUST_USE int conf_value_octets(const char *text, uint64_t min, uint64_t max,
			       const char *instance, uint64_t *value_r,
			       struct conf_reason *why_r);

/* One of the words, which end with a NULL name. */
MUST_USE int conf_value_word(const char *text, const struct conf_word *words,
			     uint32_t *value_r, struct conf_reason *why_r);

#endif
