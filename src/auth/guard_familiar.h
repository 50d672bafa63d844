// SPDX-License-Identifier: ISC
/*
 * guard_familiar.h - pairs of a user and an address that have logged in: a
 * table in shared memory.  All pairs of a user stand in one set, and may fill
 * half of it: whoever owns an account and many addresses can make the guard
 * forget hardly more than that account's own.
 */
#ifndef AUTH_GUARD_FAMILIAR_H
#define AUTH_GUARD_FAMILIAR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define GUARD_FAMILIAR_DAYS 60u

struct guard_familiar {
	_Atomic uint64_t *words; /* sets * GUARD_FAMILIAR_WAYS */
	uint32_t sets;           /* a power of two, 2^24 at most */
};

/* user, pair: hashes.  day: since 1970. */
bool guard_familiar_has(const struct guard_familiar *t, uint64_t user,
			uint64_t pair, uint32_t day);

/* Writes nothing if the pair stands there with this day. */
void guard_familiar_add(const struct guard_familiar *t, uint64_t user,
			uint64_t pair, uint32_t day);

#endif
