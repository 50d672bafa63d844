// SPDX-License-Identifier: ISC
/*
 * dial.c - from a server's name to a connected socket (dial.h). Runs in: the
 * collector's loop.  Trusts: the resolver for addresses, for their number not.
 * Allocates: itself.
 */
#include "fetch/net/dial_socket.h"
#include "fetch/net/dial_why.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/limits.h"
#include "fetch/net/address.h"
#include "fetch/net/watched.h"
#include "os/clock.h"
#include "os/fd.h"

/* Addresses that are heard of before the order decides. */
#define TOLD_MAX 64u

struct attempt {
	uv_poll_t poll;
	struct dial *dial;
	const struct sockaddr_storage *to;
	int fd; /* -1: over */
};

/* Its memory stays until nothing of libuv's uses it. */
struct dial {
	struct dial_options options; /* addresses there is not used again */
	unsigned uses;
	bool is_over;
	uv_getaddrinfo_t resolve;
	bool is_resolving;
	uv_timer_t timer;
	uint64_t end_ms;
	struct sockaddr_storage addresses[FETCH_ADDRESSES_MAX];
	size_t count;
	size_t begun;   /* attempts */
	size_t running; /* of those */
	bool has_rung;  /* end_ms came once: sockets are looked at first */
	struct watched watched; /* end_ms is by this clock */
	struct attempt attempts[FETCH_ADDRESSES_MAX];
	int error; /* of the last that failed, and whose */
	const struct sockaddr_storage *failed;
};

/* --- its end --- */

static void leave(struct dial *d)
{
	d->uses--;
	if (d->uses == 0) {
		free(d);
	}
}

static void on_timer_closed(uv_handle_t *handle)
{
	leave(handle->data);
}

static void on_poll_closed(uv_handle_t *handle)
{
	leave(((struct attempt *)handle->data)->dial);
}

/* The descriptor is the caller's from now on. */
static int take_fd(struct attempt *a)
{
	int fd = a->fd;

	a->fd = -1;
	a->dial->running--;
	uv_close((uv_handle_t *)&a->poll, on_poll_closed);
	return fd;
}

static void end_attempt(struct attempt *a)
{
	if (a->fd != -1) {
		int fd = take_fd(a);

		fd_close(&fd);
	}
}

/* Whatever is still going on is not any more. */
static void end(struct dial *d)
{
	d->is_over = true;
	for (size_t i = 0; i < d->begun; i++) {
		end_attempt(&d->attempts[i]);
	}
	if (d->is_resolving) {
		(void)uv_cancel((uv_req_t *)&d->resolve);
	}
	uv_close((uv_handle_t *)&d->timer, on_timer_closed);
}

static void fail(struct dial *d, const struct why *why)
{
	struct dial_options o = d->options;

	end(d);
	o.done(o.ctx, -1, NULL, why);
}

void dial_cancel(struct dial **dp)
{
	struct dial *d = *dp;

	*dp = NULL;
	if (d != NULL) {
		end(d);
	}
}

/* --- attempts --- */

static void fail_all(struct dial *d)
{
	struct why why;

	dial_why_failed(&d->options, d->failed, d->error, &why);
	fail(d, &why);
}

static void next_attempt(struct dial *d);

static void note_failure(struct dial *d, const struct sockaddr_storage *to,
			 int error)
{
	d->error = error;
	d->failed = to;
}

