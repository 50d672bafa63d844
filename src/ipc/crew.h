// SPDX-License-Identifier: ISC
/*
 * crew.h - the threads of a channel: one receives and serves, packet after
 * packet, and the others stand by.
 *
 * If all of them received, each packet would wake another thread, though the
 * one that is at work could take the next before the other is awake.  But who
 * serves may have to wait, for a disk or a lock: so a lookout sees every
 * CREW_TICK_MS what is in hand.  A thread is held up that has in hand what it
 * had at the last look, or packet after packet with little work of the
 * processor; when all who receive are, it calls one more.  If nobody was for a
 * time, one fewer receives.  The lookout sleeps while there is little to do.
 */
#ifndef IPC_CREW_H
#define IPC_CREW_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/checked.h"

#define CREW_TICK_MS 2

/* Looks at which a thread has had packets in hand until it is judged by how
 * much of that time it has used. */
#define CREW_LOOKS 3

/* Looks at packets of which none has waited until one thread fewer receives. */
#define CREW_CALM_LOOKS 128

/* Packets between two looks, none of them in hand, that are little to do. */
#define CREW_FEW 4

/* So many cores have one thread more that receives from the same channel: the
 * log-ins of all session processes pass one channel from auth to maildrop. */
#define CREW_CORES_PER_RECEIVER 8

struct crew_thread {
	struct crew *crew;
	struct crew_thread *next;
	pthread_cond_t called;
	clockid_t clock; /* of the processor's time that it uses */
	atomic_bool receives;
	atomic_uint taken;  /* packets, so far */
	atomic_uint served; /* of them */
	/* the lookout's: */
	unsigned seen;  /* of those taken */
	unsigned looks; /* in time, one after the other, with packets in hand */
	uint64_t used_ns;
	bool had_one; /* at the last look */
	bool is_held_up;
	bool stands_by;
};

struct crew {
	struct lookout *lookout;
	struct crew *next;
	struct crew_thread *threads;
	unsigned receivers; /* now */
	unsigned least;     /* of them */
	unsigned calm;      /* looks */
	bool is_over;
};

struct lookout {
	pthread_mutex_t lock; /* of all crews and what stands below */
	pthread_cond_t woken;
	pthread_t thread;
	struct crew *crews;
	atomic_bool is_awake;
	bool is_late; /* it woke too late to judge who waits */
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
