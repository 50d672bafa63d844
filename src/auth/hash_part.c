// SPDX-License-Identifier: ISC
/*
 * hash_part.c - a hash of several parts (hash_part.h).
 * Runs in: auth.  Trusts: libsodium.  Allocates: never.
 */
#include "auth/hash_part.h"

void hash_part(crypto_generichash_state *state, const void *at, size_t len)
{
	uint64_t prefix = len;

	crypto_generichash_update(state, (const uint8_t *)&prefix,
				  sizeof(prefix));
	crypto_generichash_update(state, at, len);
}
