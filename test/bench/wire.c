// SPDX-License-Identifier: ISC
/*
 * wire.c - a client's connection without and with TLS (wire.h).
 * Trusts: the server it was pointed at.
 */
#include "wire.h"

#include <err.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static _Noreturn void broken(const char *what)
{
	ERR_print_errors_fp(stderr);
	err(1, "%s", what);
}

/* A newer ticket replaces the one before; TLS 1.3 sends two. */
static int on_ticket(SSL *ssl, SSL_SESSION *ticket)
{
	struct wire *w = SSL_get_app_data(ssl);

	SSL_SESSION_free(w->ticket);
	w->ticket = ticket;
	return 1;
}

static void count_handshake(const SSL *ssl, int where, int result)
{
	struct wire_side *side = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	(void)result;
	if ((where & SSL_CB_HANDSHAKE_DONE) == 0) {
		return;
	}
	if (SSL_session_reused(ssl)) {
		side->resumed++;
	} else {
		side->whole++;
	}
}

void wire_side_init(struct wire_side *side, enum wire_how how)
{
	side->how = how;
	if (how == WIRE_CLEAR) {
		return;
	}
	side->ctx = SSL_CTX_new(TLS_client_method());
	if (side->ctx == NULL ||
	    SSL_CTX_set_min_proto_version(side->ctx, TLS1_3_VERSION) != 1) {
		broken("TLS");
	}
	SSL_CTX_set_app_data(side->ctx, side);
	SSL_CTX_set_info_callback(side->ctx, count_handshake);
	SSL_CTX_set_session_cache_mode(
	    side->ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	if (how == WIRE_RESUMED) {
		SSL_CTX_sess_set_new_cb(side->ctx, on_ticket);
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
		0 ||
	    ioctl(w->fd, FIONBIO, &on) != 0) {
		err(1, "connect");
	}
}

static void expect_want_read(const struct wire *w, int rc)
{
	int why = SSL_get_error(w->ssl, rc);

	if (why != SSL_ERROR_WANT_READ) {
		broken(why == SSL_ERROR_ZERO_RETURN ? "the server closed TLS"
						    : "TLS");
	}
}

static bool go_on_with_handshake(struct wire *w)
{
	int rc = SSL_connect(w->ssl);

	if (rc != 1) {
		expect_want_read(w, rc);
	}
	return rc == 1;
}

bool wire_start_tls(struct wire *w, struct wire_side *side)
{
	w->ssl = SSL_new(side->ctx);
	if (w->ssl == NULL || SSL_set_fd(w->ssl, w->fd) != 1) {
		broken("TLS");
	}
	SSL_set_app_data(w->ssl, w);
	if (w->ticket != NULL && SSL_set_session(w->ssl, w->ticket) != 1) {
		broken("a ticket");
	}
	return go_on_with_handshake(w);
}

static size_t receive_tls(struct wire *w, char *octets, size_t cap,
			  bool *is_ready_r)
{
	size_t len = 0;

	*is_ready_r = SSL_is_init_finished(w->ssl) || go_on_with_handshake(w);
	if (*is_ready_r && SSL_read_ex(w->ssl, octets, cap, &len) != 1) {
		expect_want_read(w, 0);
	}
	return len;
}

size_t wire_receive(struct wire *w, char *octets, size_t cap, bool *is_ready_r)
{
	ssize_t n;

	if (w->ssl != NULL) {
		return receive_tls(w, octets, cap, is_ready_r);
	}
	n = recv(w->fd, octets, cap, 0);
	if (n <= 0) {
		err(1, "recv: %zd", n);
	}
	*is_ready_r = true;
	return (size_t)n;
}

void wire_send(struct wire *w, const char *octets, size_t len)
{
	size_t sent = 0;

	if (w->ssl != NULL) {
		if (SSL_write_ex(w->ssl, octets, len, &sent) != 1 ||
		    sent != len) {
			broken("TLS");
		}
	} else if (send(w->fd, octets, len, MSG_NOSIGNAL) != (ssize_t)len) {
		err(1, "send");
	}
}

void wire_close(struct wire *w)
{
	if (w->ssl != NULL) {
		/* A ticket is good only after a good end. */
		SSL_set_shutdown(w->ssl,
				 SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
		SSL_free(w->ssl);
		w->ssl = NULL;
	}
	close(w->fd);
}
