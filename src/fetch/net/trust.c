// SPDX-License-Identifier: ISC
/*
 * trust.c - whom connections believe (trust.h).
 * Runs in: the collector's loop.  Trusts: OpenSSL, and the files that the
 * configuration names.  Allocates: itself and what OpenSSL does.
 */
#include "fetch/net/trust_impl.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/limits.h"
#include "os/clock.h"

/* [rfc7301/6] "pop3" is registered: who answers with another protocol is no
 * mail server, and octets for us are not for it. */
static const uint8_t protocols[] = "\4pop3";

/* Of OpenSSL's last error, in words; the others are dropped. */
static const char *reason(void)
{
	const char *text = ERR_reason_error_string(ERR_peek_last_error());

	ERR_clear_error();
	return text != NULL ? text : "unknown error";
}

static int fail(struct why *why, enum why_kind kind, const char *what,
		const char *path)
{
	why_set(why, kind, "%s %s: %s", what, path, reason());
	return -(int)kind;
}

/* A key that is encrypted is refused: no passphrase is asked for by the way. */
static int no_passphrase(char *at, int len, int is_writing, void *ctx)
{
	(void)at;
	(void)len;
	(void)is_writing;
	(void)ctx;
	return -1;
}

/*
 * Whether the system's roots stand in a folder by the hashes of their names,
 * where one is looked up when it is needed.  All of them in one file take 30 ms
 * to read: as long as a whole visit.
 */
static bool has_hashed_roots(void)
{
	DIR *dir = opendir(X509_get_default_cert_dir());
	const struct dirent *e = dir != NULL ? readdir(dir) : NULL;
	bool has = false;

	while (e != NULL && !has) {
		size_t len = strlen(e->d_name);

		/* "3513523f.0" */
		has = len == 10 && strcmp(e->d_name + 8, ".0") == 0;
		e = readdir(dir);
	}
	if (dir != NULL) {
		(void)closedir(dir);
	}
	return has;
}

/* Who names roots of his own in the environment (SSL_CERT_FILE) has them. */
static int take_system_roots(struct trust *t)
{
	bool is_told = getenv(X509_get_default_cert_file_env()) != NULL;

	return !is_told && has_hashed_roots()
		   ? SSL_CTX_set_default_verify_dir(t->context)
		   : SSL_CTX_set_default_verify_paths(t->context);
}

static int take_roots(struct trust *t, struct why *why)
{
	const char *path = t->account->ca_file;

	if (t->account->has_pin || t->account->tls == ACCOUNT_TLS_NONE) {
		return 0;
	}
	if (path == NULL) {
		return take_system_roots(t) == 1
			   ? 0
			   : fail(why, WHY_INTERNAL, "the system's roots",
				  "cannot be read");
	}
	/* what the file names is believed, were it the server's own certificate
	 * or one that another has issued */
	X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(t->context),
				    X509_V_FLAG_PARTIAL_CHAIN);
	return SSL_CTX_load_verify_file(t->context, path) == 1
		   ? 0
		   : fail(why, WHY_CONFIG, "ca_file", path);
}

static int take_certificate(struct trust *t, struct why *why)
{
	const char *path = t->account->certificate_file;
	const char *key =
	    t->account->key_file != NULL ? t->account->key_file : path;

	if (path == NULL) {
		return 0;
	}
	if (SSL_CTX_use_certificate_chain_file(t->context, path) != 1) {
		return fail(why, WHY_CONFIG, "certificate", path);
	}
	if (SSL_CTX_use_PrivateKey_file(t->context, key, SSL_FILETYPE_PEM) !=
	    1) {
		return fail(why, WHY_CONFIG, "key", key);
	}
	t->has_certificate = true;
	return 0;
}

/* Takes the session. */
static int on_session(SSL *ssl, SSL_SESSION *session)
{
	struct trust *t = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	trust_forget_session(t);
	t->session = session;
	return 1;
}

