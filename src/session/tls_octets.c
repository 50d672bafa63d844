// SPDX-License-Identifier: ISC
/*
 * tls_octets.c - TLS's octets between OpenSSL and a descriptor: with the calls
 * that the sandbox leaves, and no more of them than needed.
 * Runs in: session.  Trusts: nothing that comes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "session/tls_impl.h"

static size_t held_len(const struct tls *t)
{
	return t->held == NULL ? 0 : t->held->len;
}

/* How much, its callers see to. */
static bool hold(struct tls *t, const void *at, size_t len)
{
	size_t used = held_len(t);

	if (t->held == NULL || len > t->held->cap - used) {
		size_t cap = used + len < SESSION_HELD_MAX ? SESSION_HELD_MAX
							   : used + len;
		struct held *held = realloc(t->held, sizeof(*held) + cap);

		if (held == NULL) {
			return false;
		}
		held->cap = cap;
		t->held = held;
	}
	memcpy(t->held->at + used, at, len);
	t->held->len = used + len;
	return true;
}

/* What has gone out of the octets held; returns how many others have, too. */
static size_t let_go(struct tls *t, size_t sent)
{
	size_t held = held_len(t);

	t->sent += sent;
	if (sent < held) {
		t->held->len = held - sent;
		memmove(t->held->at, t->held->at + sent, held - sent);
		return 0;
	}
	free(t->held);
	t->held = NULL;
	return sent - held;
}

/* Sends what is held and len octets more.  A descriptor that was given up is
 * -1, where nothing goes. */
static ssize_t send_all(struct tls *t, const void *at, size_t len)
{
	struct iovec parts[2] = {
		{ t->held == NULL ? NULL : t->held->at, held_len(t) },
		{ (void *)(uintptr_t)at, len },
	};
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
	ssize_t n;

	do {
		n = sendmsg(t->fd, &message, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n;
}

static bool has_gathered(const struct tls *t)
{
	return t->gathered != NULL && t->gathered->len > 0;
}

/* Behind what is gathered already all has to go there, too. */
static bool gather(struct gathered *g, const void *at, size_t len)
{
	if (g == NULL || len > sizeof(g->at) - g->len) {
		return false;
	}
	memcpy(g->at + g->len, at, len);
	g->len += len;
	return true;
}

static bool may_hold(const struct tls *t, size_t len)
{
	return (t->is_holding ||
		SSL_get_state(t->ssl) == TLS_ST_SW_SESSION_TICKET) &&
	       !has_gathered(t) && held_len(t) + len <= SESSION_HELD_MAX;
}

static int write_octets(BIO *bio, const char *at, size_t len, size_t *n_r)
{
	struct tls *t = BIO_get_data(bio);
	ssize_t n;

	BIO_clear_retry_flags(bio);
	if ((may_hold(t, len) && hold(t, at, len)) ||
	    gather(t->gathered, at, len)) {
		*n_r = len;
		return 1;
	}
	if (has_gathered(t)) {
		return 0; /* it would go before what was made before it */
	}
	n = send_all(t, at, len);
	if (n < 0 && errno != EAGAIN) {
		return 0;
	}
	*n_r = n < 0 ? 0 : let_go(t, (size_t)n);
	if (*n_r == 0) {
		BIO_set_retry_write(bio);
		return 0;
	}
	return 1;
}

int tls_send_gathered(struct tls *t, const struct gathered *g)
{
	size_t gone;
	ssize_t n;

	if (g->len == 0) {
		return 0; /* it is held */
	}
	n = send_all(t, g->at, g->len);
	if (n < 0 && errno != EAGAIN) {
		return -1;
	}
	gone = let_go(t, n < 0 ? 0 : (size_t)n);
	if (gone < g->len && !hold(t, g->at + gone, g->len - gone)) {
		errno = ENOMEM;
		return -1;
	}
	errno = EAGAIN;
	return t->held == NULL ? 0 : -1;
}

int tls_send_held(struct tls *t)
{
	ssize_t n;

	if (t->held == NULL) {
		return 0;
	}
	n = send_all(t, NULL, 0);
	if (n < 0) {
		return -1;
	}
	(void)let_go(t, (size_t)n);
	errno = EAGAIN;
	return t->held == NULL ? 0 : -1;
}

void tls_hold(struct tls *t)
{
	t->is_holding = true;
}

int tls_release(struct tls *t)
{
	t->is_holding = false;
	return tls_send_held(t);
}

/* [rfc8446/5.1/records] The first octet of TLS is a record's type: handshake.
 * Anything else is somebody who speaks in clear text here. */
#define FIRST_OCTET 22

static int read_octets(BIO *bio, char *at, size_t cap, size_t *n_r)
{
	struct tls *t = BIO_get_data(bio);
	ssize_t n;

	BIO_clear_retry_flags(bio);
	if (t->is_drained) {
		BIO_set_retry_read(bio);
		return 0;
	}
	do {
		n = recv(t->fd, at, cap, 0);
	} while (n < 0 && errno == EINTR);
	t->is_drained = n > 0 && (size_t)n < cap;
	t->fruitless += n > 0 ? (size_t)n : 0;
	if (t->fruitless > SESSION_FRUITLESS_MAX) {
		return 0;
	}
	if (n <= 0) {
		if (n < 0 && errno == EAGAIN) {
			BIO_set_retry_read(bio);
		} else if (n == 0) {
			BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
		}
		return 0;
	}
	if (!t->has_heard) {
		t->has_heard = true;
		t->is_cleartext = at[0] != FIRST_OCTET;
	}
	*n_r = (size_t)n;
	return t->is_cleartext ? 0 : 1;
}

static long control(BIO *bio, int command, long number, void *at)
{
	(void)number, (void)at;
	switch (command) {
	case BIO_CTRL_FLUSH:
		return 1;
	case BIO_CTRL_EOF:
		return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
	default: /* a number from OpenSSL, which has many */
		return 0;
	}
}

BIO_METHOD *tls_octets_create(void)
{
	BIO_METHOD *m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK,
				     "restante");

	if (m != NULL) {
		BIO_meth_set_write_ex(m, write_octets);
		BIO_meth_set_read_ex(m, read_octets);
		BIO_meth_set_ctrl(m, control);
	}
	return m;
}

void tls_note_readable(struct tls *t)
{
	t->is_drained = false;
}
