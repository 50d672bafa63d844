// SPDX-License-Identifier: ISC
/*
 * bug.h - the stop for what only a bug of ours, here or in the caller, can
 * bring about.  It judges no input.  assert() would need the C library, which
 * libpop3 does without; this one stays on in every build.
 */
#ifndef LIB_BUG_H
#define LIB_BUG_H

#include <stdbool.h>

static inline void bug_if(bool is_bug)
{
	if (__builtin_expect(is_bug, false)) {
		__builtin_trap();
	}
}

#endif
