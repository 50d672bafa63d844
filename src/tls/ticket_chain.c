// SPDX-License-Identifier: ISC
/*
 * ticket_chain.c - a chain of seeds for the keys of session tickets
 * (ticket_chain.h).
 * Runs in: master, key.  Trusts: libcrypto.  Allocates: what HMAC needs, and
 * frees it.
 */
#include "tls/ticket_chain.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/secret.h"

void ticket_chain_init(struct ticket_chain *c, uint64_t period_ms,
		       uint64_t period, const uint8_t seed[TICKET_SEED_LEN])
{
	c->period_ms = period_ms;
	c->period = period;
	memcpy(c->seed, seed, TICKET_SEED_LEN);
}

void ticket_chain_finish(struct ticket_chain *c)
{
	wipe(c, sizeof(*c));
}

/* The seed of the period that follows, in its place; or it is as it was. */
static bool step(uint8_t seed[TICKET_SEED_LEN])
{
	static const uint8_t label[] = "restante next";
	uint8_t next[TICKET_SEED_LEN];
	bool is_made = HMAC(EVP_sha256(), seed, (int)TICKET_SEED_LEN, label,
			    sizeof(label) - 1, next, NULL) != NULL;

	if (is_made) {
		memcpy(seed, next, TICKET_SEED_LEN);
	}
	wipe(next, sizeof(next));
	return is_made;
}

bool ticket_chain_advance(struct ticket_chain *c, uint64_t now_ms)
{
	uint64_t period = now_ms / c->period_ms;

	for (uint32_t i = 0; i < TICKET_STEPS_MAX && c->period < period; i++) {
		if (!step(c->seed)) {
			return false;
		}
		c->period++;
	}
	if (c->period < period) {
		c->period = period;
	}
	return true;
}

bool ticket_chain_seed(const struct ticket_chain *c, enum ticket_age age,
		       uint8_t seed_r[TICKET_SEED_LEN])
{
	uint8_t seed[TICKET_SEED_LEN];
	bool is_made = true;

	memcpy(seed, c->seed, TICKET_SEED_LEN);
	for (unsigned i = TICKET_BEFORE; i < age && is_made; i++) {
		is_made = step(seed);
	}
	if (is_made) {
		memcpy(seed_r, seed, TICKET_SEED_LEN);
	}
	wipe(seed, sizeof(seed));
	return is_made;
}

uint64_t ticket_chain_end_ms(const struct ticket_chain *c)
{
	return (c->period + 1) * c->period_ms;
}
