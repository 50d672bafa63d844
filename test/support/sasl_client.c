// SPDX-License-Identifier: ISC
/*
 * sasl_client.c - logs in to a POP3 server with GNU SASL over OpenSSL: tests
 * bind to the channel with it by tls-exporter (RFC 9266), which Python has not.
 *	sasl_client clear|stls|tls PORT ROOTS NAME MECHANISM USER PASSWORD
 * The server is on 127.0.0.1, its certificate is for NAME, and ROOTS trusts it.
 * Prints what the server says; ends with 0 if the log-in succeeded and
 * STAT and QUIT after it, with 1 if the server said -ERR, else with 2.
 * Trusts: its arguments.
 */
#include <err.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsasl.h>

#define REPLY_MAX     32768
#define EXPORTER_LEN  32 /* RFC 9266, section 2 */
#define EXPORTER_NAME "EXPORTER-Channel-Binding"
#define REFUSED       1
#define BROKEN        2

enum how {
	HOW_CLEAR,
	HOW_STLS,
	HOW_TLS
};

struct talk {
	BIO *bio;
	SSL *ssl;
	bool binds;
	const char *user;
	const char *password;
	char reply[REPLY_MAX];
};

static _Noreturn void broken(const char *what)
{
	ERR_print_errors_fp(stderr);
	errx(BROKEN, "%s", what);
}

static void say(struct talk *t, const char *line)
{
	if (BIO_printf(t->bio, "%s\r\n", line) <= 0 || BIO_flush(t->bio) <= 0) {
		broken("cannot send");
	}
}

/* One line without its CRLF, which is all that is read. */
static void hear(struct talk *t)
{
	size_t len = 0;

	while (len < sizeof(t->reply) - 1) {
		if (BIO_read(t->bio, t->reply + len, 1) != 1) {
			broken("the connection ended");
		}
		if (t->reply[len] == '\n') {
			break;
		}
		len++;
	}
	if (len == 0 || t->reply[len] != '\n' || t->reply[len - 1] != '\r') {
		broken("no line");
	}
	t->reply[len - 1] = '\0';
	puts(t->reply);
}

static void hear_ok(struct talk *t)
{
	hear(t);
	if (strncmp(t->reply, "+OK", 3) != 0) {
		exit(REFUSED);
	}
}

static void begin_tls(struct talk *t, const char *roots, const char *name)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	BIO *bio = BIO_new(BIO_f_ssl());

	if (ctx == NULL || bio == NULL ||
	    SSL_CTX_load_verify_locations(ctx, roots, NULL) != 1) {
		broken(roots);
	}
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	t->ssl = SSL_new(ctx);
	if (t->ssl == NULL || SSL_set1_host(t->ssl, name) != 1 ||
	    SSL_set_tlsext_host_name(t->ssl, name) != 1) {
		broken("cannot make a TLS connection");
	}
	SSL_set_bio(t->ssl, t->bio, t->bio);
	if (SSL_connect(t->ssl) != 1) {
		broken("TLS handshake");
	}
	BIO_set_ssl(bio, t->ssl, BIO_CLOSE);
	t->bio = bio;
	SSL_CTX_free(ctx);
}

static void connect_to(struct talk *t, enum how how, char **argv)
{
	char address[64];

	snprintf(address, sizeof(address), "127.0.0.1:%s", argv[2]);
	t->bio = BIO_new_connect(address);
	if (t->bio == NULL || BIO_do_connect(t->bio) != 1) {
		broken(address);
	}
	if (how == HOW_TLS) {
		begin_tls(t, argv[3], argv[4]);
	}
	hear_ok(t);
	if (how == HOW_STLS) {
		say(t, "STLS");
		hear_ok(t);
		begin_tls(t, argv[3], argv[4]);
	}
}

/* The context is an empty one, which in TLS 1.2 is not the same as none. */
static int bind_exporter(Gsasl_session *session, const struct talk *t)
{
	uint8_t octets[EXPORTER_LEN];
	char *text;
	size_t len;

	if (t->ssl == NULL ||
	    SSL_export_keying_material(t->ssl, octets, sizeof(octets),
				       EXPORTER_NAME, strlen(EXPORTER_NAME),
				       (const uint8_t *)"", 0, 1) != 1 ||
	    gsasl_base64_to((const char *)octets, sizeof(octets), &text,
			    &len) != GSASL_OK) {
		return GSASL_NO_CALLBACK;
	}
	gsasl_property_set(session, GSASL_CB_TLS_EXPORTER, text);
	gsasl_free(text);
	return GSASL_OK;
}

