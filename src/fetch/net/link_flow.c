// SPDX-License-Identifier: ISC
/*
 * link_flow.c - a connection's octets, in and out (link.h).
 * Runs in: the collector's loop.  Trusts: nothing that a server sends.
 * Allocates: never.
 */
#include "fetch/net/link_impl.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/secret.h"

static void on_poll(uv_poll_t *poll, int status, int events);

void link_poll(struct link *l, int events)
{
	if (l->polled == events || !l->has_poll) {
		return;
	}
	l->polled = events;
	if (events == 0) {
		(void)uv_poll_stop(&l->poll);
	} else {
		(void)uv_poll_start(&l->poll, events, on_poll);
	}
}

/* What the socket is watched for, now that it talks. */
static void watch(struct link *l)
{
	int events = 0;

	if (!link_is_held(l) && !l->ending.is_set) {
		events |= l->read_wants_write ? UV_WRITABLE : UV_READABLE;
	}
	if (l->out.len != 0 && !l->is_deaf) {
		events |= UV_WRITABLE;
	}
	link_poll(l, events);
}

/* --- in --- */

/* A block with room to read into.  False if there is none now, or it is the
 * end. */
static bool find_room(struct link *l)
{
	struct why why;
	int rc;

	if (l->block != NULL &&
	    FETCH_BLOCK_OCTETS - l->filled >= FETCH_BLOCK_ROOM_MIN) {
		return true;
	}
	block_release(&l->block);
	rc = block_take(l->options.pool, &l->block);
	if (rc == 0) {
		l->filled = 0;
		return true;
	}
	if (rc == -EAGAIN) {
		l->is_starved = true;
		waits_hold(&l->waits, true, link_now(l));
		return false;
	}
	why_errno(&why, WHY_INTERNAL, -rc, "octets from the network");
	link_end_now(l, LINK_END_FAILED, &why);
	return false;
}

void link_on_block_free(void *ctx)
{
	struct link *l = ctx;

	if (!l->is_starved) {
		return;
	}
	l->is_starved = false;
	waits_hold(&l->waits, link_is_held(l), link_now(l));
	link_arm(l);
	link_go_on(l);
}

static enum tls_result read_clear(struct link *l, uint8_t *at, size_t cap,
				  size_t *len_r, struct why *why)
{
	ssize_t n = recv(l->fd, at, cap, 0);
	int error = errno;

	*len_r = 0;
	if (n > 0) {
		*len_r = (size_t)n;
		return *len_r == cap ? TLS_DONE : TLS_WANTS_READ;
	}
	if (n == 0) {
		why_set(why, WHY_NETWORK, "%s closed the connection",
			l->options.account->host);
		return TLS_CLOSED;
	}
	if (error == EAGAIN || error == EINTR) {
		return TLS_WANTS_READ;
	}
	why_errno(why, WHY_NETWORK, error, "the connection to %s broke",
		  l->options.account->host);
	return TLS_FAILED;
}

static void note_ending(struct link *l, enum tls_result result,
			const struct why *why)
{
	if (l->ending.is_set) {
		return;
	}
	l->ending.is_set = true;
	l->ending.end = result == TLS_CLOSED      ? LINK_END_CLOSED
			: result == TLS_TRUNCATED ? LINK_END_TRUNCATED
						  : LINK_END_FAILED;
	l->ending.why = *why;
}

static void take_result(struct link *l, enum tls_result result,
			const struct why *why)
{
	l->read_wants_write = result == TLS_WANTS_WRITE;
	switch (result) {
	case TLS_DONE:
		link_go_on(l);
		break;
	case TLS_WANTS_READ:
	case TLS_WANTS_WRITE:
		break;
	case TLS_CLOSED:
	case TLS_TRUNCATED:
	case TLS_FAILED:
		note_ending(l, result, why);
		link_go_on(l);
		break;
	}
}

/* As much as one block takes, so that every link of the loop has its turn. */
static void read_some(struct link *l)
{
	size_t len = 0;
	size_t at;
	enum tls_result result;
	struct why why;

	if (!find_room(l)) {
		return;
	}
	at = l->filled;
	result = l->tls.ssl != NULL
		     ? tls_read(&l->tls, l->block->octets + at,
				FETCH_BLOCK_OCTETS - at, &len, &why)
		     : read_clear(l, l->block->octets + at,
				  FETCH_BLOCK_OCTETS - at, &len, &why);
	take_result(l, result, &why);
	if (len != 0) {
		l->filled += len;
		waits_heard(&l->waits, len, link_now(l));
		l->options.events->octets(l->options.ctx, l->block, at, len);
	}
}

