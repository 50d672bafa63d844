// SPDX-License-Identifier: ISC
/*
 * tls_end_point.c - the certificate as a channel binding, and what of it a
 * ticket keeps (tls_end_point.h).
 * Runs in: session.  Trusts: a ticket that OpenSSL has opened.
 */
#include "session/tls_end_point.h"

#include <string.h>

#include "pop3/base.h"

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

/* The host_name of RFC 6066, section 3, in the hello in hand: a list's length,
 * a type, the name's length, the name.  Empty if there is none. */
static struct pop3_slice hello_name(SSL *ssl)
{
	const unsigned char *at;
	size_t len;

	if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &at,
				      &len) != 1 ||
	    len <= 5 || at[2] != TLSEXT_NAMETYPE_host_name ||
	    ((size_t)at[3] << 8 | at[4]) != len - 5) {
		return pop3_slice_of(NULL, 0);
	}
	return pop3_slice_of(at + 5, len - 5);
}

/* [rfc6066/3/resume] "A server that implements this extension MUST NOT accept
 * the request to resume the session if the server_name extension contains a
 * different name." */
static bool is_for_name(SSL *ssl, const SSL_SESSION *session)
{
	const char *name = SSL_SESSION_get0_hostname(session);
	struct pop3_slice was =
	    pop3_slice_of(name, name == NULL ? 0 : strlen(name));

	return pop3_slice_equal_fold(hello_name(ssl), was);
}

static SSL_TICKET_RETURN on_ticket_used(SSL *ssl, SSL_SESSION *session,
					const unsigned char *key,
					size_t key_len,
					SSL_TICKET_STATUS status, void *arg)
{
	(void)key, (void)key_len, (void)arg;
	if (session != NULL && !is_for_name(ssl, session)) {
		return SSL_TICKET_RETURN_IGNORE_RENEW;
	}
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
