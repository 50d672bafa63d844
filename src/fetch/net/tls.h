// SPDX-License-Identifier: ISC
/*
 * tls.h - TLS on a connected, nonblocking socket, for link.c.
 */
#ifndef FETCH_NET_TLS_H
#define FETCH_NET_TLS_H

#include "fetch/net/link.h"
#include "fetch/net/trust.h"

enum tls_result {
	TLS_DONE,
	TLS_WANTS_READ,
	TLS_WANTS_WRITE,
	TLS_CLOSED,    /* close_notify */
	TLS_TRUNCATED, /* TCP's end without it */
	TLS_FAILED,
};

/* Place it anywhere, zeroed, and then do not move it. */
struct tls {
	SSL *ssl; /* NULL: there is none */
	struct trust *trust;
	bool is_done; /* the handshake is */
	struct trust_verdict verdict;
};

/* fd stays the caller's.  0, or -ENOMEM. */
MUST_USE int tls_begin(struct tls *t, struct trust *trust, int fd);

/* Says close_notify, if it can at once, when says_bye; takes what never
 * began. */
void tls_finish(struct tls *t, bool says_bye);

/* TLS_CLOSED, TLS_TRUNCATED and TLS_FAILED of any of these bring *why_r. */
MUST_USE enum tls_result tls_shake(struct tls *t, struct why *why_r);

/* Reads until cap is full (TLS_DONE), or there is no more.  *len_r is set with
 * every result: octets may come before it. */
MUST_USE enum tls_result tls_read(struct tls *t, uint8_t *at, size_t cap,
				  size_t *len_r, struct why *why_r);

/* TLS_DONE: *len_r octets, at least one, were taken. */
MUST_USE enum tls_result tls_write(struct tls *t, const uint8_t *at, size_t len,
				   size_t *len_r, struct why *why_r);

/* What is known after the handshake, or after it failed. */
void tls_describe(const struct tls *t, struct link_peer *peer);

size_t tls_binding(const struct tls *t, enum link_binding binding,
		   uint8_t octets_r[LINK_BINDING_MAX]);

#endif
