// SPDX-License-Identifier: ISC
/*
 * scheme_hash.h - the kinds of hashes behind the schemes: plain text, libcrypt,
 * libsodium's argon2, SCRAM verifiers.  Used by scheme.c alone.
 */
#ifndef AUTH_SCHEME_HASH_H
#define AUTH_SCHEME_HASH_H

#include "auth/limits.h"
#include "auth/scheme.h"

/* A hash without its scheme, decoded, with a NUL behind it. */
struct hash {
	size_t len;
	char octets[PASSWD_STORED_MAX + 1];
};

struct hash_kind {
	bool is_costly; /* verifying takes milliseconds or more */
	/* SCHEME_MATCH if well-formed, or SCHEME_EMALFORMED. */
	enum scheme_result (*judge)(const struct hash *h);
	/* For a hash that was judged well-formed. */
	enum scheme_result (*verify)(const struct hash *h,
				     const struct secret *secret);
	/* Makes one that begins with prefix; all of *h_r is written. */
	enum scheme_result (*make)(const char *prefix,
				   const struct secret *secret,
				   struct hash *h_r);
};

extern const struct hash_kind hash_plain;
extern const struct hash_kind hash_crypt;
extern const struct hash_kind hash_argon2; /* makes argon2id only */
extern const struct hash_kind hash_scram_sha_256;
extern const struct hash_kind hash_scram_sha_1;

#endif
