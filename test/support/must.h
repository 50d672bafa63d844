// SPDX-License-Identifier: ISC
/*
 * must.h - the assertion of what is no cmocka test: fuzzers, players and what
 * they share.  Says what was expected, then aborts, as a fuzzer wants it.
 */
#ifndef TEST_MUST_H
#define TEST_MUST_H

#include <stdbool.h>

void must_at(bool is_true, const char *what, const char *file, int line);

#define must(is_true, what) must_at((is_true), (what), __FILE__, __LINE__)

#endif
