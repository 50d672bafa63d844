// SPDX-License-Identifier: ISC
/*
 * hash_part.h - a hash of several parts: each goes in with its length before
 * it, so that no two lists of parts look alike.
 */
#ifndef AUTH_HASH_PART_H
#define AUTH_HASH_PART_H

#include <sodium.h>

void hash_part(crypto_generichash_state *state, const void *at, size_t len);

#endif
