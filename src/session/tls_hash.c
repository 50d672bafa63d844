// SPDX-License-Identifier: ISC
/*
 * tls_hash.c - the hashes of TLS, and HMAC (tls_hash.h).
 * Runs in: session.  Trusts: OpenSSL.
 *
 * The functions that OpenSSL would have replaced by EVP_MD_CTX are what that
 * calls itself, without the memory, the locks and the look-ups by name that
 * cost several times the hash of such few octets as a key schedule has.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "session/tls_hash.h"

#include <openssl/crypto.h>
#include <string.h>

enum tls_hash_kind tls_hash_of(const char *name)
{
	static const struct {
		const char *name;
		enum tls_hash_kind kind;
	} names[] = {
		{ "SHA2-256", TLS_SHA256 }, { "SHA256", TLS_SHA256 },
		{ "SHA2-384", TLS_SHA384 }, { "SHA384", TLS_SHA384 },
		{ "SHA2-512", TLS_SHA512 }, { "SHA512", TLS_SHA512 },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (OPENSSL_strcasecmp(names[i].name, name) == 0) {
			return names[i].kind;
		}
	}
	return TLS_HASH_NONE;
}

size_t tls_hash_len(enum tls_hash_kind kind)
{
	static const size_t lens[] = {
		[TLS_SHA256] = SHA256_DIGEST_LENGTH,
		[TLS_SHA384] = SHA384_DIGEST_LENGTH,
		[TLS_SHA512] = SHA512_DIGEST_LENGTH,
	};

	return lens[kind];
}

size_t tls_hash_block(enum tls_hash_kind kind)
{
	return kind == TLS_SHA256 ? SHA256_CBLOCK : SHA512_CBLOCK;
}

void tls_hash_begin(struct tls_hash *h, enum tls_hash_kind kind)
{
	h->kind = kind;
	if (kind == TLS_SHA256) {
		SHA256_Init(&h->as.sha256);
	} else if (kind == TLS_SHA384) {
		SHA384_Init(&h->as.sha512);
	} else {
		SHA512_Init(&h->as.sha512);
	}
}

void tls_hash_add(struct tls_hash *h, const void *at, size_t len)
{
	if (h->kind == TLS_SHA256) {
		SHA256_Update(&h->as.sha256, at, len);
	} else {
		SHA512_Update(&h->as.sha512, at, len);
	}
}

/* The length of SHA-384 is in its context. */
void tls_hash_end(struct tls_hash *h, uint8_t *out_r)
{
	if (h->kind == TLS_SHA256) {
		SHA256_Final(out_r, &h->as.sha256);
	} else {
		SHA512_Final(out_r, &h->as.sha512);
	}
}

/* --- HMAC --- */

static void begin_with(struct tls_hash *h, enum tls_hash_kind kind,
		       const uint8_t *key, uint8_t pad)
{
	uint8_t block[TLS_BLOCK_MAX];
	size_t len = tls_hash_block(kind);

	for (size_t i = 0; i < len; i++) {
		block[i] = key[i] ^ pad;
	}
	tls_hash_begin(h, kind);
	tls_hash_add(h, block, len);
	OPENSSL_cleanse(block, len);
}

/* [rfc2104/2/key] "Applications that use keys longer than B bytes will first
 * hash the key using H and then use the resultant L byte string as the actual
 * key to HMAC." */
void tls_hmac_begin(struct tls_hmac *h, enum tls_hash_kind kind,
		    const uint8_t *key, size_t len)
{
	uint8_t whole[TLS_BLOCK_MAX] = { 0 };

	if (len > tls_hash_block(kind)) {
		tls_hash_begin(&h->inner, kind);
		tls_hash_add(&h->inner, key, len);
		tls_hash_end(&h->inner, whole);
	} else if (len != 0) {
		memcpy(whole, key, len);
	}
	begin_with(&h->inner, kind, whole, 0x36);
	begin_with(&h->outer, kind, whole, 0x5c);
	OPENSSL_cleanse(whole, sizeof(whole));
}

void tls_hmac_add(struct tls_hmac *h, const void *at, size_t len)
{
	tls_hash_add(&h->inner, at, len);
}

void tls_hmac_end(struct tls_hmac *h, uint8_t *out_r)
{
	uint8_t hash[TLS_HASH_MAX];

	tls_hash_end(&h->inner, hash);
	tls_hash_add(&h->outer, hash, tls_hash_len(h->outer.kind));
	tls_hash_end(&h->outer, out_r);
	OPENSSL_cleanse(hash, sizeof(hash));
}
