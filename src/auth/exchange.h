// SPDX-License-Identifier: ISC
/*
 * exchange.h - the SASL exchanges that are under way: of one session process,
 * by the numbers of its connections.  There are at most so many in all and of
 * each session process, and none is older than life_ms.  Any thread may call
 * anything here but exchanges_destroy.
 */
#ifndef AUTH_EXCHANGE_H
#define AUTH_EXCHANGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/checked.h"

struct exchanges; /* of one session process */
struct exchange;  /* one that was taken */

/* What all of them share. */
struct exchanges_shared {
	uint32_t all_max;
	uint32_t peer_max;
	uint64_t life_ms;
	/* Frees what was put.  It may take its time: no other exchange waits.
	 * is_abandoned: nobody has brought it to its end; it was forgotten or
	 * replaced, or its time was over. */
	void (*end)(void *ctx, void *what, bool is_abandoned);
	void *ctx;
	atomic_uint count; /* in all; begins as 0 */
};

/* NULL if there is no memory.  shared must live as long. */
MUST_USE struct exchanges *exchanges_create(struct exchanges_shared *shared);

/* Ends all.  None may be taken.  *e may be NULL, and becomes it. */
void exchanges_destroy(struct exchanges **e);

/*
 * Puts what under conn, for a time that begins at now_ms.  What stood there
 * before is ended.  False, and what is still the caller's, if there are too
 * many, or no memory.
 */
MUST_USE bool exchanges_put(struct exchanges *e, uint64_t conn, void *what,
			    uint64_t now_ms);

/*
 * Takes the one under conn: nobody else can until exchange_keep or
 * exchange_end is called, one of which the caller must.  NULL if there is
 * none: it was ended, or its time is over, or another thread has it.
 */
struct exchange *exchanges_take(struct exchanges *e, uint64_t conn,
				uint64_t now_ms);
void *exchange_what(const struct exchange *x);

/* Another step will follow; if it was forgotten meanwhile, ends it. */
void exchange_keep(struct exchanges *e, struct exchange *x);
/* is_abandoned: of shared->end. */
void exchange_end(struct exchanges *e, struct exchange *x, bool is_abandoned);

/* Ends the one under conn, if any; one that is taken, when that is over. */
void exchanges_forget(struct exchanges *e, uint64_t conn);

#endif
