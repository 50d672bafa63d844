// SPDX-License-Identifier: ISC
/*
 * tls.c - a client's TLS (tls.h).
 * Runs in: restante-bench.  Trusts: OpenSSL.  Allocates: what OpenSSL does.
 */
#include "bench/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

/* TLS 1.3 sends tickets behind the handshake, often two; the last counts. */
static int on_ticket(SSL *ssl, SSL_SESSION *ticket)
{
	SSL_SESSION **place = SSL_get_app_data(ssl);

	SSL_SESSION_free(*place);
	*place = ticket;
	return 1; /* it is ours */
}

static bool is_address(const char *name)
{
	unsigned char octets[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, name, octets) == 1 ||
	       inet_pton(AF_INET6, name, octets) == 1;
}

static bool set_verification(struct tls_side *side, const struct options *o,
			     const char *name, struct why *why)
{
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(side->ctx);
	int is_set;

	if (o->is_insecure) {
		SSL_CTX_set_verify(side->ctx, SSL_VERIFY_NONE, NULL);
		return true;
	}
	SSL_CTX_set_verify(side->ctx, SSL_VERIFY_PEER, NULL);
	if (SSL_CTX_load_verify_file(side->ctx, o->ca) != 1) {
		ERR_clear_error();
		return why_not(why, "%s: no certificates in it", o->ca);
	}
	is_set = is_address(name) ? X509_VERIFY_PARAM_set1_ip_asc(param, name)
				  : X509_VERIFY_PARAM_set1_host(param, name, 0);
	return is_set == 1 || why_not(why, "%s: no name to verify", name);
}

static void set_tickets(struct tls_side *side)
{
	SSL_CTX_set_session_cache_mode(
	    side->ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	if (side->keeps_tickets) {
		SSL_CTX_sess_set_new_cb(side->ctx, on_ticket);
	}
}

bool tls_side_init(struct tls_side *side, const struct options *o,
		   struct why *why)
{
	const char *name = o->name != NULL ? o->name : o->host;
	int version = o->is_tls12 ? TLS1_2_VERSION : TLS1_3_VERSION;

	*side = (struct tls_side){ .keeps_tickets = o->how == HOW_RESUMED };
	if (o->how == HOW_CLEAR) {
		return true;
	}
	side->sni = is_address(name) ? NULL : name;
	side->ctx = SSL_CTX_new(TLS_client_method());
	if (side->ctx == NULL ||
	    SSL_CTX_set_min_proto_version(side->ctx, version) != 1 ||
	    SSL_CTX_set_max_proto_version(side->ctx, version) != 1) {
		return why_not(why, "OpenSSL does not work here");
	}
	SSL_CTX_set_mode(side->ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
					SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
					SSL_MODE_RELEASE_BUFFERS);
	/* One call for head and body of a record; but with much to come it
	 * would not end, and others would wait. */
	SSL_CTX_set_read_ahead(side->ctx,
			       !scenario_has(o->scenario, VERB_LIST));
	set_tickets(side);
	return set_verification(side, o, name, why);
}

void tls_side_finish(struct tls_side *side)
{
	SSL_CTX_free(side->ctx);
	side->ctx = NULL;
}

SSL *tls_open(struct tls_side *side, int fd, SSL_SESSION **ticket)
{
	SSL *ssl = SSL_new(side->ctx);

	if (ssl == NULL || SSL_set_fd(ssl, fd) != 1 ||
	    (side->sni != NULL &&
	     SSL_set_tlsext_host_name(ssl, side->sni) != 1) ||
	    (*ticket != NULL && SSL_set_session(ssl, *ticket) != 1)) {
		SSL_free(ssl);
		return NULL;
	}
	SSL_set_app_data(ssl, ticket);
	SSL_set_connect_state(ssl);
	return ssl;
}

void tls_close(SSL **ssl)
{
	if (*ssl != NULL) {
		SSL_set_shutdown(*ssl,
				 SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
		SSL_free(*ssl);
		*ssl = NULL;
	}
}

void tls_why(const SSL *ssl, struct why *why)
{
	int error = errno;
	long verified = SSL_get_verify_result(ssl);
	const char *reason = ERR_reason_error_string(ERR_peek_error());

	if (verified != X509_V_OK && !SSL_is_init_finished(ssl) &&
	    (SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER) != 0) {
		reason = X509_verify_cert_error_string(verified);
	} else if (reason == NULL) {
		reason = error != 0 ? strerror(error) : "closed";
	}
	why_not(why, "TLS: %s", reason);
	ERR_clear_error();
}
