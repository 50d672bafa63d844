// SPDX-License-Identifier: ISC
/*
 * scheme.h - stored passwords: "{SCHEME}hash", "{SCHEME.B64}..." or ".HEX" of
 * the same, or without a scheme, which is CRYPT: whatever libcrypt knows.
 */
#ifndef AUTH_SCHEME_H
#define AUTH_SCHEME_H

#include <stdio.h>

#include "auth/user_name.h"
#include "base/secret.h"

enum scheme_result {
	SCHEME_MATCH = 1,
	SCHEME_MISMATCH = 0,
	SCHEME_EMALFORMED = -1, /* not what its scheme's hashes look like */
	SCHEME_EUNKNOWN = -2,   /* no such scheme */
	SCHEME_ELOCKED = -3,    /* "", "*", "!...", "x": nobody's password */
	SCHEME_ENOMEM = -4,
	SCHEME_ESECRET = -5, /* making: no hash of this secret is possible */
};

/* Once, before anything else here and before any thread.  0, or -1. */
MUST_USE int scheme_init(void);

/* Whether secret is the one that was stored.  Takes as long as the scheme
 * wants, and memory too; reveals nothing but its result. */
MUST_USE enum scheme_result scheme_verify(struct text stored,
					  const struct secret *secret);

/* SCHEME_MATCH if scheme_verify could say match or mismatch, else why not; at
 * next to no cost. */
MUST_USE enum scheme_result scheme_judge(struct text stored);

/* Whether verifying takes so long that it is done by few threads at once. */
bool scheme_is_costly(struct text stored);

/* The password itself, if it is stored as plain text; else false, and *secret_r
 * is empty. */
MUST_USE bool scheme_reveal(struct text stored, struct secret *secret_r);

#define SCHEME_HASH_MAX 1025u /* PASSWD_STORED_MAX and a NUL */

/* What stands behind the scheme, decoded, as octets with a NUL behind them.
 * False if scheme_judge would not say SCHEME_MATCH. */
MUST_USE bool scheme_hash_of(struct text stored, char hash_r[SCHEME_HASH_MAX],
			     size_t *len_r);

/* Words for a result under 0, for logs. */
const char *scheme_why(enum scheme_result result);

#define SCHEME_STORED_MAX 2048u /* octets with the NUL */
#define SCHEME_DEFAULT    "YESCRYPT"

/*
 * Makes what is to be stored for secret, with its scheme, as a string.  name:
 * in any case.  SCHEME_MATCH, or SCHEME_EUNKNOWN (also if no new hashes are
 * made with it), SCHEME_ESECRET or SCHEME_ENOMEM; then stored_r is untouched.
 */
MUST_USE enum scheme_result scheme_make(const char *name,
					const struct secret *secret,
					char stored_r[SCHEME_STORED_MAX]);

/* Whether scheme_make takes that name. */
bool scheme_is_made(const char *name);

/* The scheme of a stored password, as "YESCRYPT"; "CRYPT" if it has none, "?"
 * if it is none of ours. */
const char *scheme_name(struct text stored);

/* Prints the names that scheme_make takes, with commas between. */
void scheme_print_names(FILE *to);

/* A well-formed yescrypt hash that no secret is known for. */
struct text scheme_builtin_decoy(void);

#endif
