// SPDX-License-Identifier: ISC
/*
 * carrier.h - the thread that carries an account's mail from the loop to where
 * it goes: jobs in order, and news of what came of them back in the loop.  What
 * it does is haul.h.
 */
#ifndef FETCH_RUN_CARRIER_H
#define FETCH_RUN_CARRIER_H

#include <uv.h>

#include "base/list.h"
#include "fetch/net/block.h"
#include "fetch/run/haul.h"

struct carrier;

enum carrier_job_kind { /* a function of haul.h each */
	JOB_LOGGED_IN,
	JOB_PLAN,
	JOB_LOOK,
	JOB_UNLOOKED,
	JOB_TEXT,
	JOB_REFUSED,
	JOB_MARK,
	JOB_QUITTING,
	JOB_OVER,
};

/* What is not the kind's is 0. */
struct carrier_job {
	struct list link; /* the carrier's */
	enum carrier_job_kind kind;
	unsigned part;       /* LOOK, TEXT: HAUL_FIRST, HAUL_LAST */
	uint32_t msn;        /* OVER: broke */
	bool is_true;        /* PLAN: has_top; MARK: is_sent; OVER: is_whole */
	struct block *block; /* LOOK, TEXT: the job's hold of it, or NULL */
	const uint8_t *at;   /* within it, or what stays */
	size_t len;
	uint32_t login_delay_s; /* LOGGED_IN */
	struct listing listing; /* PLAN: the job's */
	struct why *why;        /* REFUSED, OVER: from malloc, the job's */
};

struct carrier_owner {
	/* Takes it over, as haul_ear's tell.  In the loop. */
	void (*on_news)(void *ctx, struct haul_news *news);
	/* All news that there was is told. */
	void (*on_told)(void *ctx);
	/* Behind carrier_end: the record and the destination are closed, and
	 * carrier_destroy is to be called. */
	void (*on_ended)(void *ctx);
	/* carrier_is_full no longer holds. */
	void (*on_room)(void *ctx);
};

/* Starts the thread; h is the carrier's from now on.  NULL and *why if there is
 * none; then h stays the caller's. */
MUST_USE struct carrier *carrier_create(uv_loop_t *loop, struct haul *h,
					const struct carrier_owner *owner,
					void *ctx, struct why *why);

/* All that is in *job is the carrier's now. */
void carrier_put(struct carrier *c, const struct carrier_job *job);

/* So many jobs wait (a hostile text may come an octet at a time) that nothing
 * more should be read. */
bool carrier_is_full(const struct carrier *c);

/* It is to end soon: texts that are not taken in whole are POSTPONED
 * (haul_stop).  Never behind carrier_end: the thread may be gone by then, and
 * the haul with it. */
void carrier_stop(struct carrier *c);

/* Whether the destination is waited for (haul_is_delivering).  Never behind
 * carrier_end, either. */
bool carrier_is_delivering(const struct carrier *c);

/* The thread ends behind the job that it is at, and on_ended tells. */
void carrier_end(struct carrier *c);

/* No more news is told.  Waits for nothing: the thread ends behind the job that
 * it is at and closes the destination, and all goes then, in the loop, which
 * runs until that.  The account outlives it.  Takes NULL. */
void carrier_destroy(struct carrier **carrier);

#endif
