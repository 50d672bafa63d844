// SPDX-License-Identifier: ISC
/*
 * waiting.h - grants of maildrops that are locked.  Who loses a connection and
 * dials again at once would find the maildrop still locked by his own lost
 * session, whose end is on its way here: so a grant waits a moment before it is
 * refused.  One thread tries all that wait; no thread that serves a channel
 * waits itself, and a client who lets many log-ins wait delays only those.
 */
#ifndef MAILDROP_WAITING_H
#define MAILDROP_WAITING_H

#include <pthread.h>

#include "ipc/packet.h"

/*
 * Tries a grant once more and answers it: true, unless the maildrop is still in
 * use and is_last is false.  Called by the one thread.
 */
typedef bool waiting_try(void *ctx, struct packet *grant, bool is_last);

struct waiting_grant;

struct waiting {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct waiting_grant *first;
	struct waiting_grant **last;
	unsigned count;
	bool is_stopping;
	pthread_t thread;
	waiting_try *try_grant;
	void *ctx;
};

/* Starts the thread.  0, or a negative errno. */
MUST_USE int waiting_start(struct waiting *w, waiting_try *try_grant,
			   void *ctx);

/* Ends the thread.  Who still waits is not answered. */
void waiting_stop(struct waiting *w);

/* Keeps a copy of a GRANT to be tried again, at last after
 * MAILDROP_LOCK_WAIT_MS.  False if too many wait: refuse it. */
MUST_USE bool waiting_add(struct waiting *w, const struct packet *grant);

/* A maildrop was given back: somebody may wait for it. */
void waiting_nudge(struct waiting *w);

#endif
