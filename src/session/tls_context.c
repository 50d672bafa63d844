// SPDX-License-Identifier: ISC
/*
 * tls_context.c - what TLS connections share (tls_context.h).
 * Runs in: session.  Trusts: key; of a client's hello only what OpenSSL parsed.
 */
#include "session/tls_context.h"

#include <errno.h>
#include <limits.h>
#include <openssl/async.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/log.h"
#include "session/limits.h"
#include "session/tls_end_point.h"
#include "session/tls_impl.h"
#include "session/tls_names.h"
#include "session/tls_proof.h"
#include "session/tls_tickets.h"

/* RFC 9325, section 4.2: forward secrecy and authenticated encryption, and
 * nothing else; those of TLS 1.3 are all so. */
#define CIPHERS                                                                \
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"           \
	"ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"           \
	"ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
#define CIPHERS_1_3                                                            \
	"TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"                       \
	"TLS_CHACHA20_POLY1305_SHA256"
#define GROUPS "X25519:P-256:P-384"
#define SIGALGS                                                                \
	"ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:RSA-PSS+SHA256:"               \
	"RSA-PSS+SHA384:RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512"

/* What auth can verify (external.c); and, for TLS 1.2, where it need not. */
#define CLIENT_SIGALGS                                                         \
	"ECDSA+SHA256:ed25519:RSA-PSS+SHA256:ECDSA+SHA384:RSA-PSS+SHA384:"     \
	"RSA-PSS+SHA512:RSA+SHA256"

struct tls_context *tls_context_of(const SSL *ssl)
{
	return SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
}

/* --- callbacks: what a client's hello leads to --- */

/* A client that says what it wants to speak must want POP3: else it was led
 * here by somebody who wants one protocol's octets to be taken for another's
 * (ALPACA). */
static int on_alpn(SSL *ssl, const unsigned char **out_r,
		   unsigned char *out_len_r, const unsigned char *in,
		   unsigned int len, void *arg)
{
	static const unsigned char pop3[] = "\4pop3";
	unsigned char *out = NULL;

	(void)ssl, (void)arg;
	if (SSL_select_next_proto(&out, out_len_r, pop3, sizeof(pop3) - 1, in,
				  len) != OPENSSL_NPN_NEGOTIATED) {
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	}
	*out_r = out;
	return SSL_TLSEXT_ERR_OK;
}

static int on_hello(SSL *ssl, int *alert_r, void *arg)
{
	const struct tls_context *c = arg;
	const unsigned char *extension;
	size_t len;

	if (c->alpn_required &&
	    SSL_client_hello_get0_ext(
		ssl, TLSEXT_TYPE_application_layer_protocol_negotiation,
		&extension, &len) != 1) {
		*alert_r = SSL_AD_NO_APPLICATION_PROTOCOL;
		return SSL_CLIENT_HELLO_ERROR;
	}
	return SSL_CLIENT_HELLO_SUCCESS;
}

/* Any certificate passes here: whom it makes the client is for auth to say,
 * which looks at all of it.  A resumed connection would have no proof for that,
 * so there is no ticket. */
static int on_client_certificate(X509_STORE_CTX *store, void *arg)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(
	    store, SSL_get_ex_data_X509_STORE_CTX_idx());

	(void)arg;
	return SSL_set_num_tickets(ssl, 0);
}

/* --- making it --- */

static int fail(const char *what)
{
	char text[160];

	ERR_error_string_n(ERR_peek_last_error(), text, sizeof(text));
	ERR_clear_error();
	log_event_str(LOG_ERROR, what, "why", text);
	return -EINVAL;
}

