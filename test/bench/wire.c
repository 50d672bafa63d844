// SPDX-License-Identifier: ISC
/*
 * wire.c - a client's connection without and with TLS (wire.h).
 * Trusts: the server it was pointed at; any surprise ends it with a message.
 */
#include "wire.h"

#include <err.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

/* check-style: allow GLOBAL */
static struct {
	enum wire_how how;
	SSL_CTX *ctx;
	unsigned long handshakes;
	unsigned long resumed;
} tls;

static _Noreturn void broken(const char *what)
{
	ERR_print_errors_fp(stderr);
	err(1, "%s", what);
}

/* A newer ticket replaces the one before. */
static int on_ticket(SSL *ssl, SSL_SESSION *ticket)
{
	struct wire *w = SSL_get_app_data(ssl);

	SSL_SESSION_free(w->ticket);
	w->ticket = ticket;
	return 1;
}

void wire_init(enum wire_how how)
{
	tls.how = how;
	if (how == WIRE_CLEAR) {
		return;
	}
	tls.ctx = SSL_CTX_new(TLS_client_method());
	if (tls.ctx == NULL ||
		SSL_CTX_set_min_proto_version(tls.ctx, TLS1_3_VERSION) != 1) {
		broken("TLS");
	}
	SSL_CTX_set_session_cache_mode(tls.ctx, SSL_SESS_CACHE_CLIENT |
		SSL_SESS_CACHE_NO_INTERNAL);
	if (how == WIRE_RESUMED) {
		SSL_CTX_sess_set_new_cb(tls.ctx, on_ticket);
	}
}

void wire_connect(struct wire *w, const struct sockaddr_in *server)
{
	int on = 1;

	w->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (w->fd < 0) {
		err(1, "socket");
	}
	setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(w->fd, (const struct sockaddr *)server, sizeof(*server)) !=
		0) {
		err(1, "connect");
	}
}

/* As wire_receive does nothing before octets come, ClientHello goes here. */
void wire_start_tls(struct wire *w)
{
	w->ssl = SSL_new(tls.ctx);
	if (w->ssl == NULL || SSL_set_fd(w->ssl, w->fd) != 1) {
		broken("TLS");
	}
	SSL_set_app_data(w->ssl, w);
	SSL_set_connect_state(w->ssl);
	if (w->ticket != NULL) {
		SSL_set_session(w->ssl, w->ticket);
	}
	(void)wire_receive(w, NULL, 0);
}

static bool would_block(const struct wire *w, int rc)
{
	return SSL_get_error(w->ssl, rc) == SSL_ERROR_WANT_READ;
}
