// SPDX-License-Identifier: ISC
/*
 * number.c - decimal numbers (number.h).
 * Runs in: restante-bench.  Trusts: nothing it is given.  Allocates: never.
 */
#include "bench/number.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool number_take(const uint8_t **at, const uint8_t *end, uint64_t *n_r)
{
	const uint8_t *p = *at;
	uint64_t n = 0;

	for (; p < end && *p >= '0' && *p <= '9'; p++) {
		if (__builtin_mul_overflow(n, 10u, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(*p - '0'), &n)) {
			return false;
		}
	}
	if (p == *at) {
		return false;
	}
	*at = p;
	*n_r = n;
	return true;
}

bool number_parse(const char *text, uint64_t least, uint64_t max, uint64_t *n_r)
{
	const uint8_t *at = (const uint8_t *)text;
	const uint8_t *end = at + strlen(text);
	uint64_t n;

	if (!number_take(&at, end, &n) || at != end || n < least || n > max) {
		return false;
	}
	*n_r = n;
	return true;
}

bool number_parse_seconds(const char *text, double max, double *n_r)
{
	char *end;
	double n;

	if (strspn(text, "0123456789.") != strlen(text)) {
		return false;
	}
	errno = 0;
	n = strtod(text, &end);
	if (errno != 0 || end == text || *end != '\0' || !(n > 0) || n > max) {
		return false;
	}
	*n_r = n;
	return true;
}
