// SPDX-License-Identifier: ISC
/*
 * request.c - what session asks of auth, maildrop and key (conn.h).
 * Runs in: session.  Trusts: the limits of the engine's events.
 */
#include "session/conn.h"

#include "base/secret.h"

static void put(struct packet *p, const void *at, size_t len)
{
	if (!packet_put(p, at, len)) {
		process_fail("a request is too large"); /* limits forbid it */
	}
}

void request_known(struct conn *c, const struct pop3_event *ev)
{
	struct packet p;

	packet_init(&p, PACKET_KNOWN);
	p.as.known.conn = c->id;
	p.as.known.user_len = (uint32_t)ev->user.len;
	put(&p, ev->user.at, ev->user.len);
	c->waits = CONN_WAITS_KNOWN;
	backend_send(&c->process->auth, &p);
}

void request_login(struct conn *c, const struct pop3_event *ev)
{
	struct packet p;

	packet_init(&p, PACKET_LOGIN);
	p.as.login.conn = c->id;
	memcpy(p.as.login.address, c->address, sizeof(c->address));
	p.as.login.user_len = (uint16_t)ev->user.len;
	p.as.login.secret_len = (uint16_t)ev->secret.len;
	put(&p, ev->user.at, ev->user.len);
	put(&p, ev->secret.at, ev->secret.len);
	if (ev->is_apop) {
		struct pop3_slice stamp = pop3_server_stamp(&c->engine);

		p.as.login.stamp_len = (uint16_t)stamp.len;
		put(&p, stamp.at, stamp.len);
	}
	c->waits = CONN_WAITS_LOGIN;
	backend_send(&c->process->auth, &p);
	wipe(p.as.octets, p.len);
}

/* Appends what base64 text stands for, which the engine found sound.  Returns
 * how many octets that is. */
static size_t put_decoded(struct packet *p, struct pop3_slice text)
{
	struct pop3_writer w =
	    pop3_writer_of(p->as.octets + p->len, PACKET_MAX - p->len);

	if (pop3_base64_decode(text, &w) < 0) {
		process_fail("a response is too large");
	}
	p->len += w.len;
	return w.len;
}

static bool is_external(struct pop3_slice mechanism)
{
	return pop3_slice_equal_fold(mechanism, POP3_LITERAL("EXTERNAL"));
}

void request_sasl(struct conn *c, const struct pop3_event *ev)
{
	struct packet p;
	struct packet_sasl_begin *b = &p.as.sasl_begin;

	packet_init(&p, PACKET_SASL_BEGIN);
	b->conn = c->id;
	memcpy(b->address, c->address, sizeof(c->address));
	b->mechanism_len = (uint16_t)ev->mechanism.len;
	b->has_response = ev->has_response;
	put(&p, ev->mechanism.at, ev->mechanism.len);
	b->response_len = (uint16_t)put_decoded(&p, ev->response);
	if (c->tls != NULL) {
		tls_bindings(c->tls, b);
		/* without a proof auth will refuse it */
		if (is_external(ev->mechanism) && tls_has_proof(c->tls)) {
			(void)!tls_put_proof(c->tls, &p);
		}
	}
	c->waits = CONN_WAITS_LOGIN;
	backend_send(&c->process->auth, &p);
	wipe(p.as.octets, p.len);
}

void request_sasl_step(struct conn *c, const struct pop3_event *ev)
{
	struct packet p;

	packet_init(&p, PACKET_SASL_STEP);
	p.as.sasl_step.conn = c->id;
	p.as.sasl_step.response_len = (uint32_t)put_decoded(&p, ev->response);
	c->waits = CONN_WAITS_LOGIN;
	backend_send(&c->process->auth, &p);
	wipe(p.as.octets, p.len);
}

void request_sasl_cancel(struct conn *c)
{
	struct packet p;

	packet_init(&p, PACKET_SASL_CANCEL);
	p.as.sasl_cancel.conn = c->id;
	c->is_in_exchange = false;
	backend_send(&c->process->auth, &p);
}

void request_signature(struct conn *c)
{
	struct packet p;

	tls_to_sign(c->tls, &p);
	p.as.sign.conn = c->id;
	c->waits = CONN_WAITS_SIGNATURE;
	backend_send(&c->process->key, &p);
}

void request_ticket_keys(struct process *process)
{
	struct packet p;

	packet_init(&p, PACKET_GET_TICKET_KEYS);
	backend_send(&process->key, &p);
}

void request_listing(struct conn *c)
{
	struct packet p;

	packet_init(&p, PACKET_GET_LISTING);
	p.as.handle.conn = c->id;
	p.as.handle.handle = c->handle;
	c->waits = CONN_WAITS_LISTING;
	backend_send(&c->process->maildrop, &p);
}

void request_message(struct conn *c)
{
	struct packet p;

	packet_init(&p, PACKET_FETCH);
	p.as.fetch.conn = c->id;
	p.as.fetch.handle = c->handle;
	p.as.fetch.idx = c->body.idx;
	p.as.fetch.count = c->body.asked;
	c->waits = CONN_WAITS_MESSAGE;
	backend_send(&c->process->maildrop, &p);
}

static uint32_t count_bits(const uint8_t *at, size_t len)
{
	uint32_t count = 0;

	for (size_t i = 0; i < len; i++) {
		count += (uint32_t)__builtin_popcount(at[i]);
	}
	return count;
}

/* The marks, in pieces; those without a mark are left out.  Returns how many
 * messages are marked. */
static uint32_t send_marks(struct conn *c)
{
	size_t len = c->view.marks == NULL ? 0 : view_marks_len(&c->view);
	uint32_t marked = 0;
	struct packet p;

	for (size_t off = 0; off < len; off += PACKET_MARK_OCTETS_MAX) {
		size_t n = len - off < PACKET_MARK_OCTETS_MAX
			       ? len - off
			       : PACKET_MARK_OCTETS_MAX;
		uint32_t count = count_bits(c->view.marks + off, n);

		if (count == 0) {
			continue;
		}
		marked += count;
		packet_init(&p, PACKET_MARK);
		p.as.mark.conn = c->id;
		p.as.mark.handle = c->handle;
		p.as.mark.first = (uint32_t)(off * 8);
		p.as.mark.octets = (uint32_t)n;
		put(&p, c->view.marks + off, n);
		backend_send(&c->process->maildrop, &p);
	}
	return marked;
}

void request_commit(struct conn *c)
{
	struct packet p;

	packet_init(&p, PACKET_COMMIT);
	p.as.commit.conn = c->id;
	p.as.commit.handle = c->handle;
	p.as.commit.marked = send_marks(c);
	c->waits = CONN_WAITS_COMMIT;
	c->handle = 0; /* COMMIT closes it */
	backend_send(&c->process->maildrop, &p);
}

void request_close(struct process *p, uint64_t id, uint64_t handle,
		   bool is_broken)
{
	struct packet packet;

	packet_init(&packet, PACKET_CLOSE);
	packet.as.close.conn = id;
	packet.as.close.handle = handle;
	packet.as.close.is_broken = is_broken;
	backend_send(&p->maildrop, &packet);
}
