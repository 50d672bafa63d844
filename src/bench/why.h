// SPDX-License-Identifier: ISC
/*
 * why.h - what is wrong, in words.
 */
#ifndef BENCH_WHY_H
#define BENCH_WHY_H

#include <stdbool.h>

struct why {
	char text[200];
};

/* False, and what it says, cut to what finds room. */
__attribute__((format(printf, 2, 3))) bool why_not(struct why *why,
						   const char *format, ...);

#endif
