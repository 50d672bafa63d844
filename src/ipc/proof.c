// SPDX-License-Identifier: ISC
/*
 * proof.c - the octets of a proof of possession (proof.h).
 * Runs in: session, auth.  Trusts: nothing it is given.  Allocates: never.
 */
#include "ipc/proof.h"

#include <string.h>

struct out {
	uint8_t *at;
	size_t len;
	bool is_full; /* or a part was not sound: stays so */
};

static void put_number(struct out *o, size_t value, size_t octets)
{
	if (octets > PACKET_PROOF_MAX - o->len) {
		o->is_full = true;
		return;
	}
	for (size_t i = octets; i > 0; i--) {
		o->at[o->len++] = (uint8_t)(value >> (8 * (i - 1)));
	}
}

static void put_part(struct out *o, struct proof_part part, size_t octets,
		     size_t max)
{
	if (part.len == 0 || part.len > max) {
		o->is_full = true;
		return;
	}
	put_number(o, part.len, octets);
	if (o->is_full || part.len > PACKET_PROOF_MAX - o->len) {
		o->is_full = true;
		return;
	}
	memcpy(o->at + o->len, part.at, part.len);
	o->len += part.len;
}

bool proof_put(const struct proof *p, uint8_t out_r[PACKET_PROOF_MAX],
	       size_t *len_r)
{
	struct out out = { .at = out_r };

	if (p->count == 0 || p->count > PROOF_CERTIFICATES_MAX) {
		return false;
	}
	put_number(&out, p->scheme, 2);
	put_part(&out, p->hash, 1, PROOF_HASH_MAX);
	put_part(&out, p->signature, 2, PROOF_SIGNATURE_MAX);
	for (size_t i = 0; i < p->count && !out.is_full; i++) {
		put_part(&out, p->certificates[i], 2, PACKET_PROOF_MAX);
	}
	if (out.is_full) {
		return false;
	}
	*len_r = out.len;
	return true;
}

static bool take_number(struct proof_part *in, size_t octets, size_t *value_r)
{
	size_t value = 0;

	if (in->len < octets) {
		return false;
	}
	for (size_t i = 0; i < octets; i++) {
		value = value << 8 | in->at[i];
	}
	in->at += octets;
	in->len -= octets;
	*value_r = value;
	return true;
}

static bool take_part(struct proof_part *in, size_t octets, size_t max,
		      struct proof_part *part_r)
{
	size_t len;

	if (!take_number(in, octets, &len) || len == 0 || len > max ||
	    len > in->len) {
		return false;
	}
	*part_r = (struct proof_part){ in->at, len };
	in->at += len;
	in->len -= len;
	return true;
}

bool proof_parse(const uint8_t *at, size_t len, struct proof *p_r)
{
	struct proof_part in = { at, len };
	struct proof p = { .count = 0 };
	size_t scheme;

	if (len > PACKET_PROOF_MAX || !take_number(&in, 2, &scheme) ||
	    !take_part(&in, 1, PROOF_HASH_MAX, &p.hash) ||
	    !take_part(&in, 2, PROOF_SIGNATURE_MAX, &p.signature)) {
		return false;
	}
	p.scheme = (uint16_t)scheme;
	do {
		if (p.count == PROOF_CERTIFICATES_MAX ||
		    !take_part(&in, 2, PACKET_PROOF_MAX,
			       &p.certificates[p.count++])) {
			return false;
		}
	} while (in.len != 0);
	*p_r = p;
	return true;
}
