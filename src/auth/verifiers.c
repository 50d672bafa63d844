// SPDX-License-Identifier: ISC
/*
 * verifiers.c - all by which a user's secret is known (verifiers.h).
 * Runs in: auth, restantectl.  Trusts: nothing that is stored.  Allocates: what
 * the schemes do.
 */
#include "auth/verifiers.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "auth/app_password.h"
#include "auth/candidate.h"
#include "auth/limits.h"

/* --- SCRAM verifiers and the password fields that they go with --- */

#define TIE_OCTETS 18u
#define TIE_LEN    24u /* of them in base64url */

static_assert(TIE_LEN + 1 ==
		  sodium_base64_ENCODED_LEN(
		      TIE_OCTETS, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
	      "a tie is so long");
static_assert(VERIFIERS_FIELD_MAX >
		  sizeof(PASSWD_SCRAM_SHA_256 "=,") + SCRAM_TEXT_MAX + TIE_LEN,
	      "any field fits");

static const char *const scram_keys[SCRAM_KINDS] = {
	[SCRAM_SHA_256] = PASSWD_SCRAM_SHA_256,
	[SCRAM_SHA_1] = PASSWD_SCRAM_SHA_1,
};

static void write_tie(struct text stored, char tie_r[TIE_LEN + 1])
{
	uint8_t hash[TIE_OCTETS];

	crypto_generichash(hash, sizeof(hash), (const uint8_t *)stored.at,
			   stored.len, NULL, 0);
	sodium_bin2base64(tie_r, TIE_LEN + 1, hash, sizeof(hash),
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

void verifiers_write_scram(const struct scram_verifier *v, struct text stored,
			   char field_r[VERIFIERS_FIELD_MAX])
{
	char text[SCRAM_TEXT_MAX], tie[TIE_LEN + 1];

	scram_write(v, text);
	write_tie(stored, tie);
	snprintf(field_r, VERIFIERS_FIELD_MAX, "%s=%s,%s", scram_keys[v->kind],
		 text, tie);
}

static struct text scram_field(const struct passwd_user *user,
			       enum scram_kind kind)
{
	switch (kind) {
	case SCRAM_SHA_256:
		return user->scram_sha_256;
	case SCRAM_SHA_1:
		return user->scram_sha_1;
	}
	return (struct text){ NULL, 0 };
}

/* Cuts the tie, which stands behind a fourth comma, off the end; false if there
 * is none. */
static bool split_tie(struct text *field, struct text *tie_r)
{
	size_t commas = 0;

	for (size_t i = 0; i < field->len; i++) {
		commas += field->at[i] == ',';
		if (commas == 4) {
			tie_r->at = field->at + i + 1;
			tie_r->len = field->len - i - 1;
			field->len = i;
			return true;
		}
	}
	return false;
}

bool verifiers_is_sound_scram(enum scram_kind kind, struct text field)
{
	struct scram_verifier v;
	struct text tie;

	return (!split_tie(&field, &tie) || tie.len == TIE_LEN) &&
	       scram_parse(kind, field, &v);
}

static bool is_tied_to(struct text tie, struct text stored)
{
	char want[TIE_LEN + 1];

	write_tie(stored, want);
	return text_equal(tie, text_of(want));
}

static bool extra_scram(const struct passwd_user *user, enum scram_kind kind,
			struct scram_verifier *v_r)
{
	struct text field = scram_field(user, kind), tie;

	if (split_tie(&field, &tie) && !is_tied_to(tie, user->stored)) {
		return false;
	}
	return scram_parse(kind, field, v_r);
}

static bool stored_scram(struct text stored, enum scram_kind kind,
			 struct scram_verifier *v_r)
{
	char hash[SCHEME_HASH_MAX];
	size_t len;

	return scheme_hash_of(stored, hash, &len) &&
	       scram_parse(kind, (struct text){ hash, len }, v_r);
}

bool verifiers_scram(const struct passwd_user *user, enum scram_kind kind,
		     struct scram_verifier *v_r)
{
	bool is_stored =
	    strcmp(scheme_name(user->stored), scram_name(kind)) == 0;

	/* most users of most sites: millions of lines are asked at a start */
	if (!is_stored && scram_field(user, kind).len == 0) {
		return false;
	}
	if (user->stored.len != 0 &&
	    scheme_judge(user->stored) != SCHEME_MATCH) {
		return false;
	}
	return (is_stored && stored_scram(user->stored, kind, v_r)) ||
	       extra_scram(user, kind, v_r);
}

bool verifiers_has_scram(const struct passwd_user *user, enum scram_kind kind)
{
	struct scram_verifier v;
	struct secret secret;
	bool has_one = verifiers_scram(user, kind, &v);

	if (has_one) {
		wipe(&v, sizeof(v));
		return true;
	}
	has_one = scheme_reveal(user->stored, &secret);
	if (has_one) {
		secret_wipe(&secret);
	}
	return has_one;
}

/* --- the password --- */

/* In the place of a password field that is empty. */
static bool substitute(const struct passwd_user *user,
		       struct scram_verifier *v_r)
{
	return extra_scram(user, SCRAM_SHA_256, v_r) ||
	       extra_scram(user, SCRAM_SHA_1, v_r);
}

struct text verifiers_password(const struct passwd_user *user)
{
	struct scram_verifier v;

	if (user->stored.len != 0 || !substitute(user, &v)) {
		return user->stored;
	}
	return scram_field(user, v.kind);
}

bool verifiers_are_costly(const struct passwd_user *user)
{
	return user->stored.len == 0 ? verifiers_password(user).len != 0
				     : scheme_is_costly(user->stored);
}

static enum scheme_result try_candidate(const struct passwd_user *user,
					const struct secret *secret)
{
	struct scram_verifier v;

	if (user->stored.len != 0) {
		return scheme_verify(user->stored, secret);
	}
	return substitute(user, &v) ? scram_verify(&v, secret)
				    : SCHEME_MISMATCH;
}

enum scheme_result verifiers_try_password(const struct passwd_user *user,
					  const struct secret *secret)
{
	enum scheme_result result = SCHEME_MISMATCH;
	struct candidates c;

	candidates_init(&c, secret);
	for (size_t i = 0; i < c.count && result == SCHEME_MISMATCH; i++) {
		result = try_candidate(user, &c.secret[i]);
	}
	candidates_finish(&c);
	return result;
}

/* --- app passwords --- */

static bool has_apps(const struct passwd_user *user)
{
	struct text rest = user->extra;
	struct app_password app;

	return app_password_next(&rest, &app);
}

/* Through all of them, so that the time does not tell which. */
static bool find_app(const struct passwd_user *user, const char *hash,
		     int64_t now_unix, struct text *name_r)
{
	struct text rest = user->extra;
	struct app_password app;
	bool is_found = false;

	while (app_password_next(&rest, &app)) {
		if (equal_in_constant_time(app.hash.at, hash, app.hash.len) &&
		    !app_password_is_expired(&app, now_unix)) {
			*name_r = app.name;
			is_found = true;
		}
	}
	return is_found;
}

enum scheme_result verifiers_try_apps(const struct passwd_user *user,
				      const struct secret *secret,
				      int64_t now_unix,
				      struct verifiers_match *match_r)
{
	char hash[APP_PASSWORD_HASH_LEN + 1];
	enum scheme_result judged = verifiers_judge(user);
	struct text name;
	bool is_found;

	if (judged != SCHEME_MATCH) {
		return judged;
	}
	if (!app_password_hash(user->name, secret, hash)) {
		return SCHEME_MISMATCH;
	}
	is_found = find_app(user, hash, now_unix, &name);
	wipe(hash, sizeof(hash));
	if (!is_found) {
		return SCHEME_MISMATCH;
	}
	match_r->app = name;
	return SCHEME_MATCH;
}

/* --- together --- */

enum scheme_result verifiers_judge(const struct passwd_user *user)
{
	struct scram_verifier v;

	if (user->stored.len != 0) {
		return scheme_judge(user->stored);
	}
	if (substitute(user, &v) || has_apps(user)) {
		return SCHEME_MATCH;
	}
	return SCHEME_ELOCKED;
}

bool verifiers_may_decoy(const struct passwd_user *user,
			 enum passwd_decoy which)
{
	switch (which) {
	case PASSWD_DECOY_PASSWORD:
		return verifiers_judge(user) == SCHEME_MATCH &&
		       verifiers_password(user).len != 0;
	case PASSWD_DECOY_SCRAM_SHA_256:
		return verifiers_has_scram(user, SCRAM_SHA_256);
	case PASSWD_DECOY_SCRAM_SHA_1:
		return verifiers_has_scram(user, SCRAM_SHA_1);
	}
	return false;
}
