// SPDX-License-Identifier: ISC
/*
 * tls.c - TLS on a connected socket (tls.h). Runs in: the collector's loop.
 * Trusts: OpenSSL; nothing that a server sends. Allocates: what OpenSSL does.
 */
#include "fetch/net/tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>

int tls_begin(struct tls *t, struct trust *trust, int fd)
{
	t->trust = trust;
	t->is_done = false;
	t->ssl = trust_connection(trust, &t->verdict);
	if (t->ssl == NULL || SSL_set_fd(t->ssl, fd) != 1) {
		ERR_clear_error();
		return -ENOMEM;
	}
	return 0;
}

/* A session whose connection ended without a good-bye of ours would be no good
 * to OpenSSL any more; RFC 8446 has no such rule, and servers that just close
 * are many.  After a fault it was forgotten already. */
void tls_finish(struct tls *t, bool says_bye)
{
	if (t->ssl != NULL && t->is_done && says_bye) {
		(void)SSL_shutdown(t->ssl);
	}
	if (t->ssl != NULL && t->is_done) {
		SSL_set_shutdown(t->ssl,
				 SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	}
	SSL_free(t->ssl);
	t->ssl = NULL;
	ERR_clear_error();
}

/* --- what went wrong --- */

/* What a reason of OpenSSL's, or an alert, says to one who has to do something
 * about it. */
static const struct {
	int reason;
	const char *words;
} sayings[] = {
	{ SSL_R_WRONG_VERSION_NUMBER,
	  "what it says is not TLS; is the port right (995 has TLS at once, "
	  "110 has tls = stls)?" },
	{ SSL_R_PACKET_LENGTH_TOO_LONG,
	  "what it says is not TLS; is the port right (995 has TLS at once, "
	  "110 has tls = stls)?" },
	{ SSL_R_UNSUPPORTED_PROTOCOL,
	  "it has only a TLS that is not safe any more (1.2 is the least); "
	  "its operator has to renew it" },
	{ SSL_R_TLSV1_ALERT_PROTOCOL_VERSION,
	  "it has only a TLS that is not safe any more (1.2 is the least); "
	  "its operator has to renew it" },
	{ SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE,
	  "it wants other ciphers than are safe, or a certificate of ours" },
	{ SSL_R_DH_KEY_TOO_SMALL,
	  "its Diffie-Hellman key is too small to be safe" },
	{ SSL_R_EE_KEY_TOO_SMALL,
	  "the key of its certificate is too small to be safe" },
	{ SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED,
	  "it wants a certificate of ours; set certificate and key" },
	{ SSL_R_SSLV3_ALERT_BAD_CERTIFICATE,
	  "it does not take our certificate" },
	{ SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED,
	  "it says that our certificate has expired" },
	{ SSL_R_TLSV1_ALERT_UNKNOWN_CA,
	  "it does not know who issued our certificate" },
	{ SSL_R_TLSV1_UNRECOGNIZED_NAME,
	  "it does not know that name; is it right?" },
};

static const char *words_of(unsigned long error)
{
	const char *text = ERR_reason_error_string(error);

	if (ERR_GET_LIB(error) == ERR_LIB_SSL) {
		for (size_t i = 0; i < sizeof(sayings) / sizeof(sayings[0]);
		     i++) {
			if (sayings[i].reason == ERR_GET_REASON(error)) {
				return sayings[i].words;
			}
		}
	}
	return text != NULL ? text : "TLS failed";
}

static bool is_end_of_tcp(unsigned long error)
{
	return ERR_GET_LIB(error) == ERR_LIB_SSL &&
	       ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
}

static enum tls_result fail_truncated(struct tls *t, struct why *why)
{
	why_set(why, WHY_NETWORK,
		t->is_done
		    ? "%s broke the connection off without the end of TLS"
		    : "%s closed the connection during the TLS handshake",
		t->verdict.host);
	return TLS_TRUNCATED;
}

static enum tls_result fail_tls(struct tls *t, struct why *why)
{
	unsigned long error = ERR_peek_error();

	ERR_clear_error();
	if (is_end_of_tcp(error)) {
		return fail_truncated(t, why);
	}
	if (t->verdict.why.kind != WHY_NONE) {
		*why = t->verdict.why;
	} else {
		why_set(why, WHY_TLS, "%s: %s", t->verdict.host,
			words_of(error));
	}
	trust_forget_session(t->trust);
	return TLS_FAILED;
}

static enum tls_result fail_socket(struct tls *t, int error, struct why *why)
{
	ERR_clear_error();
	if (error == 0) {
		return fail_truncated(t, why);
	}
	why_errno(why, WHY_NETWORK, error, "the connection to %s broke",
		  t->verdict.host);
	return TLS_FAILED;
}

/* What a call of OpenSSL's that did not succeed means. */
static enum tls_result result_of(struct tls *t, int rc, int error,
				 struct why *why)
{
	switch (SSL_get_error(t->ssl, rc)) {
	case SSL_ERROR_WANT_READ:
		return TLS_WANTS_READ;
	case SSL_ERROR_WANT_WRITE:
		return TLS_WANTS_WRITE;
	case SSL_ERROR_ZERO_RETURN:
		why_set(why, WHY_NETWORK, "%s closed the connection",
			t->verdict.host);
		return TLS_CLOSED;
	case SSL_ERROR_SYSCALL:
		return fail_socket(t, error, why);
	}
	return fail_tls(t, why);
}

/* --- the handshake, and octets --- */

enum tls_result tls_shake(struct tls *t, struct why *why_r)
{
	int rc;
	int error;

	ERR_clear_error();
	errno = 0;
	rc = SSL_do_handshake(t->ssl);
	error = errno;
	if (rc != 1) {
		return result_of(t, rc, error, why_r);
	}
	if (SSL_session_reused(t->ssl) == 1) {
		trust_judge_resumed(t->trust, t->ssl);
	}
	if (t->verdict.why.kind != WHY_NONE) {
		*why_r = t->verdict.why;
		return TLS_FAILED;
	}
	t->is_done = true;
	return TLS_DONE;
}

enum tls_result tls_read(struct tls *t, uint8_t *at, size_t cap, size_t *len_r,
			 struct why *why_r)
{
	size_t len = 0;
	int rc = 1;
	int error = 0;

	ERR_clear_error();
	while (rc == 1 && len < cap) {
		size_t n = 0;

		errno = 0;
		rc = SSL_read_ex(t->ssl, at + len, cap - len, &n);
		error = errno;
		len += rc == 1 ? n : 0;
	}
	*len_r = len;
	return rc == 1 ? TLS_DONE : result_of(t, rc, error, why_r);
}

enum tls_result tls_write(struct tls *t, const uint8_t *at, size_t len,
			  size_t *len_r, struct why *why_r)
{
	int rc;
	int error;

	ERR_clear_error();
	errno = 0;
	rc = SSL_write_ex(t->ssl, at, len, len_r);
	error = errno;
	return rc == 1 ? TLS_DONE : result_of(t, rc, error, why_r);
}

/* --- what is known --- */

void tls_describe(const struct tls *t, struct link_peer *peer)
{
	const struct trust_verdict *v = &t->verdict;

	peer->has_fingerprint = v->has_fingerprint;
	memcpy(peer->fingerprint, v->fingerprint, sizeof(v->fingerprint));
	if (t->is_done) {
		peer->is_secure = true;
		peer->is_resumed = SSL_session_reused(t->ssl) == 1;
		peer->tls_version = SSL_get_version(t->ssl);
		peer->tls_cipher = SSL_get_cipher_name(t->ssl);
	}
}

/* [rfc9266/4.2/ems] With TLS 1.2 the exporter is one connection's own only
 * with the extended master secret. */
static size_t exporter(SSL *ssl, uint8_t octets_r[LINK_BINDING_MAX])
{
	static const char label[] = "EXPORTER-Channel-Binding";
	/* RFC 9266, section 2: 32 octets; a context of length zero, which TLS
	 * 1.2 tells from none */
	static const uint8_t context[1];
	static const size_t len = 32;

	if (SSL_version(ssl) != TLS1_3_VERSION &&
	    SSL_get_extms_support(ssl) != 1) {
		return 0;
	}
	return SSL_export_keying_material(ssl, octets_r, len, label,
					  sizeof(label) - 1, context, 0, 1) == 1
		   ? len
		   : 0;
}

/* [rfc5929/4.1] The certificate, by the hash of its signature, but by SHA-256
 * for MD5 and SHA-1. */
static size_t end_point(SSL *ssl, uint8_t octets_r[LINK_BINDING_MAX])
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	X509 *x = SSL_get0_peer_certificate(ssl);
	int nid = NID_undef;
	const EVP_MD *md;
	unsigned len = 0;

	if (x == NULL ||
	    X509_get_signature_info(x, &nid, NULL, NULL, NULL) != 1 ||
	    nid == NID_undef) {
		return 0; /* of several hashes, or none: then there is none */
	}
	md = nid == NID_md5 || nid == NID_sha1 ? EVP_sha256()
					       : EVP_get_digestbynid(nid);
	if (md == NULL || X509_digest(x, md, digest, &len) != 1) {
		return 0;
	}
	memcpy(octets_r, digest, len);
	return len;
}

size_t tls_binding(const struct tls *t, enum link_binding binding,
		   uint8_t octets_r[LINK_BINDING_MAX])
{
	size_t len = binding == LINK_BINDING_EXPORTER
			 ? exporter(t->ssl, octets_r)
			 : end_point(t->ssl, octets_r);

	ERR_clear_error();
	return len;
}
