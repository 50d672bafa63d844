// SPDX-License-Identifier: ISC
/*
 * slow.h - what is read in the slow lane (lane.h) for a session: a maildrop at
 * its log-in, or its list when that is asked for.
 */
#ifndef MAILDROP_SLOW_H
#define MAILDROP_SLOW_H

#include "serve.h"

/* The beginning of each job's own structure. */
struct slow_job {
	struct lane_job job; /* first: the lane knows only this */
	struct serve_context *serve;
	struct drop *drop;
	uint32_t session; /* the session process's id */
};

static inline struct slow_job *slow_job_of(struct lane_job *job)
{
	return (struct slow_job *)(void *)job;
}

/*
 * Fills in and starts a job, which is malloc's, or NULL if that had no memory.
 * It is wanted as long as its session process is there.  False, logged, if it
 * cannot be: then it is freed.
 */
MUST_USE bool slow_job_start(struct slow_job *slow, struct serve_context *serve,
			     uint32_t session, struct drop *d,
			     void (*run)(struct lane_job *job,
					 struct store_pace *pace),
			     void (*done)(struct lane_job *job));

/* Its session process, to be given back; NULL if that is gone.  Not from run:
 * the end of a session takes the lock of its drop. */
struct peer *slow_job_borrow(const struct slow_job *slow);

#endif
