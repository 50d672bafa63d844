// SPDX-License-Identifier: ISC
/*
 * dial.h - sockets that connect to the one server; over loopback from several
 * addresses, so that ports do not run out.
 */
#ifndef BENCH_DIAL_H
#define BENCH_DIAL_H

#include <stdbool.h>
#include <sys/socket.h>

#include "base/checked.h"
#include "bench/why.h"

struct dial {
	struct sockaddr_storage server;
	socklen_t server_len;
	bool is_loopback;     /* 127.0.0.0/8 */
	unsigned sources;     /* how many take part */
	unsigned next_source; /* whose turn it is */
};

/* Looks the host up, which may take its time. */
MUST_USE bool dial_init(struct dial *d, const char *host, const char *port,
			unsigned at_once, struct why *why);

/* A socket that has begun to connect, never waits and has TCP_NODELAY, which
 * is the caller's; or a negative errno. */
MUST_USE int dial_connect(struct dial *d);

#endif
