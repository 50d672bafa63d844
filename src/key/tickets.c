// SPDX-License-Identifier: ISC
/*
 * tickets.c - the keys of session tickets (tickets.h).
 * Runs in: key.  Trusts: the master's seed.
 */
#include "key/tickets.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/secret.h"

static_assert(sizeof(((struct key_settings *)NULL)->ticket_seed) ==
		  TICKET_SEED_LEN,
	      "the settings have a whole seed");
static_assert(PACKET_TICKET_KEYS == TICKET_AGES, "a key of each age is sent");

void tickets_init(struct tickets *t, struct key_settings *settings)
{
	pthread_mutex_init(&t->lock, NULL);
	ticket_chain_init(&t->chain, settings->ticket_s * UINT64_C(1000),
			  settings->ticket_period, settings->ticket_seed);
	wipe(settings->ticket_seed, sizeof(settings->ticket_seed));
}

/* HMAC-SHA-256(seed, label): an expansion step of HKDF. */
static bool derive(const uint8_t *seed, const char *label, uint8_t *out_r,
		   size_t len)
{
	uint8_t mac[32];
	bool is_made =
	    HMAC(EVP_sha256(), seed, (int)TICKET_SEED_LEN,
		 (const uint8_t *)label, strlen(label), mac, NULL) != NULL;

	if (is_made) {
		memcpy(out_r, mac, len);
	}
	wipe(mac, sizeof(mac));
	return is_made;
}

static bool make(const struct ticket_chain *chain, enum ticket_age age,
		 struct ticket_key *k)
{
	uint8_t seed[TICKET_SEED_LEN];
	bool is_made =
	    ticket_chain_seed(chain, age, seed) &&
	    derive(seed, "restante ticket name", k->name, sizeof(k->name)) &&
	    derive(seed, "restante ticket cipher", k->cipher,
		   sizeof(k->cipher)) &&
	    derive(seed, "restante ticket mac", k->mac, sizeof(k->mac));

	wipe(seed, sizeof(seed));
	return is_made;
}

bool tickets_fill(struct tickets *t, uint64_t now_ms,
		  struct packet_ticket_keys *keys_r)
{
	struct ticket_chain chain;
	bool is_made;

	pthread_mutex_lock(&t->lock);
	is_made = ticket_chain_advance(&t->chain, now_ms);
	chain = t->chain;
	pthread_mutex_unlock(&t->lock);
	is_made = is_made && make(&chain, TICKET_NOW, &keys_r->key[0]) &&
		  make(&chain, TICKET_BEFORE, &keys_r->key[1]) &&
		  make(&chain, TICKET_NEXT, &keys_r->key[2]);
	keys_r->until_ms = ticket_chain_end_ms(&chain);
	ticket_chain_finish(&chain);
	if (!is_made) {
		wipe(keys_r->key, sizeof(keys_r->key));
	}
	return is_made;
}

/* If libcrypto fails the period's end is past: then again, but not at once. */
#define PAUSE_MIN_MS 1000u

uint64_t tickets_forget(struct tickets *t, uint64_t now_ms)
{
	uint64_t end_ms;

	pthread_mutex_lock(&t->lock);
	(void)!ticket_chain_advance(&t->chain, now_ms);
	end_ms = ticket_chain_end_ms(&t->chain);
	pthread_mutex_unlock(&t->lock);
	return end_ms > now_ms + PAUSE_MIN_MS ? end_ms - now_ms : PAUSE_MIN_MS;
}
