// SPDX-License-Identifier: ISC
/*
 * trust.h - whom an account's connections believe, and who they are
 * themselves: roots or a pinned certificate, our own certificate, and the TLS
 * session to go on with the next time.  One for each account, for as long as
 * it is collected from; in the loop's thread.
 */
#ifndef FETCH_NET_TRUST_H
#define FETCH_NET_TRUST_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fetch/account.h"
#include "fetch/why.h"

struct trust;

/*
 * Reads the files that account names.  0; or a negative why_kind, *why_r says
 * why, and *trust_r is untouched.  account and its strings must outlive it.
 */
MUST_USE int trust_create(const struct account *account, struct trust **trust_r,
			  struct why *why_r);
void trust_destroy(struct trust **trust);

bool trust_has_certificate(const struct trust *trust); /* of our own */

/* For tls.c: what became of the judgement of one handshake. */
struct trust_verdict {
	const struct trust *trust;
	const char *host;
	bool has_fingerprint;
	uint8_t fingerprint[ACCOUNT_FINGERPRINT_LEN];
	struct why why; /* WHY_NONE: it is believed */
};

/* For tls.c: a connection of this account, to judge into *verdict, which
 * outlives it; or NULL without memory.  It offers the session of the last. */
SSL *trust_connection(struct trust *trust, struct trust_verdict *verdict);

/* For tls.c: judges again what a resumed session brought along. */
void trust_judge_resumed(struct trust *trust, SSL *ssl);

/* For tls.c: the session is no good. */
void trust_forget_session(struct trust *trust);

#endif
