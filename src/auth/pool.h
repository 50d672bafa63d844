// SPDX-License-Identifier: ISC
/*
 * pool.h - work that takes long, done by a few threads, in turns: each source
 * (an address, or an IPv6 /64) has a queue of its own, and the threads take one
 * job of each source after the other, so that a thousand jobs of one source
 * delay the single job of another by one.  Sources that are known to be good
 * have places of their own, and three turns in four.
 */
#ifndef AUTH_POOL_H
#define AUTH_POOL_H

#include "base/checked.h"
#include "base/list.h"

struct pool;

enum pool_class {
	POOL_FAMILIAR, /* from where the user has logged in before */
	POOL_STRANGER,
	POOL_CLASS_COUNT
};

/* The beginning of each job's own structure, which the caller makes. */
struct pool_job {
	enum pool_class kind;
	uint64_t source; /* whose it is */

	/* the pool's own */
	struct list in_source;
};

struct pool_ops {
	/* In one of the pool's threads: does the work, and frees the job. */
	void (*run)(void *ctx, struct pool_job *job);
	/* The job gives way to another source's: says so, and frees it.  In the
	 * thread that calls pool_add. */
	void (*push_out)(void *ctx, struct pool_job *job);
};

struct pool_limits {
	uint32_t threads;
	uint32_t jobs;       /* that wait, in each class */
	uint32_t per_source; /* of them, from one source, in each class */
};

/* Makes a pool without threads; jobs may be added.  NULL if there is no
 * memory. */
MUST_USE struct pool *pool_create(const struct pool_limits *limits,
				  const struct pool_ops *ops, void *ctx);

/* Starts the threads.  0, or a negative errno. */
MUST_USE int pool_start(struct pool *pool);

/*
 * Queues a job, which is the pool's then.  0; or -EAGAIN if its source has too
 * many waiting, or all places are taken by sources that have no more of them
 * than this one: then it is still the caller's.  Any thread may call it.
 */
MUST_USE int pool_add(struct pool *pool, struct pool_job *job);

/* Takes the next job, which is the caller's then, without running it; NULL if
 * there is none.  For tests. */
struct pool_job *pool_take(struct pool *pool);

/* Waits until its threads have ended, which they do when all jobs are done;
 * nobody may add any more.  *pool may be NULL, and becomes it. */
void pool_destroy(struct pool **pool);

#endif
