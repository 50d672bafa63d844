// SPDX-License-Identifier: ISC
/*
 * promise.h - what a session was told of a list that it has not seen: its count
 * and octets, and, for us to know the list by when it is asked for, a sum of
 * its unique-ids and sizes.
 */
#ifndef MAILDROP_PROMISE_H
#define MAILDROP_PROMISE_H

#include "store/listing.h"

struct promise {
	uint64_t octets;
	uint64_t sum; /* of each message's unique-id and octets */
	uint32_t count;
};

struct promise promise_of(const struct snapshot *s);

/*
 * Makes of a list that was taken later the one that was promised: what came
 * since stands behind the rest, and is cut off; names and flags may have
 * changed.  False, and *l untouched, if that is not what is promised: messages
 * have vanished, or come between others.
 */
MUST_USE bool promise_keep(const struct promise *promise, struct listing *l);

#endif
