// SPDX-License-Identifier: ISC
/*
 * tls_hash.h - the hashes of TLS and HMAC (RFC 2104) with them, in the caller's
 * memory.
 */
#ifndef SESSION_TLS_HASH_H
#define SESSION_TLS_HASH_H

#include <openssl/sha.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

#define TLS_HASH_MAX  SHA512_DIGEST_LENGTH
#define TLS_BLOCK_MAX SHA512_CBLOCK

enum tls_hash_kind {
	TLS_HASH_NONE,
	TLS_SHA256,
	TLS_SHA384,
	TLS_SHA512
};

struct tls_hash {
	enum tls_hash_kind kind;
	union {
		SHA256_CTX sha256;
		SHA512_CTX sha512;
	} as;
};

/* OpenSSL's names of them; TLS_HASH_NONE of others. */
enum tls_hash_kind tls_hash_of(const char *name);

/* Octets of a hash, and of a block of what is hashed. */
size_t tls_hash_len(enum tls_hash_kind kind);
size_t tls_hash_block(enum tls_hash_kind kind);

void tls_hash_begin(struct tls_hash *h, enum tls_hash_kind kind);
void tls_hash_add(struct tls_hash *h, const void *at, size_t len);

/* out_r has room for tls_hash_len octets. */
void tls_hash_end(struct tls_hash *h, uint8_t *out_r);

/* Both have the key in them: who is done with one wipes it. */
struct tls_hmac {
	struct tls_hash inner, outer;
};

void tls_hmac_begin(struct tls_hmac *h, enum tls_hash_kind kind,
		    const uint8_t *key, size_t len);
void tls_hmac_add(struct tls_hmac *h, const void *at, size_t len);
void tls_hmac_end(struct tls_hmac *h, uint8_t *out_r);

#endif
