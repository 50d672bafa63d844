// SPDX-License-Identifier: ISC
/*
 * conn.h - one connection to the server: a socket that never waits, with or
 * without TLS over it, and its place in epoll.
 */
#ifndef BENCH_CONN_H
#define BENCH_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"
#include "bench/why.h"
#include "bench/dial.h"
#include "bench/tls.h"

/* Zero but fd, which is -1, at first; the ticket outlives each connection. */
struct conn {
	int fd;
	int epoll;
	void *owner; /* what epoll tells */
	SSL *ssl;
	SSL_SESSION *ticket;
	uint32_t interest; /* epoll's */
	bool wants_write;  /* a call waits for that */
};

enum {
	CONN_AGAIN = 0,    /* later: epoll tells when */
	CONN_EBROKEN = -1, /* why says it */
	CONN_ECLOSED = -2, /* by the server; why says it too */
};

/* Begins to connect. */
MUST_USE bool conn_open(struct conn *c, struct dial *dial, int epoll,
			void *owner, struct why *why);
void conn_close(struct conn *c);
/* And its ticket. */
void conn_finish(struct conn *c);

/* All from now on is TLS; conn_shake brings the handshake on. */
MUST_USE bool conn_start_tls(struct conn *c, struct tls_side *side,
			     struct why *why);
/* 1 if it is over, or one of the results above. */
MUST_USE int conn_shake(struct conn *c, struct why *why);

/* How many octets, or one of the results above. */
MUST_USE int64_t conn_receive(struct conn *c, void *at, size_t cap,
			      struct why *why);
MUST_USE int64_t conn_send(struct conn *c, const void *at, size_t len,
			   struct why *why);

/* Whether octets have come that epoll knows nothing of. */
bool conn_has_more(const struct conn *c);

/* Tells epoll what to wait for: octets, and room for some if wants_write or
 * has_unsent. */
MUST_USE bool conn_watch(struct conn *c, bool has_unsent, struct why *why);

#endif
