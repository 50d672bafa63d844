// SPDX-License-Identifier: ISC
/*
 * scram_source.h - the SCRAM verifier for whatever name a client says: a
 * user's own, one made of a password that is stored as plain text, or, for who
 * is no user or may not log in, one that looks like these and that no password
 * fits.  By what it gets, and when, a client cannot tell.
 */
#ifndef AUTH_SCRAM_SOURCE_H
#define AUTH_SCRAM_SOURCE_H

#include "auth/passwd_file.h"
#include "auth/scram.h"

#define SCRAM_SOURCE_KEY_LEN 32u

struct scram_source;

/*
 * users must live as long.  key: of the salts of those who have none; with the
 * same key they get the same.  NULL if there is no memory.
 */
MUST_USE struct scram_source *
scram_source_create(struct passwd_file *users, bool is_folding,
		    const uint8_t key[SCRAM_SOURCE_KEY_LEN]);
void scram_source_destroy(struct scram_source **s);

/*
 * Any thread may call it.  False, and *v_r untouched, if a verifier would have
 * to be made and several are being made already, or there is no memory.
 */
MUST_USE bool scram_source_verifier(struct scram_source *s, struct text user,
				    const uint8_t address[16],
				    enum scram_kind kind,
				    struct scram_verifier *v_r);

/* The password of who may log in and has one in plain text; else a random
 * one. */
void scram_source_password(struct scram_source *s, struct text user,
			   const uint8_t address[16], struct secret *secret_r);

#endif
