// SPDX-License-Identifier: ISC
/*
 * loop.c - waiting for descriptors (loop.h).
 * Runs in: session.  Trusts: the kernel.
 */
#include "session/loop.h"

#include <errno.h>

#include "os/clock.h"

int loop_init(struct loop *loop)
{
	loop->is_over = false;
	loop->waits = 0;
	loop->now_ms = clock_ms();
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	return loop->epoll < 0 ? -errno : 0;
}

/* Without events the kernel would still tell of errors, again and again. */
int loop_watch(struct loop *loop, int fd, uint64_t number, uint32_t before,
	       uint32_t events)
{
	struct epoll_event e = { .events = events, .data.u64 = number };
	int op = events == 0   ? EPOLL_CTL_DEL
		 : before == 0 ? EPOLL_CTL_ADD
			       : EPOLL_CTL_MOD;

	return epoll_ctl(loop->epoll, op, fd, &e) < 0 ? -errno : 0;
}

int loop_wait(struct loop *loop, int timeout_ms)
{
	int n =
	    epoll_wait(loop->epoll, loop->events, LOOP_EVENTS_MAX, timeout_ms);

	if (n < 0 && errno == EINTR) {
		n = 0;
	}
	loop->now_ms = clock_ms();
	loop->waits++;
	return n < 0 ? -errno : n;
}
