// SPDX-License-Identifier: ISC
/*
 * scram.h - SCRAM verifiers (RFC 5802, section 3): what a server keeps to know
 * a password without keeping it.  The text is Dovecot's, without its scheme:
 * "iterations,salt,StoredKey,ServerKey", the last three in base64.  Any thread
 * may call anything here.
 */
#ifndef AUTH_SCRAM_H
#define AUTH_SCRAM_H

#include "auth/limits.h"
#include "auth/scheme.h"

enum scram_kind {
	SCRAM_SHA_256,
	SCRAM_SHA_1,
};

#define SCRAM_KINDS   2u
#define SCRAM_KEY_MAX 32u
/* Octets of a text with its NUL: the number, salt and keys in base64. */
#define SCRAM_TEXT_MAX 208u

struct scram_verifier {
	enum scram_kind kind;
	uint32_t iterations;
	size_t salt_len;
	uint8_t salt[SCRAM_SALT_MAX];
	uint8_t stored_key[SCRAM_KEY_MAX]; /* zero behind the kind's length */
	uint8_t server_key[SCRAM_KEY_MAX];
};

/* "SCRAM-SHA-256": the mechanism's name, and the scheme's. */
const char *scram_name(enum scram_kind kind);
/* Octets of each key. */
size_t scram_key_len(enum scram_kind kind);

/* False, and *v_r untouched, if the text is no verifier of that kind, or one
 * beyond the limits (limits.h). */
MUST_USE bool scram_parse(enum scram_kind kind, struct text text,
			  struct scram_verifier *v_r);

/* The inverse of scram_parse, as a string. */
void scram_write(const struct scram_verifier *v, char text_r[SCRAM_TEXT_MAX]);

/*
 * The verifier of a secret, which is prepared by SASLprep first; one hash of
 * PBKDF2 for each iteration.  SCHEME_MATCH; SCHEME_ESECRET if SASLprep
 * prohibits it or it is empty; SCHEME_ENOMEM.  On failure *v_r is untouched.
 * salt_len is from 1 to SCRAM_SALT_MAX, iterations from 1 to
 * SCRAM_ITERATIONS_MAX.
 */
MUST_USE enum scheme_result scram_derive(enum scram_kind kind,
					 const struct secret *secret,
					 uint32_t iterations,
					 const uint8_t *salt, size_t salt_len,
					 struct scram_verifier *v_r);

/* The same with a new salt and SCRAM_ITERATIONS_DEFAULT. */
MUST_USE enum scheme_result scram_make(enum scram_kind kind,
				       const struct secret *secret,
				       struct scram_verifier *v_r);

/* Whether it is that secret's; the keys are compared in constant time.
 * SCHEME_MATCH, SCHEME_MISMATCH or SCHEME_ENOMEM. */
MUST_USE enum scheme_result scram_verify(const struct scram_verifier *v,
					 const struct secret *secret);

#endif
