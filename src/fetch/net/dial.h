// SPDX-License-Identifier: ISC
/*
 * dial.h - from a server's name to a connected socket: its addresses are tried
 * one after the other, families in turn, the next when one fails or has not
 * answered for a while (RFC 8305).  In the loop's thread.
 */
#ifndef FETCH_NET_DIAL_H
#define FETCH_NET_DIAL_H

#include <sys/socket.h>
#include <uv.h>

#include "fetch/why.h"

struct dial;

struct dial_options {
	uv_loop_t *loop;
	const char *host; /* lives on */
	uint16_t port;
	const struct sockaddr_storage *addresses; /* instead of the host's */
	size_t addresses_count;
	uint64_t limit_ms; /* for all of it */
	/*
	 * Once, from the loop, and the dial is gone: a nonblocking socket,
	 * which is the callee's, and whose address it is; or -1, and why.
	 */
	void (*done)(void *ctx, int fd, const struct sockaddr_storage *to,
		     const struct why *why);
	void *ctx;
};

/* 0, or -ENOMEM. */
MUST_USE int dial_start(const struct dial_options *options,
			struct dial **dial_r);

/* Nothing is done.  Takes NULL. */
void dial_cancel(struct dial **dial);

#endif
