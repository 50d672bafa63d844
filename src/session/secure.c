// SPDX-License-Identifier: ISC
/*
 * secure.c - TLS on a connection, from its first octet to the end of the
 * handshake (conn.h).
 * Runs in: session.  Trusts: nothing that the client sends.
 */
#include "session/conn.h"

#include <sys/socket.h>

#include "os/clock.h"

static void fail(struct conn *c, const char *detail)
{
	c->report.detail = detail;
	conn_drop(c, REPORT_TLS);
}

void secure_begin(struct conn *c)
{
	c->is_tls_due = false;
	c->tls = tls_create(&c->process->tls, c->fd);
	if (c->tls == NULL) {
		fail(c, "no memory");
		return;
	}
	if (tls_context_wants_tickets(&c->process->tls, clock_ms())) {
		request_ticket_keys(c->process);
	}
	conn_watch(c, LOOP_READABLE);
}

/* One reply that a person or a log will understand. */
static void tell_cleartext(const struct conn *c)
{
	static const char text[] =
	    "-ERR This port begins with TLS; in clear text, or with STLS, "
	    "speak to the other one\r\n";

	(void)!send(c->fd, text, sizeof(text) - 1, MSG_NOSIGNAL);
}

/* False: there is no stack for it now. */
static bool go_on(struct conn *c)
{
	enum tls_result result = tls_handshake(c->tls);

	switch (result) {
	case TLS_DONE:
		c->report.tls_version = tls_version(c->tls);
		c->process->handshakes++;
		conn_secured(c);
		break;
	case TLS_WANTS_READ:
		conn_watch(c, LOOP_READABLE);
		break;
	case TLS_WANTS_WRITE:
		conn_watch(c, LOOP_WRITABLE);
		break;
	case TLS_WANTS_SIGNATURE:
		request_signature(c);
		break;
	case TLS_WANTS_TURN:
		conn_watch(c, 0);
		break;
	case TLS_IS_CLEARTEXT:
		if (!c->is_stls) {
			tell_cleartext(c);
		}
		fail(c, tls_fault(c->tls));
		break;
	case TLS_FAILED:
		fail(c, tls_fault(c->tls));
		break;
	}
	return result != TLS_WANTS_TURN;
}

void secure_go_on(struct conn *c)
{
	if (!go_on(c)) {
		list_append(&c->process->turns, &c->queue);
	}
}

/* In the order of their coming.  Many need a stack for a moment only, and leave
 * it to the next. */
static void take_turns(struct process *p)
{
	bool is_one_free = true;

	while (is_one_free && !list_is_empty(&p->turns)) {
		struct conn *c = LIST_OWNER(p->turns.next, struct conn, queue);

		list_remove(&c->queue);
		is_one_free = go_on(c);
		if (!is_one_free) { /* it stays the first */
			list_append(p->turns.next, &c->queue);
		}
	}
}

/* A connection that was lost meanwhile goes on too, but only to leave the
 * handshake: its signature is thrown away, and nothing is sent. */
void secure_signed(struct conn *c, const uint8_t *signature, size_t len)
{
	struct process *p = c->process;

	c->waits = CONN_WAITS_NOT;
	tls_signed(c->tls, signature, c->is_dropped ? 0 : len);
	if (c->is_dropped) {
		(void)!tls_handshake(c->tls);
		conn_resume(c);
	} else {
		secure_go_on(c);
	}
	take_turns(p);
}