static int on_property(Gsasl *gsasl, Gsasl_session *session,
		       Gsasl_property property)
{
	const struct talk *t = gsasl_callback_hook_get(gsasl);

	if (property == GSASL_AUTHID) {
		return gsasl_property_set(session, property, t->user);
	}
	if (property == GSASL_PASSWORD) {
		return gsasl_property_set(session, property, t->password);
	}
	if (property == GSASL_AUTHZID && t->password[0] == '\0') {
		return gsasl_property_set(session, property, t->user);
	}
	if (property == GSASL_CB_TLS_EXPORTER && t->binds) {
		return bind_exporter(session, t);
	}
	return GSASL_NO_CALLBACK;
}

static bool is_client_first(const char *mechanism)
{
	return strcmp(mechanism, "CRAM-MD5") != 0 &&
	       strcmp(mechanism, "LOGIN") != 0;
}

/* What the client says to a challenge, in base64; NULL if it will not. */
static char *step(Gsasl_session *session, const char *challenge)
{
	char *out = NULL;
	int rc = gsasl_step64(session, challenge, &out);

	if (rc != GSASL_OK && rc != GSASL_NEEDS_MORE) {
		errx(BROKEN, "GNU SASL: %s", gsasl_strerror(rc));
	}
	return out;
}

static void begin_exchange(struct talk *t, Gsasl_session *session,
			   const char *mechanism)
{
	char line[1024];
	char *first = NULL;

	if (is_client_first(mechanism)) {
		first = step(session, NULL);
		snprintf(line, sizeof(line), "AUTH %s %s", mechanism,
			 first[0] == '\0' ? "=" : first);
		gsasl_free(first);
	} else {
		snprintf(line, sizeof(line), "AUTH %s", mechanism);
	}
	say(t, line);
}

static void log_in(struct talk *t, const char *mechanism)
{
	Gsasl *gsasl;
	Gsasl_session *session;

	if (gsasl_init(&gsasl) != GSASL_OK) {
		errx(BROKEN, "GNU SASL does not begin");
	}
	/* libgsasl 2.2 will not log in without binding once it has one. */
	t->binds = strstr(mechanism, "-PLUS") != NULL;
	gsasl_callback_hook_set(gsasl, t);
	gsasl_callback_set(gsasl, on_property);
	if (gsasl_client_start(gsasl, mechanism, &session) != GSASL_OK) {
		errx(BROKEN, "GNU SASL has no %s", mechanism);
	}
	begin_exchange(t, session, mechanism);
	hear(t);
	while (strncmp(t->reply, "+ ", 2) == 0) {
		char *response = step(session, t->reply + 2);

		say(t, response);
		gsasl_free(response);
		hear(t);
	}
	gsasl_finish(session);
	gsasl_done(gsasl);
	if (strncmp(t->reply, "+OK", 3) != 0) {
		exit(REFUSED);
	}
}

static enum how how_of(const char *word)
{
	static const char *const words[] = { "clear", "stls", "tls" };

	for (unsigned i = 0; i < 3; i++) {
		if (strcmp(word, words[i]) == 0) {
			return (enum how)i;
		}
	}
	errx(BROKEN, "%s: clear, stls or tls", word);
}

int main(int argc, char **argv)
{
	static struct talk talk;

	if (argc != 8) {
		errx(BROKEN, "usage: sasl_client clear|stls|tls PORT ROOTS "
			     "NAME MECHANISM USER PASSWORD");
	}
	talk.user = argv[6];
	talk.password = argv[7];
	connect_to(&talk, how_of(argv[1]), argv);
	log_in(&talk, argv[5]);
	say(&talk, "STAT");
	hear_ok(&talk);
	say(&talk, "QUIT");
	hear_ok(&talk);
	BIO_free_all(talk.bio);
	return 0;
}
