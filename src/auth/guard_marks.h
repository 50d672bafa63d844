// SPDX-License-Identifier: ISC
/*
 * guard_marks.h - a table of marks in shared memory.  A mark is a time; it
 * stands under a hash.  The table is set-associative: where there is no room,
 * the lowest mark of the set goes, which is what matters least.
 */
#ifndef AUTH_GUARD_MARKS_H
#define AUTH_GUARD_MARKS_H

#include <stdatomic.h>
#include <stdint.h>

/* A word is 24 bits of the hash, and a mark of 40. */
#define GUARD_MARK_BITS 40u
#define GUARD_MARK_MAX  ((UINT64_C(1) << GUARD_MARK_BITS) - 1)

struct guard_marks {
	_Atomic uint64_t *words; /* sets * GUARD_MARK_WAYS */
	uint32_t sets;           /* a power of two, 2^24 at most */
};

/* 0 if there is none. */
uint64_t guard_marks_find(const struct guard_marks *t, uint64_t hash);

/*
 * Changes a mark, or makes one, atomically: change says what becomes of old (0:
 * there is none), which may be what it was, and may be asked again if another
 * thread or process was faster.
 */
void guard_marks_change(const struct guard_marks *t, uint64_t hash,
			uint64_t (*change)(void *ctx, uint64_t old), void *ctx);

#endif