static bool set_policy(SSL_CTX *ssl)
{
	SSL_CTX_set_options(
	    ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
		     SSL_OP_CIPHER_SERVER_PREFERENCE |
		     SSL_OP_PRIORITIZE_CHACHA | SSL_OP_SINGLE_ECDH_USE);
	SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS |
				  SSL_MODE_ENABLE_PARTIAL_WRITE |
				  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_read_ahead(ssl, 1); /* a record is one system call */
	return SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION) == 1 &&
	       SSL_CTX_set_cipher_list(ssl, CIPHERS) == 1 &&
	       SSL_CTX_set_ciphersuites(ssl, CIPHERS_1_3) == 1 &&
	       SSL_CTX_set1_groups_list(ssl, GROUPS) == 1 &&
	       SSL_CTX_set1_sigalgs_list(ssl, SIGALGS) == 1 &&
	       SSL_CTX_set1_client_sigalgs_list(ssl, CLIENT_SIGALGS) == 1;
}

/* There is no cache to look it up in, and nobody sees it, sealed in a ticket as
 * it is: random octets would be in vain. */
static int on_session_id(SSL *ssl, unsigned char *id, unsigned *len)
{
	(void)ssl;
	id[0] = 0;
	*len = 1;
	return 1;
}

static bool set_sessions(const struct tls_context *c, SSL_CTX *ssl)
{
	static const unsigned char id[] = "restante";

	SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_timeout(ssl, (long)c->ticket_s);
	return SSL_CTX_set_num_tickets(ssl, 1) == 1 &&
	       SSL_CTX_set_generate_session_id(ssl, on_session_id) == 1 &&
	       SSL_CTX_set_session_id_context(ssl, id, sizeof(id) - 1) == 1 &&
	       SSL_CTX_set_tlsext_ticket_key_evp_cb(ssl, tls_tickets_use) ==
		   1 &&
	       tls_end_point_keep(ssl);
}

static void set_callbacks(struct tls_context *c, SSL_CTX *ssl)
{
	SSL_CTX_set_app_data(ssl, c);
	SSL_CTX_set_alpn_select_cb(ssl, on_alpn, NULL);
	SSL_CTX_set_client_hello_cb(ssl, on_hello, c);
	SSL_CTX_set_tlsext_servername_callback(ssl, tls_names_choose);
	SSL_CTX_set_tlsext_servername_arg(ssl, c);
	if (c->asks_certificate) {
		SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, NULL);
		SSL_CTX_set_cert_verify_callback(ssl, on_client_certificate,
						 NULL);
		SSL_CTX_set_msg_callback(ssl, tls_proof_on_message);
	}
}

static SSL_CTX *make_ssl(struct tls_context *c)
{
	SSL_CTX *ssl = SSL_CTX_new(TLS_server_method());

	if (ssl == NULL || !set_policy(ssl) || !set_sessions(c, ssl)) {
		SSL_CTX_free(ssl);
		return NULL;
	}
	set_callbacks(c, ssl);
	return ssl;
}

/* --- reading the identity --- */

static X509 *read_x509(struct identity_reader *r)
{
	size_t len;
	const uint8_t *der = identity_blob(r, &len);

	return r->is_sound ? d2i_X509(NULL, &der, (long)len) : NULL;
}

/* Its certificate, those of its issuers, and the key that is elsewhere. */
static bool read_identity(struct tls_context *c, struct identity_reader *r,
			  uint32_t number)
{
	uint32_t count = identity_number(r, IDENTITY_CHAIN_MAX);
	STACK_OF(X509) *issuers = sk_X509_new_null();
	X509 *own = read_x509(r);
	bool is_whole = own != NULL && issuers != NULL;

	c->own[number] = own;
	c->issuers[number] = issuers;
	c->count = number + 1;
	for (uint32_t i = 1; i < count && is_whole; i++) {
		X509 *issuer = read_x509(r);

		is_whole = issuer != NULL && sk_X509_push(issuers, issuer) > 0;
	}
	if (is_whole) {
		c->key[number] =
		    remote_key_create(number, X509_get0_pubkey(own));
		tls_end_point_set(&c->end_point[number], own);
	}
	return is_whole && c->key[number] != NULL;
}

