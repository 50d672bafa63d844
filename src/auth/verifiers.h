// SPDX-License-Identifier: ISC
/*
 * verifiers.h - all by which a user's secret is known: the password field,
 * SCRAM verifiers and app passwords of one line of the users file.
 *
 * A password field that is locked ("*", "!...") or not understood locks the
 * user, whatever else stands in the line; one that is empty is no password, and
 * a SCRAM verifier among the extra fields stands for it.
 */
#ifndef AUTH_VERIFIERS_H
#define AUTH_VERIFIERS_H

#include "auth/passwd_table.h"
#include "auth/scheme.h"
#include "auth/scram.h"

/* By which app password a secret was known. */
struct verifiers_match {
	struct text app; /* its name, in the user's line */
};

/* SCHEME_MATCH if there is a secret that would let this user in, else why not;
 * at next to no cost. */
MUST_USE enum scheme_result verifiers_judge(const struct passwd_user *user);

/*
 * Tries a secret against app passwords that have not expired.  SCHEME_MATCH,
 * and *match_r is filled in; SCHEME_MISMATCH: then comes the password; or what
 * verifiers_judge says.  That takes microseconds, so it needs neither a queue
 * nor a cache: never remember such a match, that it ends when the app password
 * expires or is revoked.
 */
MUST_USE enum scheme_result verifiers_try_apps(const struct passwd_user *user,
					       const struct secret *secret,
					       int64_t now_unix,
					       struct verifiers_match *match_r);

/*
 * Tries it against the password, in each form that it may have been meant to
 * have (candidate.h).  SCHEME_MATCH, or why not.  A user who has none
 * (verifiers_password is empty) mismatches at once: who must not tell tries the
 * decoy's instead.
 */
MUST_USE enum scheme_result
verifiers_try_password(const struct passwd_user *user,
		       const struct secret *secret);

/* What verifiers_try_password tries: the key, with user and secret, of a cache
 * of passwords that were verified.  Points into the line; empty if there is
 * none. */
struct text verifiers_password(const struct passwd_user *user);

/* Whether verifiers_try_password takes so long that it is done by few threads
 * at once. */
bool verifiers_are_costly(const struct passwd_user *user);

/* Whether the user has what is asked for, and trying it costs what a real try
 * costs: for passwd_options. */
bool verifiers_may_decoy(const struct passwd_user *user,
			 enum passwd_decoy which);

/*
 * The user's verifier for the mechanisms of SCRAM: that of the password field,
 * or of the extra field.  False, and *v_r untouched, if there is none, it is
 * malformed, it was made for another password field than stands there now, or
 * the user is locked.
 */
MUST_USE bool verifiers_scram(const struct passwd_user *user,
			      enum scram_kind kind, struct scram_verifier *v_r);

/* Whether the user can use those mechanisms: there is a verifier, or a password
 * in plain text, of which one can be made. */
bool verifiers_has_scram(const struct passwd_user *user, enum scram_kind kind);

/* Whether what stands behind the key of such an extra field is well-formed. */
MUST_USE bool verifiers_is_sound_scram(enum scram_kind kind, struct text field);

#define VERIFIERS_FIELD_MAX 288u

/*
 * Writes the extra field for a verifier, as a string: "restante_scram_sha_256="
 * and its text, then a comma and a short hash of the password field that it
 * goes with.  If another program changes the password later, and knows nothing
 * of this field, the old password does not live on in it.
 */
void verifiers_write_scram(const struct scram_verifier *v, struct text stored,
			   char field_r[VERIFIERS_FIELD_MAX]);

#endif
