// SPDX-License-Identifier: ISC
/*
 * text.h - a message's text while it comes: hashed, or held against what was
 * delivered; never kept.
 */
#ifndef BENCH_TEXT_H
#define BENCH_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <openssl/types.h>

#include "base/checked.h"
#include "bench/answer.h"
#include "bench/why.h"
#include "bench/delivery.h"
#include "bench/digests.h"

/* All zero at first. */
struct text {
	EVP_MD_CTX *hash; /* NULL: it is not hashed */
	uint64_t offset;
	uint64_t sum; /* of this session's digests */
	struct delivered delivered;
};

MUST_USE bool text_init(struct text *t, bool is_hashed);
void text_finish(struct text *t);

/* A new session. */
void text_forget(struct text *t);

MUST_USE bool text_begin(struct text *t, struct why *why);
/* delivery may be NULL, digests too. */
MUST_USE bool text_take(struct text *t, const struct delivery *delivery,
			struct answer_part part, struct why *why);
MUST_USE bool text_end(struct text *t, const struct delivery *delivery,
		       struct digests *digests, uint32_t user, uint32_t msn,
		       struct why *why);

#endif
