// SPDX-License-Identifier: ISC
/*
 * ticket_chain.h - a chain of seeds for the keys of session tickets.  Time is
 * cut into periods.  Each has a seed, made of that of the one before by a
 * function that has no way back, and its ticket keys are made of it.  Only the
 * last seed that is still needed is kept: whoever gets it makes the keys of
 * this period, the one before and those to come, until the server starts anew;
 * but he opens no older ticket that was recorded, nor, in TLS 1.2, the
 * connections that it belongs to.
 *
 * Times are those of clock_ms (os/clock.h), which is one for all processes and
 * never goes back: two chains that began as copies agree whenever they are
 * asked.  A chain is for one thread at a time.
 * Used by the master, which hands it to each generation, and by key.
 */
#ifndef TLS_TICKET_CHAIN_H
#define TLS_TICKET_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/checked.h"

#define TICKET_SEED_LEN 32u

/* More steps at once are not made: the chain has missed 45 days of the shortest
 * periods that can be set.  Then it may disagree with others, and what was
 * sealed under their keys is not opened. */
#define TICKET_STEPS_MAX 65536u

struct ticket_chain {
	uint64_t period_ms; /* how long a period is; 0: no chain */
	uint64_t period;    /* the present one: time / period_ms */
	/* of the one before it, whose tickets are still good */
	uint8_t seed[TICKET_SEED_LEN];
};

/* Begins where another chain stands, or, with a random seed, anew. */
void ticket_chain_init(struct ticket_chain *c, uint64_t period_ms,
		       uint64_t period, const uint8_t seed[TICKET_SEED_LEN]);

/* Wipes it. */
void ticket_chain_finish(struct ticket_chain *c);

/* Goes on to the period of now_ms, and wipes the seeds on the way; a time that
 * is past changes nothing.  False if libcrypto fails: it has gone on as far as
 * it could. */
MUST_USE bool ticket_chain_advance(struct ticket_chain *c, uint64_t now_ms);

/* Which period's seed. */
enum ticket_age {
	TICKET_BEFORE,
	TICKET_NOW,
	TICKET_NEXT, /* of a process that is ahead */
	TICKET_AGES
};

/* False if libcrypto fails.  The caller wipes it. */
MUST_USE bool ticket_chain_seed(const struct ticket_chain *c,
				enum ticket_age age,
				uint8_t seed_r[TICKET_SEED_LEN]);

/* When the present period ends. */
uint64_t ticket_chain_end_ms(const struct ticket_chain *c);

#endif
