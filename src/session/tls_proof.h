// SPDX-License-Identifier: ISC
/*
 * tls_proof.h - what a client signed to show that it has its certificate's key,
 * gathered from the messages of a TLS 1.3 handshake for auth to verify
 * (ipc/proof.h).  In TLS 1.2 the whole handshake would have to be handed over;
 * there is no EXTERNAL there.
 */
#ifndef SESSION_TLS_PROOF_H
#define SESSION_TLS_PROOF_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "ipc/packet.h"
#include "ipc/proof.h"

struct tls_proof;

/* While a handshake lasts.  NULL: no memory. */
struct tls_proof *tls_proof_create(void);
void tls_proof_destroy(struct tls_proof **proof);

/* For SSL_CTX_set_msg_callback; arg is the connection's struct tls_proof, or
 * NULL when it is of no use any more. */
void tls_proof_on_message(int is_sent, int version, int type, const void *at,
			  size_t len, SSL *ssl, void *arg);

/* After the handshake: whether there is a proof. */
bool tls_proof_is_whole(const struct tls_proof *proof);

/* Appends it to p, with the certificates that ssl has of the client.  False if
 * it does not fit. */
MUST_USE bool tls_proof_put(const struct tls_proof *proof, const SSL *ssl,
			    struct packet *p);

#endif
