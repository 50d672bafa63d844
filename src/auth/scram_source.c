// SPDX-License-Identifier: ISC
/*
 * scram_source.c - the SCRAM verifier for any name (scram_source.h).
 * Runs in: auth; any thread.  Trusts: nothing that a client said.
 * Allocates: once, at start.
 *
 * A name that is nobody's is taken for a user drawn by the name, the decoy, as
 * passwords of nobody are: its verifier has as many iterations as the decoy's,
 * and is made, and remembered, as his is if his password is plain text.  Only
 * the salt is the name's own.  That is a keyed hash, so that it is the same
 * when the name is tried again.
 */
#include "auth/scram_source.h"

#include <pthread.h>
#include <semaphore.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "auth/limits.h"
#include "auth/login_grant.h"
#include "auth/verifiers.h"
#include "os/random.h"

#define DIGEST_LEN 32u

struct made {
	uint8_t digest[DIGEST_LEN]; /* of what it was made of */
	struct scram_verifier v;
	bool is_used;
};

struct scram_source {
	struct passwd_file *users;
	bool is_folding;
	uint8_t key[SCRAM_SOURCE_KEY_LEN];
	sem_t makers; /* how many more may make, or wait to */
	pthread_mutex_t making;
	pthread_mutex_t lock; /* of the places */
	/* users' own, and nobody's: the latter cannot push the former out */
	struct made places[2][SCRAM_MADE_PLACES];
};

/* Who is asked for. */
struct asked {
	struct user_name_form form;
	struct passwd_user user; /* the user, or the decoy */
	bool may_log_in;         /* with the right password */
	bool is_known;
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
	sem_init(&s->makers, 0, SCRAM_MAKERS_MAX);
	pthread_mutex_init(&s->making, NULL);
	pthread_mutex_init(&s->lock, NULL);
	return s;
}

void scram_source_destroy(struct scram_source **sp)
{
	struct scram_source *s = *sp;

	*sp = NULL;
	if (s == NULL) {
		return;
	}
	sem_destroy(&s->makers);
	pthread_mutex_destroy(&s->making);
	pthread_mutex_destroy(&s->lock);
	wipe(s, sizeof(*s));
	free(s);
}

static void ask(const struct scram_source *s, const struct passwd_table *table,
		struct text name, const uint8_t address[16], struct asked *a)
{
	struct passwd_user decoy = { .stored = scheme_builtin_decoy() };
	struct login_answer why;

	user_name_form(name, s->is_folding, &a->form);
	/* both always: each takes its time */
	(void)!passwd_table_decoy(table, name, &decoy);
	a->is_known = passwd_table_find(table, name, &a->user);
	if (!a->is_known) {
		a->user = decoy;
	}
	a->may_log_in = login_is_able(&a->user, address, &why) && a->is_known;
}

static void add_part(crypto_generichash_state *state, const void *at,
		     size_t len)
{
	uint64_t prefix = len;

	crypto_generichash_update(state, (const uint8_t *)&prefix,
				  sizeof(prefix));
	crypto_generichash_update(state, at, len);
}

/* A keyed hash of the name, and of stored. */
static void hash_name(const struct scram_source *s, const struct asked *a,
		      struct text stored, uint8_t *at, size_t len)
{
	crypto_generichash_state state;
	uint8_t hash[DIGEST_LEN], kind = (uint8_t)a->kind;

	crypto_generichash_init(&state, s->key, sizeof(s->key), sizeof(hash));
	add_part(&state, a->form.octets, a->form.len);
	add_part(&state, stored.at, stored.len);
	add_part(&state, &kind, 1);
	crypto_generichash_final(&state, hash, sizeof(hash));
	memcpy(at, hash, len);
	wipe(&state, sizeof(state));
}

static void put_salt(const struct scram_source *s, const struct asked *a,
		     struct scram_verifier *v)
{
	if (v->salt_len > DIGEST_LEN) {
		v->salt_len = DIGEST_LEN;
	}
	hash_name(s, a, (struct text){ "", 0 }, v->salt, v->salt_len);
}

/* Keys that no password is known for. */
static void scramble(struct scram_verifier *v)
{
	size_t len = scram_key_len(v->kind);

	random_fill(v->stored_key, len);
	random_fill(v->server_key, len);
}

static struct made *place_of(struct scram_source *s, const struct asked *a,
			     const uint8_t digest[DIGEST_LEN])
{
	uint32_t n;

	memcpy(&n, digest, sizeof(n));
	return &s->places[a->is_known ? 0 : 1][n % SCRAM_MADE_PLACES];
}

static bool find_made(struct scram_source *s, const struct asked *a,
		      const uint8_t digest[DIGEST_LEN],
		      struct scram_verifier *v_r)
{
	struct made *place = place_of(s, a, digest);
	bool is_found;