static bool add_to(const struct tls_context *c, SSL_CTX *ssl, uint32_t number)
{
	return SSL_CTX_use_cert_and_key(ssl, c->own[number], c->key[number],
					c->issuers[number], 1) == 1;
}

static bool fill(struct tls_context *c, uint32_t i)
{
	c->ssl[i] = make_ssl(c);
	c->beside[i] = tls_names_beside(c, i);
	return c->ssl[i] != NULL && add_to(c, c->ssl[i], i) &&
	       (c->beside[i] == i || add_to(c, c->ssl[i], c->beside[i]));
}

/* Whose certificates are wanted; the client chooses by it. */
static bool read_client_cas(struct tls_context *c, struct identity_reader *r)
{
	uint32_t count = identity_number(r, IDENTITY_CLIENT_CAS_MAX);

	for (uint32_t i = 0; i < count; i++) {
		X509 *ca = read_x509(r);
		bool is_added = ca != NULL;

		for (uint32_t j = 0; j < c->count && is_added; j++) {
			is_added = SSL_CTX_add_client_CA(c->ssl[j], ca) == 1;
		}
		X509_free(ca);
		if (!is_added) {
			return false;
		}
	}
	return r->is_sound;
}

static bool build(struct tls_context *c, struct identity_reader *r)
{
	uint32_t count = identity_number(r, IDENTITY_CERTIFICATES_MAX);
	bool is_built = count != 0;

	for (uint32_t i = 0; i < count && is_built; i++) {
		is_built = read_identity(c, r, i);
	}
	for (uint32_t i = 0; i < count && is_built; i++) {
		is_built = fill(c, i);
	}
	return is_built && read_client_cas(c, r);
}

/* A handshake that waits for its signature has a stack of its own. */
static bool init_jobs(void)
{
	return ASYNC_is_capable() == 1 &&
	       ASYNC_init_thread(SESSION_SIGNATURES_MAX, 0) == 1;
}

int tls_context_init(struct tls_context *c, int fd, uint64_t len)
{
	struct identity_reader r = { .is_sound = true };
	void *at;
	bool is_built;

	if (OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1 ||
	    !remote_key_init(&c->keys) || !init_jobs()) {
		return fail("OpenSSL does not work here");
	}
	c->ticket_cipher = EVP_CIPHER_fetch(NULL, "AES-256-CBC", NULL);
	c->octets = tls_octets_create();
	c->gathered = malloc(sizeof(*c->gathered));
	if (c->ticket_cipher == NULL || c->octets == NULL ||
	    c->gathered == NULL || len > IDENTITY_OCTETS_MAX) {
		return fail("cannot make ready for TLS");
	}
	at = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED) {
		return -errno;
	}
	r.at = at;
	r.left = len;
	is_built = build(c, &r);
	munmap(at, len);
	return is_built ? 0 : fail("cannot use the certificates");
}

void tls_context_finish(struct tls_context *c)
{
	for (uint32_t i = 0; i < c->count; i++) {
		SSL_CTX_free(c->ssl[i]);
		X509_free(c->own[i]);
		sk_X509_pop_free(c->issuers[i], X509_free);
		EVP_PKEY_free(c->key[i]);
	}
	EVP_CIPHER_free(c->ticket_cipher);
	BIO_meth_free(c->octets);
	free(c->gathered);
	OPENSSL_cleanse(&c->tickets, sizeof(c->tickets));
	ASYNC_cleanup_thread();
	remote_key_finish(&c->keys);
	c->count = 0;
}

bool tls_context_wants_tickets(struct tls_context *c, uint64_t now_ms)
{
	if (now_ms < c->tickets.until_ms) {
		return false;
	}
	c->tickets.until_ms = UINT64_MAX; /* asked */
	return true;
}

void tls_context_take_tickets(struct tls_context *c,
			      const struct packet_ticket_keys *keys)
{
	c->tickets = *keys;
}
