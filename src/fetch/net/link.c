// SPDX-License-Identifier: ISC
/*
 * link.c - one connection to a server (link.h): its begin, its waits, its end.
 * What flows is link_flow.c's.
 * Runs in: the collector's loop.  Trusts: nothing that a server sends.
 * Allocates: itself.
 */
#include "fetch/net/link_impl.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "fetch/net/address.h"
#include "os/clock.h"
#include "os/fd.h"

/* --- its end --- */

static void on_handle_closed(uv_handle_t *handle)
{
	struct link *l = handle->data;

	l->uses--;
	if (l->uses == 0) {
		free(l);
	}
}

/* Nothing more is waited for. */
static void stop(struct link *l)
{
	dial_cancel(&l->dial);
	if (l->has_poll) {
		(void)uv_poll_stop(&l->poll);
	}
	l->polled = 0;
	(void)uv_timer_stop(&l->timer);
	(void)uv_idle_stop(&l->again);
}

void link_end_now(struct link *l, enum link_end end, const struct why *why)
{
	stop(l);
	l->state = LINK_ENDED;
	l->ending = (struct ending){ .is_set = true, .end = end, .why = *why };
	l->options.events->ended(l->options.ctx, end, &l->ending.why);
}

void link_end_later(struct link *l, enum link_end end, const struct why *why)
{
	if (!l->ending.is_set) {
		l->ending.is_set = true;
		l->ending.end = end;
		l->ending.why = *why;
	}
	link_go_on(l);
}

void link_close(struct link **lp)
{
	struct link *l = *lp;

	*lp = NULL;
	if (l == NULL) {
		return;
	}
	stop(l);
	tls_finish(&l->tls,
		   !l->ending.is_set || l->ending.end == LINK_END_CLOSED);
	l->state = LINK_CLOSED;
	block_pool_watch(l->options.pool, NULL, NULL);
	block_release(&l->block);
	wipe(l->out_octets, sizeof(l->out_octets));
	if (l->has_poll) {
		uv_close((uv_handle_t *)&l->poll, on_handle_closed);
	}
	uv_close((uv_handle_t *)&l->timer, on_handle_closed);
	uv_close((uv_handle_t *)&l->again, on_handle_closed);
	fd_close(&l->fd);
}

/* --- its waits --- */

static void fail_wait(struct link *l, enum waits_fault fault)
{
	static const char *const words[] = {
		[WAITS_FAULT_NONE] = "",
		[WAITS_FAULT_HANDSHAKE] = "does not finish the TLS handshake",
		[WAITS_FAULT_SILENCE] = "says nothing any more",
		[WAITS_FAULT_TRICKLE] = "says next to nothing",
		[WAITS_FAULT_STUCK] = "does not take what is sent",
	};
	uint64_t waited_ms = fault == WAITS_FAULT_TRICKLE ? l->waits.floor_ms
							  : l->waits.limit_ms;
	struct why why;

	why_set(&why, WHY_NETWORK, "%s %s (waited %u s)",
		l->options.account->host, words[fault],
		(unsigned)(waited_ms / 1000));
	link_end_now(l, LINK_END_FAILED, &why);
}

/* Timers ring before sockets are looked at: if we were busy so long, what came
 * meanwhile has not been read yet.  So only the second ring in turn counts. */
static void on_timer(uv_timer_t *timer)
{
	struct link *l = timer->data;
	enum waits_fault fault = waits_judge(&l->waits, link_now(l));

	if (fault == WAITS_FAULT_NONE) {
		l->has_rung = false;
		l->armed_ms = UINT64_MAX;
		link_arm(l);
	} else if (!l->has_rung) {
		l->has_rung = true;
		(void)uv_timer_start(timer, on_timer, 1, 0);
	} else {
		fail_wait(l, fault);
	}
}

/* The timer is set for the first end that is known, and for a look at the clock
 * on the way there; that the end lies later by now is seen when it rings. */
void link_arm(struct link *l)
{
	uint64_t end_ms = waits_end_ms(&l->waits);
	uint64_t now_ms = link_now(l);

	if (end_ms < l->armed_ms && l->state != LINK_ENDED &&
	    l->state != LINK_CLOSED) {
		l->armed_ms = end_ms;
		(void)uv_timer_start(&l->timer, on_timer,
				     watched_pause(end_ms, now_ms), 0);
	}
}

void link_expect(struct link *l, bool is_awaited)
{
	l->is_awaited = is_awaited;
	if (l->state != LINK_DIALING) {
		waits_await(&l->waits, is_awaited, link_now(l));
		link_arm(l);
	}
}

void link_answered(struct link *l)
{
	waits_answered(&l->waits, link_now(l));
}

/* --- its begin --- */

/* From here on octets flow. */
static void talk(struct link *l)
{
	uint64_t now_ms = link_now(l);

	l->state = LINK_TALKING;
	waits_shake(&l->waits, false, now_ms);
	waits_await(&l->waits, l->is_awaited, now_ms);
	waits_hold(&l->waits, link_is_held(l), now_ms);
	link_arm(l);
	l->options.events->ready(l->options.ctx);
	if (l->state == LINK_TALKING) {
		link_flush(l);
		link_go_on(l);
	}
}

