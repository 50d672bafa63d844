// SPDX-License-Identifier: ISC
/*
 * tls_context.h - what all TLS connections of a session process share: the
 * certificates, the choice between them, the keys of tickets, and what is
 * allowed.
 */
#ifndef SESSION_TLS_CONTEXT_H
#define SESSION_TLS_CONTEXT_H

#include <openssl/ssl.h>

#include "ipc/identity.h"
#include "ipc/packet.h"
#include "session/remote_key.h"

/* RFC 5929, section 4.1; len is 0: none. */
struct tls_end_point {
	uint8_t octets[PACKET_END_POINT_MAX];
	uint8_t len;
};

struct tls_context {
	/* One for each certificate, which is its first; it has a second one if
	 * there is one of the other type with a name in common. */
	SSL_CTX *ssl[IDENTITY_CERTIFICATES_MAX];
	uint32_t
	    beside[IDENTITY_CERTIFICATES_MAX]; /* that; or its own number */
	X509 *own[IDENTITY_CERTIFICATES_MAX];
	STACK_OF(X509) * issuers[IDENTITY_CERTIFICATES_MAX];
	EVP_PKEY *key[IDENTITY_CERTIFICATES_MAX]; /* remote_key.h */
	struct tls_end_point end_point[IDENTITY_CERTIFICATES_MAX];
	uint32_t count;
	bool alpn_required;
	bool asks_certificate;
	uint32_t ticket_s; /* their life: key keeps their keys that long */
	struct packet_ticket_keys tickets; /* OpenSSL's callbacks use them */
	struct remote_keys keys;
	EVP_CIPHER *ticket_cipher;
	BIO_METHOD *octets; /* how they get to a descriptor, and from it */
	struct gathered *gathered; /* tls_impl.h; of one tls_send at a time */
};

/* tls_octets.c: that way.  NULL: no memory. */
BIO_METHOD *tls_octets_create(void);

/*
 * Reads the identity of len octets in fd, which stays the caller's, and makes
 * what connections need; before the sandbox, since OpenSSL loads itself.  0, or
 * negative, logged.  *c is all zero before, but for the settings.
 */
MUST_USE int tls_context_init(struct tls_context *c, int fd, uint64_t len);

/* For tests: the process itself ends with it. */
void tls_context_finish(struct tls_context *c);

/* Whether new ticket keys are to be asked for; it says so once. */
bool tls_context_wants_tickets(struct tls_context *c, uint64_t now_ms);
void tls_context_take_tickets(struct tls_context *c,
			      const struct packet_ticket_keys *keys);

/* SSL's and SSL_CTX's way to find their owners. */
struct tls_context *tls_context_of(const SSL *ssl);

#endif
