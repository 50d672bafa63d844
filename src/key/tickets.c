// SPDX-License-Identifier: ISC
/*
 * tickets.c - the keys of session tickets (tickets.h).
 * Runs in: key.  Trusts: the master's seed.
 */
#include "key/tickets.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/secret.h"

enum part {
	PART_NAME,
	PART_CIPHER,
	PART_MAC,
};

/* HMAC-SHA-256(seed, label, part, time): an expansion step of HKDF. */
static bool derive(const uint8_t *seed, enum part part, uint64_t period,
		   uint8_t *out_r, size_t len)
{
	uint8_t info[24] = "restante ticket";
	uint8_t mac[32];
	bool is_made;

	info[15] = (uint8_t)part;
	memcpy(info + 16, &period, sizeof(period));
	is_made = HMAC(EVP_sha256(), seed, TICKETS_SEED_LEN, info, sizeof(info),
		       mac, NULL) != NULL;
	memcpy(out_r, mac, len);
	wipe(mac, sizeof(mac));
	return is_made;
}

static bool make(const uint8_t *seed, uint64_t period, struct ticket_key *k)
{
	return derive(seed, PART_NAME, period, k->name, sizeof(k->name)) &&
	       derive(seed, PART_CIPHER, period, k->cipher,
		      sizeof(k->cipher)) &&
	       derive(seed, PART_MAC, period, k->mac, sizeof(k->mac));
}

bool tickets_fill(const uint8_t seed[TICKETS_SEED_LEN], uint32_t ticket_s,
		  int64_t now_unix, struct packet_ticket_keys *keys_r)
{
	uint64_t period = (uint64_t)now_unix / ticket_s;

	keys_r->until_unix = (period + 1) * ticket_s;
	return make(seed, period, &keys_r->key[0]) &&
	       make(seed, period - 1, &keys_r->key[1]) &&
	       make(seed, period + 1, &keys_r->key[2]);
}
