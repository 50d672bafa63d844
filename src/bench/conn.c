// SPDX-License-Identifier: ISC
/*
 * conn.c - one connection to the server (conn.h).
 * Runs in: restante-bench.  Trusts: the kernel.  Allocates: what OpenSSL does.
 */
#include "bench/conn.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <openssl/err.h>

#include "os/fd.h"

bool conn_open(struct conn *c, struct dial *dial, int epoll, void *owner,
	       struct why *why)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = owner };

	c->epoll = epoll;
	c->owner = owner;
	c->wants_write = false;
	c->interest = EPOLLIN;
	c->fd = dial_connect(dial);
	if (c->fd < 0) {
		int error = -c->fd;

		c->fd = -1;
		return why_not(why, "%s", strerror(error));
	}
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &ev) != 0) {
		return why_not(why, "epoll: %s", strerror(errno));
	}
	return true;
}

void conn_close(struct conn *c)
{
	tls_close(&c->ssl);
	fd_close(&c->fd); /* and epoll forgets it */
}

void conn_finish(struct conn *c)
{
	conn_close(c);
	SSL_SESSION_free(c->ticket);
	c->ticket = NULL;
}

bool conn_start_tls(struct conn *c, struct tls_side *side, struct why *why)
{
	c->ssl = tls_open(side, c->fd, &c->ticket);
	return c->ssl != NULL || why_not(why, "TLS: no memory");
}

/* Of a call that did not succeed. */
static int judge_tls(struct conn *c, int rc, struct why *why)
{
	int kind = SSL_get_error(c->ssl, rc);

	if (kind == SSL_ERROR_WANT_READ) {
		return CONN_AGAIN;
	}
	if (kind == SSL_ERROR_WANT_WRITE) {
		c->wants_write = true;
		return CONN_AGAIN;
	}
	if (kind == SSL_ERROR_ZERO_RETURN ||
	    (kind == SSL_ERROR_SSL && ERR_GET_REASON(ERR_peek_error()) ==
					  SSL_R_UNEXPECTED_EOF_WHILE_READING)) {
		ERR_clear_error();
		why_not(why, "the server closed the connection");
		return CONN_ECLOSED;
	}
	tls_why(c->ssl, why);
	return CONN_EBROKEN;
}

int conn_shake(struct conn *c, struct why *why)
{
	int rc;

	c->wants_write = false;
	errno = 0;
	rc = SSL_do_handshake(c->ssl);
	return rc == 1 ? 1 : judge_tls(c, rc, why);
}

static int64_t judge_socket(int error, struct why *why)
{
	if (error == EAGAIN || error == EINTR) {
		return CONN_AGAIN;
	}
	why_not(why, "%s", strerror(error));
	return CONN_EBROKEN;
}

int64_t conn_receive(struct conn *c, void *at, size_t cap, struct why *why)
{
	size_t len;
	ssize_t n;

	if (c->ssl != NULL) {
		int rc;

		errno = 0;
		rc = SSL_read_ex(c->ssl, at, cap, &len);
		return rc == 1 ? (int64_t)len : judge_tls(c, rc, why);
	}
	n = recv(c->fd, at, cap, 0);
	if (n == 0) {
		why_not(why, "the server closed the connection");
		return CONN_ECLOSED;
	}
	return n > 0 ? n : judge_socket(errno, why);
}

int64_t conn_send(struct conn *c, const void *at, size_t len, struct why *why)
{
	size_t sent;
	ssize_t n;

	c->wants_write = false;
	if (c->ssl != NULL) {
		int rc;

		errno = 0;
		rc = SSL_write_ex(c->ssl, at, len, &sent);
		return rc == 1 ? (int64_t)sent : judge_tls(c, rc, why);
	}
	n = send(c->fd, at, len, MSG_NOSIGNAL);
	return n >= 0 ? n : judge_socket(errno, why);
}

bool conn_has_more(const struct conn *c)
{
	return c->ssl != NULL && SSL_has_pending(c->ssl) == 1;
}

bool conn_watch(struct conn *c, bool has_unsent, struct why *why)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c->owner };

	if (c->wants_write || has_unsent) {
		ev.events |= EPOLLOUT;
	}
	if (ev.events == c->interest) {
		return true;
	}
	if (epoll_ctl(c->epoll, EPOLL_CTL_MOD, c->fd, &ev) != 0) {
		return why_not(why, "epoll: %s", strerror(errno));
	}
	c->interest = ev.events;
	return true;
}
