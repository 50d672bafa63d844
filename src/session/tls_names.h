// SPDX-License-Identifier: ISC
/*
 * tls_names.h - which certificate a client is shown: by the name that it asks
 * for (RFC 6066, section 3), and by the types of keys that it can do with.
 */
#ifndef SESSION_TLS_NAMES_H
#define SESSION_TLS_NAMES_H

#include "session/tls_context.h"

/* The number of the first certificate that can stand beside that one, for
 * clients that cannot do with its type of key: it has another, and a name in
 * common.  Its own number if there is none. */
uint32_t tls_names_beside(const struct tls_context *c, uint32_t number);

/* For SSL_CTX_set_tlsext_servername_callback; arg is the context. */
int tls_names_choose(SSL *ssl, int *alert_r, void *arg);

#endif
