// SPDX-License-Identifier: ISC
/*
 * tls_end_point.c - the certificate as a channel binding (tls_end_point.h).
 * Runs in: session.  Trusts: a ticket that OpenSSL has opened.
 */
#include "session/tls_end_point.h"

#include <string.h>

/* [rfc5929/4.1/hash] "if the certificate's signatureAlgorithm uses a single
 * hash function, and that hash function is either MD5 [RFC1321] or SHA-1
 * [RFC3174], then use SHA-256 [FIPS-180-3]"; "if the certificate's
 * signatureAlgorithm uses a single hash function and that hash function neither
 * MD5 nor SHA-1, then use the hash function associated with the certificate's
 * signatureAlgorithm". */
void tls_end_point_set(struct tls_end_point *e, const X509 *own)
{
	int digest = NID_undef;
	const EVP_MD *md;
	unsigned len = 0;

	if (X509_get_signature_info((X509 *)(uintptr_t)own, &digest, NULL, NULL,
				    NULL) != 1 ||
	    digest == NID_undef) {
		return; /* of several, or none: then there is no binding */
	}
	md = digest == NID_md5 || digest == NID_sha1
		 ? EVP_sha256()
		 : EVP_get_digestbynid(digest);
	if (md != NULL && X509_digest(own, md, e->octets, &len) == 1) {
		e->len = (uint8_t)len;
	}
}

static struct tls_end_point shown_now(const SSL *ssl)
{
	const struct tls_context *c = tls_context_of(ssl);
	const X509 *own = SSL_get_certificate(ssl);

	for (uint32_t i = 0; i < c->count; i++) {
		if (c->own[i] == own) {
			return c->end_point[i];
		}
	}
	return (struct tls_end_point){ .len = 0 };
}

struct tls_end_point tls_end_point_of(const SSL *ssl)
{
	struct tls_end_point e = { .len = 0 };
	void *at = NULL;
	size_t len = 0;

	if (!SSL_session_reused(ssl)) {
		return shown_now(ssl);
	}
	if (SSL_SESSION_get0_ticket_appdata(SSL_get0_session(ssl), &at, &len) ==
		1 &&
	    len <= sizeof(e.octets)) {
		memcpy(e.octets, at, len);
		e.len = (uint8_t)len;
	}
	return e;
}

/* A ticket outlives the connection, and the certificate. */
static int on_ticket_made(SSL *ssl, void *arg)
{
	struct tls_end_point e = tls_end_point_of(ssl);

	(void)arg;
	return SSL_SESSION_set1_ticket_appdata(SSL_get_session(ssl), e.octets,
					       e.len);
}

/* As without this: OpenSSL wants it beside the other. */
static SSL_TICKET_RETURN on_ticket_used(SSL *ssl, SSL_SESSION *session,
					const unsigned char *name,
					size_t name_len,
					SSL_TICKET_STATUS status, void *arg)
{
	(void)ssl, (void)session, (void)name, (void)name_len, (void)arg;
	switch (status) {
	case SSL_TICKET_SUCCESS:
		return SSL_TICKET_RETURN_USE;
	case SSL_TICKET_SUCCESS_RENEW:
		return SSL_TICKET_RETURN_USE_RENEW;
	default: /* a number of OpenSSL's: there is none, or it is no good */
		return SSL_TICKET_RETURN_IGNORE_RENEW;
	}
}

bool tls_end_point_keep(SSL_CTX *ssl)
{
	return SSL_CTX_set_session_ticket_cb(ssl, on_ticket_made,
					     on_ticket_used, NULL) == 1;
}