	pthread_mutex_lock(&s->lock);
	is_found = place->is_used &&
		   equal_in_constant_time(place->digest, digest, DIGEST_LEN);
	if (is_found) {
		*v_r = place->v;
	}
	pthread_mutex_unlock(&s->lock);
	return is_found;
}

static void keep_made(struct scram_source *s, const struct asked *a,
		      const uint8_t digest[DIGEST_LEN],
		      const struct scram_verifier *v)
{
	struct made *place = place_of(s, a, digest);

	pthread_mutex_lock(&s->lock);
	memcpy(place->digest, digest, DIGEST_LEN);
	place->v = *v;
	place->is_used = true;
	pthread_mutex_unlock(&s->lock);
}

/* One thread makes at a time; another may have made it meanwhile. */
static bool make(struct scram_source *s, const struct asked *a,
		 const uint8_t digest[DIGEST_LEN], const struct secret *secret,
		 struct scram_verifier *v_r)
{
	struct scram_verifier v = { .kind = a->kind,
				    .salt_len = SCRAM_SALT_LEN };
	struct secret none = { .len = 1, .octets = "x" };
	bool is_made;

	pthread_mutex_lock(&s->making);
	is_made = find_made(s, a, digest, v_r);
	if (!is_made) {
		enum scheme_result result;

		put_salt(s, a, &v);
		result = scram_derive(a->kind, secret, SCRAM_ITERATIONS_MADE,
				      v.salt, v.salt_len, v_r);
		if (result == SCHEME_ESECRET) { /* no client could say it */
			result =
			    scram_derive(a->kind, &none, SCRAM_ITERATIONS_MADE,
					 v.salt, v.salt_len, v_r);
			scramble(v_r);
		}
		is_made = result == SCHEME_MATCH;
	}
	pthread_mutex_unlock(&s->making);
	return is_made;
}

static bool take_made(struct scram_source *s, const struct asked *a,
		      const struct secret *secret, struct scram_verifier *v)
{
	uint8_t digest[DIGEST_LEN];
	bool is_made;

	hash_name(s, a, a->user.stored, digest, sizeof(digest));
	if (find_made(s, a, digest, v)) {
		return true;
	}
	if (sem_trywait(&s->makers) < 0) {
		return false;
	}
	is_made = make(s, a, digest, secret, v);
	if (is_made) {
		keep_made(s, a, digest, v);
	}
	sem_post(&s->makers);
	return is_made;
}

/* Whoever is asked for: what he has, or what who has nothing gets. */
static bool take_verifier(struct scram_source *s, const struct asked *a,
			  struct scram_verifier *v)
{
	struct secret secret;
	bool is_taken = true, is_own = true;

	*v = (struct scram_verifier){ .kind = a->kind };
	if (verifiers_scram(&a->user, a->kind, v)) {
		is_own = a->is_known;
	} else if (scheme_reveal(a->user.stored, &secret)) {
		is_taken = take_made(s, a, &secret, v);
		secret_wipe(&secret);
		return is_taken; /* with the name's own salt */
	} else {
		v->iterations = SCRAM_ITERATIONS_DEFAULT;
		v->salt_len = SCRAM_SALT_LEN;
		scramble(v);
		is_own = false;
	}
	if (!is_own) {
		put_salt(s, a, v);
	}
	return true;
}

bool scram_source_verifier(struct scram_source *s, struct text user,
			   const uint8_t address[16], enum scram_kind kind,
			   struct scram_verifier *v_r)
{
	struct passwd_held *held = passwd_file_hold(s->users);
	struct asked a = { .kind = kind };
	struct scram_verifier v;
	bool is_taken;

	ask(s, passwd_held_table(held), user, address, &a);
	is_taken = take_verifier(s, &a, &v);
	passwd_file_give_back(held);
	if (!is_taken) {
		return false;
	}
	if (!a.may_log_in) {
		scramble(&v);
	}
	*v_r = v;
	wipe(&v, sizeof(v));
	return true;
}

void scram_source_password(struct scram_source *s, struct text user,
			   const uint8_t address[16], struct secret *secret_r)
{
	struct passwd_held *held = passwd_file_hold(s->users);
	struct asked a = { .kind = SCRAM_SHA_256 };
	bool is_revealed;

	ask(s, passwd_held_table(held), user, address, &a);
	is_revealed = scheme_reveal(a.user.stored, secret_r);
	if (!a.may_log_in || !is_revealed) {
		uint8_t random[16];
		char digits[2 * sizeof(random) + 1];

		random_fill(random, sizeof(random));
		sodium_bin2hex(digits, sizeof(digits), random, sizeof(random));
		(void)secret_set(secret_r, digits, sizeof(digits) - 1);
	}
	passwd_file_give_back(held);
}
