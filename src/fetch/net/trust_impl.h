// SPDX-License-Identifier: ISC
/*
 * trust_impl.h - what trust.c and verdict.c share.
 */
#ifndef FETCH_NET_TRUST_IMPL_H
#define FETCH_NET_TRUST_IMPL_H

#include <openssl/ssl.h>

#include "fetch/net/trust.h"

struct trust {
	const struct account *account;
	SSL_CTX *context;
	SSL_SESSION *session; /* the newest, or NULL */
	bool has_certificate;
};

/* verdict.c: OpenSSL's question whether a chain will do. */
int verdict_on_chain(X509_STORE_CTX *store, void *unused);

/* verdict.c: whether the certificate that a resumed session began with would
 * still do. */
void verdict_on_resumed(struct trust_verdict *verdict, X509 *certificate);

#endif