static void win(struct attempt *a)
{
	struct dial_options o = a->dial->options;
	struct sockaddr_storage to = *a->to;
	int fd = take_fd(a);

	end(a->dial);
	o.done(o.ctx, fd, &to, NULL);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct attempt *a = poll->data;
	struct dial *d = a->dial;
	int error = 0;
	socklen_t len = sizeof(error);

	(void)events;
	if (getsockopt(a->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0) {
		error = errno;
	} else if (error == 0 && status < 0) {
		error = -status;
	}
	if (error == 0) {
		win(a);
		return;
	}
	note_failure(d, a->to, error);
	end_attempt(a);
	next_attempt(d);
}

/* 0, or a negative errno. */
static int begin_attempt(struct dial *d, struct attempt *a)
{
	int fd = dial_socket(a->to);
	int rc;

	if (fd < 0) {
		return fd;
	}
	rc = uv_poll_init(d->options.loop, &a->poll, fd);
	if (rc != 0) {
		fd_close(&fd);
		return rc;
	}
	a->dial = d;
	a->poll.data = a;
	a->fd = fd;
	d->uses++;
	d->running++;
	rc = uv_poll_start(&a->poll, UV_WRITABLE, on_poll);
	if (rc != 0) {
		end_attempt(a);
	}
	return rc;
}

static void on_timer(uv_timer_t *timer);

static uint64_t now_ms(struct dial *d)
{
	return watched_ms(&d->watched, clock_ms());
}

/* Until the next attempt, or the end. */
static void set_timer(struct dial *d)
{
	uint64_t ms = watched_pause(d->end_ms, now_ms(d));

	if (d->begun < d->count && ms > FETCH_ATTEMPT_MS) {
		ms = FETCH_ATTEMPT_MS;
	}
	(void)uv_timer_start(&d->timer, on_timer, ms, 0);
}

/* One that is refused on the spot makes room for the next at once. */
static void next_attempt(struct dial *d)
{
	while (d->begun < d->count) {
		struct attempt *a = &d->attempts[d->begun];
		int rc;

		a->to = &d->addresses[d->begun];
		a->fd = -1;
		d->begun++;
		rc = begin_attempt(d, a);
		if (rc == 0) {
			break;
		}
		note_failure(d, a->to, -rc);
	}
	if (d->running == 0) {
		fail_all(d);
		return;
	}
	set_timer(d);
}

static void on_timer(uv_timer_t *timer)
{
	struct dial *d = timer->data;
	struct why why;

	if (now_ms(d) < d->end_ms) {
		if (d->is_resolving) {
			set_timer(d);
		} else {
			next_attempt(d);
		}
	} else if (!d->has_rung) {
		d->has_rung = true;
		(void)uv_timer_start(timer, on_timer, 1, 0);
	} else {
		dial_why_late(&d->options, d->begun, &why);
		fail(d, &why);
	}
}

/* --- names --- */

static void fail_resolve(struct dial *d, int status)
{
	struct why why;

	dial_why_unresolved(&d->options, status, &why);
	fail(d, &why);
}

/* In the order in which they are tried; those that are too many are the last
 * of it. */
static void take_addresses(struct dial *d,
			   const struct sockaddr_storage *addresses,
			   size_t count)
{
	struct sockaddr_storage all[TOLD_MAX];

	count = count < TOLD_MAX ? count : TOLD_MAX;
	memcpy(all, addresses, count * sizeof(*all));
	address_interleave(all, count);
	d->count = count < FETCH_ADDRESSES_MAX ? count : FETCH_ADDRESSES_MAX;
	memcpy(d->addresses, all, d->count * sizeof(*all));
}

static void take_list(struct dial *d, const struct addrinfo *list)
{
	struct sockaddr_storage told[TOLD_MAX];
	size_t count = 0;

	for (const struct addrinfo *ai = list; ai != NULL && count < TOLD_MAX;
	     ai = ai->ai_next) {
		if ((ai->ai_family == AF_INET || ai->ai_family == AF_INET6) &&
		    ai->ai_addrlen <= sizeof(told[count])) {
			memcpy(&told[count], ai->ai_addr, ai->ai_addrlen);
			count++;
		}
	}
	take_addresses(d, told, count);
}

static void on_resolved(uv_getaddrinfo_t *request, int status,
			struct addrinfo *list)
{
	struct dial *d = request->data;

	d->is_resolving = false;
	if (!d->is_over && status == 0) {
		take_list(d, list);
	}
	uv_freeaddrinfo(list);
	if (!d->is_over && d->count == 0) {
		fail_resolve(d, status == 0 ? UV_EAI_NODATA : status);
	} else if (!d->is_over) {
		next_attempt(d);
	}
	leave(d);
}

/* 0, or a negative error of libuv's. */
static int resolve(struct dial *d)
{
	static const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	char service[8];
	int rc;

	snprintf(service, sizeof(service), "%u", d->options.port);
	d->resolve.data = d;
	rc = uv_getaddrinfo(d->options.loop, &d->resolve, on_resolved,
			    d->options.host, service, &hints);
	if (rc == 0) {
		d->is_resolving = true;
		d->uses++;
	}
	return rc;
}

/* What fails at once is told from the loop, too. */
static void on_begin(uv_timer_t *timer)
{
	struct dial *d = timer->data;
	int rc;

	d->watched = watched_from(clock_ms());
	d->end_ms = now_ms(d) + d->options.limit_ms;
	set_timer(d);
	if (d->count != 0) {
		next_attempt(d);
		return;
	}
	rc = resolve(d);
	if (rc != 0) {
		fail_resolve(d, rc);
	}
}

int dial_start(const struct dial_options *options, struct dial **dial_r)
{
	struct dial *d = calloc(1, sizeof(*d));

	if (d == NULL) {
		return -ENOMEM;
	}
	d->options = *options;
	if (options->addresses_count != 0) {
		take_addresses(d, options->addresses, options->addresses_count);
	}
	(void)uv_timer_init(options->loop, &d->timer);
	d->timer.data = d;
	d->uses = 1;
	(void)uv_timer_start(&d->timer, on_begin, 0, 0);
	*dial_r = d;
	return 0;
}
