// SPDX-License-Identifier: ISC
/*
 * scram_source.c - the SCRAM verifier for any name (scram_source.h).
 * Runs in: auth; any thread.  Trusts: nothing that a client said.
 * Allocates: once, at start.
 *
 * A name that is nobody's, or whose user has no verifier, is taken for a user
 * drawn by the name, the decoy, as passwords of nobody are: it gets as many
 * iterations as the decoy, and a proof takes as long to judge.  Only the salt
 * is the name's own.  That is a keyed hash, so that it is the same when the
 * name is tried again.
 *
 * Of a password in plain text the challenge takes no more than that hash.  The
 * keys are made when there is a proof, by PBKDF2, each time: what was made and
 * kept would show who has logged in lately; and a challenge is free to ask for,
 * while a proof that is wrong counts as a failure.
 */
#include "auth/scram_source.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "auth/hash_part.h"
#include "auth/limits.h"
#include "auth/login_grant.h"
#include "auth/verifiers.h"
#include "os/random.h"

struct scram_source {
	struct passwd_file *users;
	bool is_folding;
	uint8_t key[SCRAM_SOURCE_KEY_LEN];
};

/* Who is asked for.  Texts point into the users as they are held. */
struct asked {
	struct user_name_form form;
	struct passwd_user user; /* the user, or the decoy */
	bool is_own;             /* the user */
	bool may_log_in;         /* with the right password */
	enum scram_kind kind;
};

struct scram_source *
scram_source_create(struct passwd_file *users, bool is_folding,
		    const uint8_t key[SCRAM_SOURCE_KEY_LEN])
{
	struct scram_source *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		return NULL;
	}
	s->users = users;
	s->is_folding = is_folding;
	memcpy(s->key, key, sizeof(s->key));
	return s;
}

void scram_source_destroy(struct scram_source **sp)
{
	if (*sp != NULL) {
		wipe(*sp, sizeof(**sp));
		free(*sp);
	}
	*sp = NULL;
}

static enum passwd_decoy decoy_of(enum scram_kind kind)
{
	return kind == SCRAM_SHA_1 ? PASSWD_DECOY_SCRAM_SHA_1
				   : PASSWD_DECOY_SCRAM_SHA_256;
}

static struct asked ask(const struct scram_source *s,
			const struct passwd_table *table, struct text name,
			const uint8_t address[16], enum scram_kind kind)
{
	struct asked a = { .kind = kind };
	/* whose password is no plain text, and no verifier */
	struct passwd_user decoy = { .stored = scheme_builtin_decoy() };
	struct login_answer why;
	bool is_known;

	user_name_form(name, s->is_folding, &a.form);
	/* both always: each takes its time */
	(void)!passwd_table_decoy(table, decoy_of(kind), name, &decoy);
	a.user = decoy;
	is_known = passwd_table_find(table, name, &a.user);
	a.is_own = verifiers_has_scram(&a.user, kind) && is_known;
	if (!a.is_own) {
		a.user = decoy;
	}
	a.may_log_in = login_is_able(&a.user, address, &why) && a.is_own;
	return a;
}

/* A keyed hash of the name. */
static void put_salt(const struct scram_source *s, const struct asked *a,
		     struct scram_verifier *v)
{
	crypto_generichash_state state;
	uint8_t kind = (uint8_t)a->kind;

	crypto_generichash_init(&state, s->key, sizeof(s->key),
				sizeof(v->salt));
	hash_part(&state, a->form.octets, a->form.len);
	hash_part(&state, &kind, 1);
	crypto_generichash_final(&state, v->salt, sizeof(v->salt));
	wipe(&state, sizeof(state));
	memset(v->salt + v->salt_len, 0, sizeof(v->salt) - v->salt_len);
}

