// SPDX-License-Identifier: ISC
/*
 * digests.h - the SHA-256 of users' messages, cut to 128 bits: what they were
 * the last time, and, if the Maildirs are at hand, what the files say.
 */
#ifndef BENCH_DIGESTS_H
#define BENCH_DIGESTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/checked.h"
#include "bench/why.h"

struct digest {
	uint64_t high;
	uint64_t low; /* both zero: none is known */
};

struct digest digest_of(const uint8_t sha256[32]);

struct digests;

/* maildir: a template, whose users' new/ and cur/ are read now; or NULL. */
struct digests *digests_create(uint32_t users, const char *maildir,
			       struct why *why);
void digests_destroy(struct digests **d);

/* A message of a user; the first time it is remembered. */
MUST_USE bool digests_check(struct digests *d, uint32_t user, uint32_t msn,
			    struct digest digest, struct why *why);

/* All messages of a session: their number and the sum of the digests' high
 * halves are those of the files, each of which was got once. */
MUST_USE bool digests_check_all(const struct digests *d, uint32_t user,
				uint64_t messages, uint64_t sum,
				struct why *why);

#endif
