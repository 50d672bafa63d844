// SPDX-License-Identifier: ISC
/*
 * crew.h - the threads of a channel: one receives and serves, packet after
 * packet, and the others stand by.
 *
 * If all of them received, each packet would wake another thread, though the
 * one that is at work could take the next before the other is awake.  But who
 * serves may have to wait, for a disk or a lock: so a lookout sees every
 * CREW_TICK_MS whether a packet has been in hand since its last look, and calls
 * another thread to receive in that one's place; who comes back stands by.  The
 * lookout sleeps while there are no packets.
 */
#ifndef IPC_CREW_H
#define IPC_CREW_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/checked.h"

#define CREW_TICK_MS 2

/* Ticks without a packet until the lookout sleeps. */
#define CREW_QUIET_TICKS 3

/* So many cores have one thread more that receives from the same channel: the
 * log-ins of all session processes pass one channel from auth to maildrop. */
#define CREW_CORES_PER_RECEIVER 8

struct crew_thread {
	struct crew *crew;
	struct crew_thread *next;
	atomic_bool receives;
	atomic_uint taken;  /* packets, so far */
	atomic_uint served; /* of them */
	unsigned seen;      /* of those taken, by the lookout */
	bool stands_by;     /* under the lookout's lock */
};

struct crew {
	struct lookout *lookout;
	struct crew *next;
	struct crew_thread *threads;
	pthread_cond_t called;
	unsigned receivers;
	bool is_over;
};

struct lookout {
	pthread_mutex_t lock; /* of all crews and what stands below */
	pthread_cond_t woken;
	pthread_t thread;
	struct crew *crews;
	atomic_bool is_awake;
	bool is_over;
};

void lookout_init(struct lookout *l);

/* Starts its thread, and ends it: 0, or a negative errno.  Without it crews
 * work, with one thread each. */
MUST_USE int lookout_start(struct lookout *l);
void lookout_stop(struct lookout *l);

/* A crew without threads; end it when all of them have left. */
void crew_begin(struct crew *crew, struct lookout *l);
void crew_end(struct crew *crew);

/* The calling thread joins, and leaves. */
void crew_join(struct crew *crew, struct crew_thread *t);
void crew_leave(struct crew_thread *t);

/* Waits until t is to receive.  False: the crew is dismissed. */
MUST_USE bool crew_await_turn(struct crew_thread *t);

/* t has received a packet; has served it. */
void crew_taken(struct crew_thread *t);
void crew_served(struct crew_thread *t);

/* Nobody is to receive any more. */
void crew_dismiss(struct crew *crew);

#endif