/* All but keys that would have to be made: they are zero. */
static struct scram_verifier look_up(const struct scram_source *s,
				     const struct asked *a)
{
	struct scram_verifier v = { .kind = a->kind,
				    .iterations = SCRAM_ITERATIONS_DEFAULT,
				    .salt_len = SCRAM_SALT_LEN };
	bool has_own_salt = a->is_own;

	if (!verifiers_scram(&a->user, a->kind, &v)) {
		has_own_salt = false;
		if (verifiers_has_scram(&a->user, a->kind)) {
			v.iterations = SCRAM_ITERATIONS_MADE;
		}
	}
	if (!has_own_salt) {
		put_salt(s, a, &v);
	}
	return v;
}

static void zero_keys(struct scram_verifier *v)
{
	wipe(v->stored_key, sizeof(v->stored_key));
	wipe(v->server_key, sizeof(v->server_key));
}

/* Keys that no password is known for. */
static void scramble(struct scram_verifier *v)
{
	size_t len = scram_key_len(v->kind);

	random_fill(v->stored_key, len);
	random_fill(v->server_key, len);
}

/* Of a password in plain text, the decoy's too: that takes its time. */
static bool make_keys(const struct asked *a, struct scram_verifier *v)
{
	struct scram_verifier unused;
	struct secret secret, any = { .len = 1, .octets = "x" };
	enum scheme_result result;

	if (verifiers_scram(&a->user, a->kind, &unused) ||
	    !scheme_reveal(a->user.stored, &secret)) {
		wipe(&unused, sizeof(unused));
		return true;
	}
	result = scram_derive(a->kind, &secret, v->iterations, v->salt,
			      v->salt_len, v);
	secret_wipe(&secret);
	if (result == SCHEME_ESECRET) { /* no client could say it */
		result = scram_derive(a->kind, &any, v->iterations, v->salt,
				      v->salt_len, v);
		scramble(v);
	}
	return result == SCHEME_MATCH;
}

void scram_source_challenge(struct scram_source *s, struct text user,
			    const uint8_t address[16], enum scram_kind kind,
			    struct scram_verifier *v_r)
{
	struct passwd_held *held = passwd_file_hold(s->users);
	struct asked a = ask(s, passwd_held_table(held), user, address, kind);

	*v_r = look_up(s, &a);
	zero_keys(v_r);
	passwd_file_give_back(held);
}

static bool is_as_told(const struct scram_verifier *told,
		       const struct scram_verifier *now)
{
	return told->iterations == now->iterations &&
	       told->salt_len == now->salt_len &&
	       memcmp(told->salt, now->salt, now->salt_len) == 0;
}

bool scram_source_keys(struct scram_source *s, struct text user,
		       const uint8_t address[16], struct scram_verifier *v)
{
	struct passwd_held *held = passwd_file_hold(s->users);
	struct asked a =
	    ask(s, passwd_held_table(held), user, address, v->kind);
	struct scram_verifier now = look_up(s, &a);
	bool is_made = make_keys(&a, &now);

	passwd_file_give_back(held);
	if (!is_made) {
		return false;
	}
	if (!a.may_log_in || !is_as_told(v, &now)) {
		scramble(&now);
	}
	memcpy(v->stored_key, now.stored_key, sizeof(v->stored_key));
	memcpy(v->server_key, now.server_key, sizeof(v->server_key));
	wipe(&now, sizeof(now));
	return true;
}

void scram_source_password(struct scram_source *s, struct text user,
			   const uint8_t address[16], struct secret *secret_r)
{
	struct passwd_held *held = passwd_file_hold(s->users);
	struct asked a =
	    ask(s, passwd_held_table(held), user, address, SCRAM_SHA_256);
	bool is_revealed = scheme_reveal(a.user.stored, secret_r);

	if (!a.may_log_in || !is_revealed) {
		uint8_t random[16];
		char digits[2 * sizeof(random) + 1];

		random_fill(random, sizeof(random));
		sodium_bin2hex(digits, sizeof(digits), random, sizeof(random));
		(void)secret_set(secret_r, digits, sizeof(digits) - 1);
	}
	passwd_file_give_back(held);
}
