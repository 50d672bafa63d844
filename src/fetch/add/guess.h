// SPDX-License-Identifier: ISC
/*
 * guess.h - where the POP3 server of a mail address may be.
 */
#ifndef FETCH_ADD_GUESS_H
#define FETCH_ADD_GUESS_H

#include <stddef.h>

#include "fetch/account.h"
#include "fetch/add/provider.h"

#define GUESS_HOST_MAX 254u /* octets of a name in DNS, RFC 1035, and the NUL */
#define GUESSES_MAX    12u

struct guess {
	char host[GUESS_HOST_MAX];
	uint16_t port;
	enum account_tls tls;
};

struct guesses {
	size_t count;
	struct guess guess[GUESSES_MAX];
};

/*
 * Of a domain of which nothing is known: pop., mail., pop3. and itself, each at
 * 995 with TLS at once, then each at 110 with STLS.  Without TLS only loopback.
 * A domain that is too long has none.
 */
void guess_domain(struct guesses *g, const char *domain);

/* Of a server that was named.  port: 0, unknown.  tls: NULL, unknown. */
void guess_server(struct guesses *g, const char *host, uint16_t port,
		  const enum account_tls *tls);

#endif
