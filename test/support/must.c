// SPDX-License-Identifier: ISC
/*
 * must.c - the assertion of fuzzers and players.
 * Runs in: tests.
 */
#include "must.h"
#include <stdio.h>
#include <stdlib.h>

void must_at(bool is_true, const char *what, const char *file, int line)
{
	if (!is_true) {
		(void)fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
		abort();
	}
}
