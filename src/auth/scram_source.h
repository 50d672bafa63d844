// SPDX-License-Identifier: ISC
/*
 * scram_source.h - the SCRAM verifier for whatever name a client says: a
 * user's own, one made of a password that is stored as plain text, or, for who
 * is no user, has none or may not log in, one that looks like these and that no
 * password fits.
 *
 * A client cannot tell which by what it gets, nor by how long that takes:
 * whoever has no verifier is served as another user is, his decoy.  Two things
 * do tell.  Numbers of rounds that hardly any user has are hardly any decoy's
 * either, and so a sign of a user.  And when the users file changes, a few
 * names of nobody get another decoy; who asks before and after may see that.
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

/* What the client is told: of the verifier, iterations and salt; the keys are
 * zero.  Takes microseconds.  Any thread may call what stands from here on. */
void scram_source_challenge(struct scram_source *s, struct text user,
			    const uint8_t address[16], enum scram_kind kind,
			    struct scram_verifier *v_r);

/*
 * The keys of a verifier that was told, to judge a proof: zero or more rounds
 * of PBKDF2, as many whenever that name's are asked for, and for whoever asks:
 * only who answers for a failure may ask.  If the user's verifier was changed
 * since, no proof fits.  False, and *v untouched, if there is no memory.
 */
MUST_USE bool scram_source_keys(struct scram_source *s, struct text user,
				const uint8_t address[16],
				struct scram_verifier *v);

/* The password of who may log in and has one in plain text; else a random
 * one. */
void scram_source_password(struct scram_source *s, struct text user,
			   const uint8_t address[16], struct secret *secret_r);

#endif
