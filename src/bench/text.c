// SPDX-License-Identifier: ISC
/*
 * text.c - a message's text while it comes (text.h).
 * Runs in: restante-bench.  Trusts: nothing the server says.  Allocates: one
 * hash's state.
 */
#include "bench/text.h"

#include <openssl/evp.h>

bool text_init(struct text *t, bool is_hashed)
{
	if (is_hashed) {
		t->hash = EVP_MD_CTX_new();
	}
	return !is_hashed || t->hash != NULL;
}

void text_finish(struct text *t)
{
	EVP_MD_CTX_free(t->hash);
	t->hash = NULL;
}

void text_forget(struct text *t)
{
	t->offset = 0;
	t->sum = 0;
}

bool text_begin(struct text *t, struct why *why)
{
	t->offset = 0;
	return t->hash == NULL ||
	       EVP_DigestInit_ex(t->hash, EVP_sha256(), NULL) == 1 ||
	       why_not(why, "no SHA-256 here");
}

bool text_take(struct text *t, const struct delivery *delivery,
	       struct answer_part part, struct why *why)
{
	if (t->hash != NULL &&
	    EVP_DigestUpdate(t->hash, part.at, part.len) != 1) {
		return why_not(why, "no SHA-256 here");
	}
	if (delivery != NULL &&
	    !delivery_has(delivery, &t->delivered, t->offset, part)) {
		return why_not(why, "not the text that was delivered");
	}
	t->offset += part.len;
	return true;
}

static bool judge_hash(struct text *t, struct digests *digests, uint32_t user,
		       uint32_t msn, struct why *why)
{
	uint8_t whole[EVP_MAX_MD_SIZE];
	struct digest digest;

	if (EVP_DigestFinal_ex(t->hash, whole, NULL) != 1) {
		return why_not(why, "no SHA-256 here");
	}
	digest = digest_of(whole);
	t->sum += digest.high;
	return digests_check(digests, user, msn, digest, why);
}

bool text_end(struct text *t, const struct delivery *delivery,
	      struct digests *digests, uint32_t user, uint32_t msn,
	      struct why *why)
{
	if (delivery != NULL && t->offset != delivery_octets(delivery)) {
		return why_not(why, "cut off: less than was delivered");
	}
	return digests == NULL || t->hash == NULL ||
	       judge_hash(t, digests, user, msn, why);
}
