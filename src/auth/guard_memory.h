// SPDX-License-Identifier: ISC
/*
 * guard_memory.h - the guard's memory: a file (ipc/guard_file.h) that all
 * generations and all runs share, or, without one, memory of its own.
 *
 * It holds tables of 64-bit words, each changed by one atomic operation, so
 * that processes need no locks between them.  Whatever stands in a word is
 * harmless: at worst somebody's failures are forgotten, or somebody has a few
 * that he has not made.  A key in the head keeps anybody from aiming at a word.
 */
#ifndef AUTH_GUARD_MEMORY_H
#define AUTH_GUARD_MEMORY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/checked.h"

#define GUARD_KEY_LEN 16u /* crypto_shorthash_KEYBYTES */

/* Marks: see guard_marks.h.  A set is one line of the processor's cache. */
#define GUARD_MARK_WAYS      8u
#define GUARD_FAILURE_SETS   (1u << 17) /* 8 MiB, a million counts */
#define GUARD_DELAY_SETS     (1u << 15) /* 2 MiB, 260,000 users */
#define GUARD_FAMILIAR_WAYS  16u
#define GUARD_FAMILIAR_SETS  (1u << 15) /* 4 MiB, 520,000 pairs */
#define GUARD_FAILURE_WORDS  (GUARD_FAILURE_SETS * GUARD_MARK_WAYS)
#define GUARD_DELAY_WORDS    (GUARD_DELAY_SETS * GUARD_MARK_WAYS)
#define GUARD_FAMILIAR_WORDS (GUARD_FAMILIAR_SETS * GUARD_FAMILIAR_WAYS)

struct guard_head {
	char magic[8];
	uint32_t version;
	uint32_t octets; /* of the whole file */
	uint8_t key[GUARD_KEY_LEN];
	uint64_t check;           /* keyed hash of what stands above */
	_Atomic uint32_t half_ms; /* that the failures decay by */
	uint8_t zero[4096 - 44];
};

struct guard_memory {
	struct guard_head head;
	_Atomic uint64_t failures[GUARD_FAILURE_WORDS];
	_Atomic uint64_t familiar[GUARD_FAMILIAR_WORDS];
	_Atomic uint64_t delays[GUARD_DELAY_WORDS];
};

/*
 * Maps the file, or, if fd is -1, memory that is this process's alone.  A file
 * that is too short is made longer; one that is not sound is made anew.  0 or a
 * negative errno.  fd stays the caller's.
 */
MUST_USE int guard_memory_map(int fd, struct guard_memory **memory_r,
			      bool *is_new_r);
void guard_memory_unmap(struct guard_memory **memory);

#endif