static void set_rules(struct trust *t)
{
	SSL_CTX *c = t->context;

	SSL_CTX_set_app_data(c, t);
	/* [rfc8996/4] no TLS 1.0, no 1.1 */
	SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION);
	SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_mode(c, SSL_MODE_ENABLE_PARTIAL_WRITE |
				SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	/* else one SSL_read would go on for as long as a server sends tickets
	 * and nothing else, and the loop's other connections with it wait */
	SSL_CTX_clear_mode(c, SSL_MODE_AUTO_RETRY);
	SSL_CTX_set_verify(c, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(c, verdict_on_chain, NULL);
	SSL_CTX_set_default_passwd_cb(c, no_passphrase);
	SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_CLIENT |
					      SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(c, on_session);
	SSL_CTX_set_read_ahead(c, 1);
	SSL_CTX_set_default_read_buffer_len(c, FETCH_READ_AHEAD);
}

static int fill(struct trust *t, struct why *why)
{
	int rc;

	t->context = SSL_CTX_new(TLS_client_method());
	if (t->context == NULL ||
	    SSL_CTX_set_alpn_protos(t->context, protocols,
				    sizeof(protocols) - 1) != 0) {
		return fail(why, WHY_INTERNAL, "OpenSSL", "does not begin");
	}
	set_rules(t);
	rc = take_roots(t, why);
	return rc != 0 ? rc : take_certificate(t, why);
}

int trust_create(const struct account *account, struct trust **trust_r,
		 struct why *why_r)
{
	struct trust *t = calloc(1, sizeof(*t));
	int rc;

	if (t == NULL) {
		why_set(why_r, WHY_INTERNAL, "no memory");
		return -(int)WHY_INTERNAL;
	}
	ERR_clear_error();
	t->account = account;
	rc = fill(t, why_r);
	if (rc != 0) {
		trust_destroy(&t);
		return rc;
	}
	*trust_r = t;
	return 0;
}

void trust_destroy(struct trust **tp)
{
	struct trust *t = *tp;

	*tp = NULL;
	if (t != NULL) {
		trust_forget_session(t);
		SSL_CTX_free(t->context);
		free(t);
	}
}

bool trust_has_certificate(const struct trust *t)
{
	return t->has_certificate;
}

/* --- a connection --- */

static bool is_address(const char *host)
{
	uint8_t octets[16];

	return inet_pton(AF_INET, host, octets) == 1 ||
	       inet_pton(AF_INET6, host, octets) == 1;
}

/* Who it is to be. [rfc6066/3] "Literal IPv4 and IPv6 addresses are not
 * permitted in "HostName"". */
static bool name_host(SSL *ssl, const char *host)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(ssl);

	/* [rfc9525/6.3] a name is one of subjectAltName's, or none */
	X509_VERIFY_PARAM_set_hostflags(
	    param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
		       X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	if (is_address(host)) {
		return X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1;
	}
	return X509_VERIFY_PARAM_set1_host(param, host, 0) == 1 &&
	       SSL_set_tlsext_host_name(ssl, host) == 1;
}

static bool is_too_old(const SSL_SESSION *session)
{
	int64_t age_s = clock_unix() - (int64_t)SSL_SESSION_get_time(session);

	return age_s < 0 || age_s > FETCH_RESUME_S;
}

/* [rfc8446/C.4] "Clients SHOULD NOT reuse a ticket for multiple connections":
 * each of TLS 1.3's connections brings new ones. */
static void offer_session(struct trust *t, SSL *ssl)
{
	if (t->session == NULL) {
		return;
	}
	if (!is_too_old(t->session) && SSL_SESSION_is_resumable(t->session)) {
		(void)SSL_set_session(ssl, t->session);
	}
	if (is_too_old(t->session) ||
	    SSL_SESSION_get_protocol_version(t->session) >= TLS1_3_VERSION) {
		trust_forget_session(t);
	}
}

SSL *trust_connection(struct trust *trust, struct trust_verdict *verdict)
{
	SSL *ssl = SSL_new(trust->context);

	*verdict = (struct trust_verdict){ .trust = trust,
					   .host = trust->account->host };
	if (ssl == NULL || !name_host(ssl, verdict->host)) {
		SSL_free(ssl);
		ERR_clear_error();
		return NULL;
	}
	SSL_set_app_data(ssl, verdict);
	offer_session(trust, ssl);
	SSL_set_connect_state(ssl);
	return ssl;
}

void trust_judge_resumed(struct trust *trust, SSL *ssl)
{
	struct trust_verdict *verdict = SSL_get_app_data(ssl);

	verdict_on_resumed(verdict, SSL_get0_peer_certificate(ssl));
	if (verdict->why.kind != WHY_NONE) {
		trust_forget_session(trust);
	}
}

void trust_forget_session(struct trust *trust)
{
	SSL_SESSION_free(trust->session);
	trust->session = NULL;
}
