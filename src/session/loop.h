// SPDX-License-Identifier: ISC
/*
 * loop.h - what a session process waits for: descriptors, by epoll, each with a
 * number of its owner's choice that comes back when it is ready.
 *
 * A number, not a pointer: what is ready may be gone before its turn comes.
 */
#ifndef SESSION_LOOP_H
#define SESSION_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "base/checked.h"

#define LOOP_EVENTS_MAX 256

enum {
	LOOP_READABLE = EPOLLIN,
	LOOP_WRITABLE = EPOLLOUT,
};

struct loop {
	uint64_t now_ms; /* as clock_ms, when the last wait was over */
	uint64_t waits;  /* so far */
	int epoll;
	bool is_over;
	struct epoll_event events[LOOP_EVENTS_MAX];
};

/* 0, or a negative errno. */
MUST_USE int loop_init(struct loop *loop);

/* Watches fd for events, in place of those that it was watched for; 0 is none.
 * A descriptor whose last copy is closed is forgotten.  0, or a negative
 * errno. */
MUST_USE int loop_watch(struct loop *loop, int fd, uint64_t number,
			uint32_t before, uint32_t events);

/* Waits for as long as that, or without end if it is negative.  Returns how
 * many of loop->events have come, perhaps 0; or a negative errno. */
MUST_USE int loop_wait(struct loop *loop, int timeout_ms);

/*
 * How many a reader should try to take of what comes one at a time.  Trying
 * once more than there are costs a system call, and what is left is told of by
 * the next wait: so it is one, and twice as many as the last time if there have
 * been some at each wait.
 */
struct loop_burst {
	uint64_t wait; /* the last one that found some */
	unsigned count;
};

static inline unsigned loop_burst_next(struct loop_burst *b,
				       const struct loop *loop, unsigned most)
{
	bool is_lasting = b->wait + 1 == loop->waits && b->count != 0;

	b->wait = loop->waits;
	b->count = is_lasting && b->count < most / 2 ? b->count * 2
		   : is_lasting                      ? most
						     : 1;
	return b->count;
}

/* There were fewer. */
static inline void loop_burst_end(struct loop_burst *b)
{
	b->count = 0;
}

#endif
