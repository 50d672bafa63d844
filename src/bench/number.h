// SPDX-License-Identifier: ISC
/*
 * number.h - decimal numbers from people, servers and the kernel.
 */
#ifndef BENCH_NUMBER_H
#define BENCH_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

/* Takes digits off the front of *at, before end.  False, and nothing is
 * touched, if there are none or they are more than UINT64_MAX. */
MUST_USE bool number_take(const uint8_t **at, const uint8_t *end,
			  uint64_t *n_r);

/* All of text is a number from least to max. */
MUST_USE bool number_parse(const char *text, uint64_t least, uint64_t max,
			   uint64_t *n_r);

/* The same with a fraction: over 0, up to max. */
MUST_USE bool number_parse_seconds(const char *text, double max, double *n_r);

#endif
