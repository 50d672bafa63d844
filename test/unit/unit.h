// SPDX-License-Identifier: ISC
/*
 * unit.h - cmocka with what it wants included before it, and comparisons of
 * slices that say what they found.
 */
#ifndef TEST_UNIT_H
#define TEST_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "pop3/base.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define assert_slice(s, str)                                                   \
	assert_slice_at((s), POP3_LITERAL(str), __FILE__, __LINE__)

#define assert_text(s, str)                                                    \
	assert_slice_at((s), pop3_slice_of((str), strlen(str)), __FILE__,      \
			__LINE__)

#define assert_same(a, b) assert_slice_at((a), (b), __FILE__, __LINE__)

static inline void assert_slice_at(struct pop3_slice is, struct pop3_slice want,
				   const char *file, int line)
{
	if (!pop3_slice_equal(is, want)) {
		print_error("is:     \"%.*s\"\nwanted: \"%.*s\"\n", (int)is.len,
			    (const char *)is.at, (int)want.len,
			    (const char *)want.at);
	}
	_assert_true(pop3_slice_equal(is, want), "slices are equal", file,
		     line);
}

#endif