static void set_paused(struct link *l, bool is_paused)
{
	l->is_paused = is_paused;
	waits_hold(&l->waits, link_is_held(l), link_now(l));
	link_arm(l);
	link_go_on(l);
}

void link_pause(struct link *l)
{
	set_paused(l, true);
}

void link_resume(struct link *l)
{
	set_paused(l, false);
}

bool link_is_held(const struct link *l)
{
	return l->is_paused || l->is_starved;
}

/* --- out --- */

struct pop3_writer *link_out(struct link *l)
{
	return &l->out;
}

size_t link_pending(const struct link *l)
{
	return l->out.len;
}

/* What was sent may have been a password. */
static void take_off(struct link *l, size_t n)
{
	size_t rest = l->out.len - n;

	memmove(l->out.at, l->out.at + n, rest);
	wipe(l->out.at + rest, n);
	l->out.len = rest;
	waits_taken(&l->waits, link_now(l));
}

static enum tls_result write_clear(struct link *l, size_t *len_r)
{
	ssize_t n = send(l->fd, l->out.at, l->out.len, MSG_NOSIGNAL);

	if (n > 0) {
		*len_r = (size_t)n;
		return TLS_DONE;
	}
	return n == -1 && (errno == EAGAIN || errno == EINTR) ? TLS_WANTS_WRITE
							      : TLS_FAILED;
}

/* Whether it has to be called again when the socket is ready. */
static bool write_some(struct link *l)
{
	while (l->out.len != 0) {
		size_t n = 0;
		struct why why;
		enum tls_result result =
		    l->tls.ssl != NULL
			? tls_write(&l->tls, l->out.at, l->out.len, &n, &why)
			: write_clear(l, &n);

		if (result == TLS_DONE) {
			take_off(l, n);
		} else if (result == TLS_WANTS_WRITE ||
			   result == TLS_WANTS_READ) {
			return true;
		} else {
			/* The server may have said why it goes: that is read
			 * first, and then its end. */
			l->is_deaf = true;
			link_go_on(l);
			return true;
		}
	}
	return false;
}

void link_flush(struct link *l)
{
	if (l->state != LINK_TALKING || l->is_deaf || l->out.len == 0) {
		return;
	}
	waits_pend(&l->waits, true, link_now(l));
	waits_pend(&l->waits, write_some(l), link_now(l));
	watch(l);
	link_arm(l);
}

static void drain(struct link *l)
{
	bool was_pending = l->out.len != 0;

	link_flush(l);
	if (was_pending && l->out.len == 0 &&
	    l->options.events->drained != NULL) {
		l->options.events->drained(l->options.ctx);
	}
}

/* --- the loop --- */

/* What was read before the end has been told by now. */
static void end_if_due(struct link *l)
{
	struct ending ending = l->ending;

	if (l->state < LINK_ENDED && ending.is_set && !link_is_held(l)) {
		link_end_now(l, ending.end, &ending.why);
	}
}

static void go(struct link *l, bool may_write)
{
	(void)uv_idle_stop(&l->again);
	if (l->state == LINK_SHAKING) {
		link_shake(l);
		return;
	}
	if (l->state == LINK_TALKING && may_write) {
		drain(l);
	}
	if (l->state == LINK_TALKING && !link_is_held(l) && !l->ending.is_set) {
		read_some(l);
	} else {
		end_if_due(l);
	}
	if (l->state == LINK_TALKING) {
		watch(l);
		link_arm(l);
	}
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct link *l = poll->data;

	if (status < 0) {
		/* libuv has stopped it; the socket's own error comes with the
		 * next octets */
		l->polled = 0;
		l->is_deaf = true;
	}
	go(l, (events & UV_WRITABLE) != 0);
}

static void on_again(uv_idle_t *again)
{
	go(again->data, false);
}

void link_go_on(struct link *l)
{
	if (l->state != LINK_CLOSED && l->state != LINK_ENDED) {
		(void)uv_idle_start(&l->again, on_again);
	}
}
