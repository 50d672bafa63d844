// SPDX-License-Identifier: ISC
/*
 * claims.h - what a server said about a maildrop in one session, held against
 * what it said before: STAT, the lines of LIST and UIDL, the messages' octets.
 * Every check says what is wrong in why, as a person reads it, and is false.
 */
#ifndef BENCH_CLAIMS_H
#define BENCH_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"
#include "bench/answer.h"
#include "bench/why.h"

/* All zero at first. */
struct claims {
	bool has_count;
	bool has_octets;
	bool has_sizes;
	bool keeps_sizes; /* set by the caller: messages will be fetched */
	uint32_t count;
	uint64_t octets;     /* STAT's */
	uint32_t lines;      /* of the listing so far */
	uint64_t sum;        /* of the sizes in it */
	uint64_t got_octets; /* of the message so far */
	uint64_t *sizes;     /* LIST's; kept for the next session */
	size_t cap;
};

void claims_finish(struct claims *c);

/* A new session; keeps_sizes stays. */
void claims_forget(struct claims *c);

/* The reply "+OK 2 320". */
MUST_USE bool claims_stat(struct claims *c, struct answer_part reply,
			  struct why *why);

void claims_listing_begin(struct claims *c);
MUST_USE bool claims_list_line(struct claims *c, struct answer_part line,
			       struct why *why);
MUST_USE bool claims_uidl_line(struct claims *c, struct answer_part line,
			       struct why *why);
MUST_USE bool claims_list_end(struct claims *c, struct why *why);
MUST_USE bool claims_uidl_end(struct claims *c, struct why *why);

/* A message's octets; what LIST did not say is not compared. */
void claims_text_begin(struct claims *c);
MUST_USE bool claims_text(struct claims *c, uint32_t msn, size_t len,
			  struct why *why);
MUST_USE bool claims_text_end(struct claims *c, uint32_t msn, struct why *why);

#endif
