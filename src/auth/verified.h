// SPDX-License-Identifier: ISC
/*
 * verified.h - credentials that were verified a short time ago, so that a
 * client that polls does not cost a password hash each time.  What is
 * remembered is a keyed hash of user, stored password and secret: an entry of
 * the users file that changes is no longer found, and nothing here can be tried
 * against without the key, which is made at start and never leaves the process.
 */
#ifndef AUTH_VERIFIED_H
#define AUTH_VERIFIED_H

#include "auth/user_name.h"
#include "base/secret.h"

#define VERIFIED_DIGEST_LEN 32u

struct verified;

struct verified_digest {
	uint8_t octets[VERIFIED_DIGEST_LEN];
};

/* slots: how many are remembered at most.  NULL if there is no memory. */
MUST_USE struct verified *verified_create(uint32_t slots, uint64_t life_ms);
void verified_destroy(struct verified **v);

struct verified_digest verified_digest(const struct verified *v,
				       struct text user, struct text stored,
				       const struct secret *secret);

/* Any thread may call these. */
bool verified_has(struct verified *v, const struct verified_digest *d,
		  uint64_t now_ms);
void verified_add(struct verified *v, const struct verified_digest *d,
		  uint64_t now_ms);

#endif
