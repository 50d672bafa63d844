// SPDX-License-Identifier: ISC
/*
 * lane.h - the slow lane: reading maildrops that take long.  Each has a thread
 * of its own, so that no thread that serves a channel reads for long; but only
 * a few run at a time, and take turns, so that even those who fill the lane
 * with work without end delay the others' by a little and never for good.
 */
#ifndef MAILDROP_LANE_H
#define MAILDROP_LANE_H

#include <pthread.h>
#include <stdatomic.h>

#include "store/store.h"

/* Place it anywhere. */
struct lane {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint64_t tickets;  /* given out */
	uint64_t admitted; /* tickets below it have had, or have, their turn */
	unsigned jobs;
	atomic_bool is_stopping;
};

/* The beginning of each job's own structure, which lives until done. */
struct lane_job {
	/* In a thread of its own, when it is its turn: does the work, and stops
	 * when pace says so. */
	void (*run)(struct lane_job *job, struct store_pace *pace);
	/* Then, and no longer at the cost of others' turns: tells what came of
	 * it, and frees the job. */
	void (*done)(struct lane_job *job);
	/* Whether anybody still waits for it.  Asked in the middle of run,
	 * under whatever lock that holds. */
	bool (*is_wanted)(struct lane_job *job);

	/* the lane's own */
	struct store_pace pace;
	struct lane *lane;
	uint64_t ticket;
	uint64_t until_ms; /* of this turn */
};

void lane_init(struct lane *lane);

/* Starts a job.  0; or -EAGAIN if there are MAILDROP_LANE_JOBS_MAX, or another
 * negative errno: then it is still the caller's. */
MUST_USE int lane_add(struct lane *lane, struct lane_job *job);

/* Ends all jobs.  False if one does not end within MAILDROP_LANE_STOP_MS, since
 * a disk does not answer: what it uses must stay. */
MUST_USE bool lane_stop(struct lane *lane);

#endif
