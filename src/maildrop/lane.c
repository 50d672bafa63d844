// SPDX-License-Identifier: ISC
/*
 * lane.c - reading maildrops that take long (lane.h).
 * Runs in: maildrop; each job in a thread of its own.  Trusts: its caller.
 */
#include "lane.h"

#include <errno.h>

#include "limits.h"
#include "os/clock.h"
#include "os/thread.h"

/* Tickets are admitted in the order in which they were drawn; and all at the
 * end, to find out that it is the end. */
static void await_turn(struct lane_job *job)
{
	struct lane *lane = job->lane;

	pthread_mutex_lock(&lane->lock);
	while (job->ticket >= lane->admitted && !lane->is_stopping) {
		pthread_cond_wait(&lane->changed, &lane->lock);
	}
	pthread_mutex_unlock(&lane->lock);
	job->until_ms = clock_ms() + MAILDROP_LANE_TURN_MS;
}

static void leave_turn(struct lane_job *job)
{
	struct lane *lane = job->lane;

	pthread_mutex_lock(&lane->lock);
	lane->admitted++;
	pthread_cond_broadcast(&lane->changed);
	pthread_mutex_unlock(&lane->lock);
}

/* The next turn: behind all others. */
static void draw_ticket(struct lane_job *job)
{
	struct lane *lane = job->lane;

	pthread_mutex_lock(&lane->lock);
	job->ticket = lane->tickets++;
	pthread_mutex_unlock(&lane->lock);
}

static bool may_read(struct store_pace *pace, uint64_t octets)
{
	struct lane_job *job = pace->ctx;

	(void)octets;
	if (clock_ms() >= job->until_ms) {
		leave_turn(job);
		draw_ticket(job);
		await_turn(job);
		return !job->lane->is_stopping && job->is_wanted(job);
	}
	return !job->lane->is_stopping;
}

static void *run(void *arg)
{
	struct lane_job *job = arg;
	struct lane *lane = job->lane;

	thread_stand_back(); /* for whoever asks for a little */
	await_turn(job);
	job->run(job, &job->pace);
	leave_turn(job);
	job->done(job);
	pthread_mutex_lock(&lane->lock);
	lane->jobs--;
	pthread_cond_broadcast(&lane->changed);
	pthread_mutex_unlock(&lane->lock);
	return NULL;
}

void lane_init(struct lane *lane)
{
	*lane = (struct lane){ .admitted = MAILDROP_LANE_AT_ONCE };
	pthread_mutex_init(&lane->lock, NULL);
	clock_cond_init(&lane->changed);
}

int lane_add(struct lane *lane, struct lane_job *job)
{
	int rc = -EAGAIN;

	job->pace = (struct store_pace){ may_read, job, true };
	job->lane = lane;
	pthread_mutex_lock(&lane->lock);
	if (lane->jobs < MAILDROP_LANE_JOBS_MAX &&
	    !atomic_load(&lane->is_stopping)) {
		job->ticket = lane->tickets;
		rc = thread_start(run, job);
		lane->tickets += rc == 0;
		lane->jobs += rc == 0;
	}
	pthread_mutex_unlock(&lane->lock);
	return rc;
}

bool lane_stop(struct lane *lane)
{
	struct timespec until = clock_end_of(MAILDROP_LANE_STOP_MS);
	bool is_done;
	int rc = 0;

	pthread_mutex_lock(&lane->lock);
	lane->is_stopping = true;
	while (lane->jobs != 0 && rc == 0) {
		rc =
		    pthread_cond_timedwait(&lane->changed, &lane->lock, &until);
	}
	is_done = lane->jobs == 0;
	pthread_mutex_unlock(&lane->lock);
	return is_done;
}
