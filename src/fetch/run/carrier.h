// SPDX-License-Identifier: ISC
/*
 * carrier.h - the thread that carries an account's mail from the loop to where
 * it goes: jobs in order, blocking, and what came of them back to the loop.
 * What it does with them is haul.h.
 */
#ifndef FETCH_CARRIER_H
#define FETCH_CARRIER_H

#include <uv.h>

#include "base/list.h"
#include "fetch/net/block.h"
#include "fetch/run/haul.h"

struct carrier;

/* A hostile text may come in slices of an octet: while more jobs than that wait,
 * no octets should be read. */
#define CARRIER_JOBS_MAX 4096u

enum carrier_job_kind {
	JOB_PLAN,     /* listing: what is to be done with each; -> NEWS_PLAN */
	JOB_LOOK,     /* msn's header, with text flags; -> NEWS_DECISION */
	JOB_TEXT,     /* of msn, with text flags; -> NEWS_CARRIED, NEWS_ASIDE */
	JOB_REFUSED,  /* the server does not give msn: text says why */
	JOB_DELETING, /* msns are marked, QUIT is next; -> NEWS_DELETING */
	JOB_DELETED,  /* QUIT was answered; is_ok; -> NEWS_DONE */
	JOB_CUT,      /* the line dropped; what is half is forgotten; -> NEWS_DONE */
};

enum {
	TEXT_FIRST = 1,
	TEXT_LAST = 2,
};

struct carrier_job {
	struct list link;
	enum carrier_job_kind kind;
	unsigned text;   /* TEXT_FIRST, TEXT_LAST */
	uint32_t msn;
	bool is_ok;
	struct block *block; /* held by the job; or NULL */
	const uint8_t *at;   /* within block */
	size_t len;
	struct listing *listing; /* the job's */
	struct why *why;         /* JOB_REFUSED: the job's, from malloc */
};

struct carrier_owner {
	void *ctx;
	/* In the loop. */
	void (*on_news)(void *ctx, struct haul_news *news);
	/* Jobs are below half of CARRIER_JOBS_MAX again. */
	void (*on_room)(void *ctx);
};

/* Starts the thread.  h is the carrier's from now on; NULL and *why if not, and
 * h stays the caller's. */
struct carrier *carrier_create(uv_loop_t *loop, struct haul *h,
			       const struct carrier_owner *owner,
			       struct why *why);

/* Puts a job, all of which is the carrier's now; false if no memory. */
bool carrier_put(struct carrier *c, const struct carrier_job *job);
bool carrier_is_full(const struct carrier *c);

/* No news will be told.  The thread ends after the step that it is in, and is
 * waited for; what is not settled is not delivered.  Takes NULL. */
void carrier_destroy(struct carrier **carrier);

#endif
