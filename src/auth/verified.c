// SPDX-License-Identifier: ISC
/*
 * verified.c - credentials verified a short time ago (verified.h).
 * Runs in: auth.  Trusts: nothing; a digest cannot be aimed at a place without
 * the key.  Allocates: once, at start.
 */
#include "auth/verified.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "auth/hash_part.h"
#include "os/random.h"

#define WAYS 4u /* places where a digest may stand */

struct place {
	struct verified_digest digest;
	uint64_t until_ms; /* 0: free */
};

struct verified {
	uint8_t key[crypto_generichash_KEYBYTES];
	uint64_t life_ms;
	uint32_t sets;
	pthread_mutex_t lock; /* of the places */
	struct place *places; /* sets * WAYS */
};

struct verified *verified_create(uint32_t slots, uint64_t life_ms)
{
	struct verified *v = calloc(1, sizeof(*v));

	if (v == NULL) {
		return NULL;
	}
	v->sets = slots < WAYS ? 1 : slots / WAYS;
	v->life_ms = life_ms;
	v->places = calloc((size_t)v->sets * WAYS, sizeof(*v->places));
	if (v->places == NULL) {
		free(v);
		return NULL;
	}
	random_fill(v->key, sizeof(v->key));
	pthread_mutex_init(&v->lock, NULL);
	return v;
}

void verified_destroy(struct verified **vp)
{
	struct verified *v = *vp;

	if (v != NULL) {
		pthread_mutex_destroy(&v->lock);
		free(v->places);
		wipe(v, sizeof(*v));
		free(v);
	}
	*vp = NULL;
}

struct verified_digest verified_digest(const struct verified *v,
				       struct text user, struct text stored,
				       const struct secret *secret)
{
	crypto_generichash_state state;
	struct verified_digest d;

	crypto_generichash_init(&state, v->key, sizeof(v->key),
				sizeof(d.octets));
	hash_part(&state, user.at, user.len);
	hash_part(&state, stored.at, stored.len);
	hash_part(&state, secret->octets, secret->len);
	crypto_generichash_final(&state, d.octets, sizeof(d.octets));
	wipe(&state, sizeof(state));
	return d;
}

static struct place *set_of(const struct verified *v,
			    const struct verified_digest *d)
{
	uint32_t n;

	memcpy(&n, d->octets, sizeof(n));
	return v->places + (size_t)(n % v->sets) * WAYS;
}

static bool digest_equal(const struct verified_digest *a,
			 const struct verified_digest *b)
{
	return equal_in_constant_time(a->octets, b->octets, sizeof(a->octets));
}

bool verified_has(struct verified *v, const struct verified_digest *d,
		  uint64_t now_ms)
{
	const struct place *set = set_of(v, d);
	bool has = false;

	pthread_mutex_lock(&v->lock);
	for (unsigned i = 0; i < WAYS; i++) {
		has |=
		    set[i].until_ms > now_ms && digest_equal(&set[i].digest, d);
	}
	pthread_mutex_unlock(&v->lock);
	return has;
}

void verified_add(struct verified *v, const struct verified_digest *d,
		  uint64_t now_ms)
{
	struct place *set = set_of(v, d), *place = set;

	pthread_mutex_lock(&v->lock);
	for (unsigned i = 0; i < WAYS; i++) {
		if (digest_equal(&set[i].digest, d)) {
			place = &set[i];
			break;
		}
		if (set[i].until_ms < place->until_ms) {
			place = &set[i]; /* the one that ends first */
		}
	}
	place->digest = *d;
	place->until_ms = now_ms + v->life_ms;
	pthread_mutex_unlock(&v->lock);
}
