// SPDX-License-Identifier: ISC
/*
 * tls.h - what all TLS connections of a run share, and one of them.
 */
#ifndef BENCH_TLS_H
#define BENCH_TLS_H

#include <stdbool.h>
#include <openssl/ssl.h>

#include "base/checked.h"
#include "bench/why.h"
#include "bench/options.h"

/* All zero without TLS. */
struct tls_side {
	SSL_CTX *ctx;
	const char *sni; /* or NULL */
	bool keeps_tickets;
};

MUST_USE bool tls_side_init(struct tls_side *side, const struct options *o,
			    struct why *why);
void tls_side_finish(struct tls_side *side);

/*
 * A connection over fd, which has to be closed after it.  *ticket is offered if
 * it is not NULL, and becomes the newest one that the server sends: it belongs
 * to the caller, and must outlive the connection.  NULL if there is no memory.
 */
SSL *tls_open(struct tls_side *side, int fd, SSL_SESSION **ticket);

/* As if it had ended well: otherwise its ticket would count as spoilt. */
void tls_close(SSL **ssl);

/* Why the last call failed; empties OpenSSL's list. */
void tls_why(const SSL *ssl, struct why *why);

#endif