void link_shake(struct link *l)
{
	struct why why;
	enum tls_result result = tls_shake(&l->tls, &why);

	switch (result) {
	case TLS_DONE:
		tls_describe(&l->tls, &l->peer);
		talk(l);
		return;
	case TLS_WANTS_READ:
	case TLS_WANTS_WRITE:
		link_poll(l,
			  result == TLS_WANTS_READ ? UV_READABLE : UV_WRITABLE);
		return;
	case TLS_CLOSED:
	case TLS_TRUNCATED:
	case TLS_FAILED:
		break;
	}
	tls_describe(&l->tls, &l->peer);
	link_end_now(l, LINK_END_FAILED, &why);
}

/* 0, or a negative errno. */
static int begin_tls(struct link *l)
{
	int rc = tls_begin(&l->tls, l->options.trust, l->fd);

	if (rc == 0) {
		l->state = LINK_SHAKING;
		waits_shake(&l->waits, true, link_now(l));
		link_arm(l);
	}
	return rc;
}

static void fail_memory(struct link *l, int error)
{
	struct why why;

	why_errno(&why, WHY_INTERNAL, error, "a connection");
	link_end_later(l, LINK_END_FAILED, &why);
}

/* Whether octets wait to be read that are in clear text. */
static bool has_clear_octets(const struct link *l)
{
	uint8_t octet;

	return recv(l->fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/* [rfc2595/4/client] What came in clear text is no part of what TLS protects: a
 * man in the middle may have put it there to be taken for the server's word
 * behind TLS. */
void link_secure(struct link *l)
{
	struct why why;
	int rc;

	assert(l->state == LINK_TALKING && l->tls.ssl == NULL);
	if (has_clear_octets(l)) {
		why_set(&why, WHY_TLS,
			"%s: octets in clear text behind the answer to STLS; "
			"somebody may be in the middle",
			l->options.account->host);
		link_end_later(l, LINK_END_FAILED, &why);
		return;
	}
	rc = begin_tls(l);
	if (rc != 0) {
		fail_memory(l, -rc);
		return;
	}
	link_go_on(l);
}

static int begin_poll(struct link *l)
{
	int rc = uv_poll_init(l->options.loop, &l->poll, l->fd);

	if (rc == 0) {
		l->poll.data = l;
		l->has_poll = true;
		l->uses++;
	}
	return rc;
}

static void on_dialed(void *ctx, int fd, const struct sockaddr_storage *to,
		      const struct why *why)
{
	struct link *l = ctx;
	int rc;

	l->dial = NULL;
	if (fd == -1) {
		link_end_now(l, LINK_END_FAILED, why);
		return;
	}
	l->fd = fd;
	l->peer.is_loopback = address_is_loopback(to);
	address_write(to, l->peer.address);
	rc = begin_poll(l);
	if (rc == 0 && l->options.account->tls == ACCOUNT_TLS_IMPLICIT) {
		rc = begin_tls(l);
	}
	if (rc != 0) {
		fail_memory(l, -rc);
	} else if (l->state == LINK_SHAKING) {
		link_shake(l);
	} else {
		talk(l);
	}
}

static int dial(struct link *l)
{
	const struct link_options *o = &l->options;
	struct dial_options d = {
		.loop = o->loop,
		.host = o->account->host,
		.port = o->account->port,
		.addresses = o->addresses,
		.addresses_count = o->addresses_count,
		.limit_ms = l->waits.limit_ms,
		.done = on_dialed,
		.ctx = l,
	};

	return dial_start(&d, &l->dial);
}

int link_open(const struct link_options *options, struct link **link_r)
{
	struct link *l = calloc(1, sizeof(*l));
	uint32_t limit_s = options->account->timeout_s;

	if (l == NULL) {
		return -ENOMEM;
	}
	l->options = *options;
	l->fd = -1;
	l->is_awaited = true;
	l->armed_ms = UINT64_MAX;
	l->watched = watched_from(clock_ms());
	l->out = pop3_writer_of(l->out_octets, sizeof(l->out_octets));
	waits_init(&l->waits, limit_s * (uint64_t)1000);
	if (dial(l) != 0) {
		free(l);
		return -ENOMEM;
	}
	(void)uv_timer_init(options->loop, &l->timer);
	(void)uv_idle_init(options->loop, &l->again);
	l->timer.data = l;
	l->again.data = l;
	l->uses = 2;
	block_pool_watch(options->pool, link_on_block_free, l);
	*link_r = l;
	return 0;
}

const struct link_peer *link_peer(const struct link *l)
{
	return &l->peer;
}

size_t link_binding(const struct link *l, enum link_binding binding,
		    uint8_t octets_r[LINK_BINDING_MAX])
{
	return l->peer.is_secure ? tls_binding(&l->tls, binding, octets_r) : 0;
}
