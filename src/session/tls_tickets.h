// SPDX-License-Identifier: ISC
/*
 * tls_tickets.h - sealing and opening session tickets (RFC 5077, section 4)
 * with the keys that key sends.
 */
#ifndef SESSION_TLS_TICKETS_H
#define SESSION_TLS_TICKETS_H

#include <openssl/ssl.h>

/* For SSL_CTX_set_tlsext_ticket_key_evp_cb. */
int tls_tickets_use(SSL *ssl, unsigned char *name, unsigned char *iv,
		    EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int is_new);

#endif
