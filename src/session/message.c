// SPDX-License-Identifier: ISC
/*
 * message.c - the message that a client asks for: from what has been read
 * ahead, or from maildrop (conn.h).
 * Runs in: session.  Trusts: maildrop to know a message from another; its
 * numbers and lengths are compared with what was asked and listed.
 */
#include "os/fd.h"
#include "session/conn.h"

static const struct snapshot_entry *listed(const struct conn *c, uint32_t idx)
{
	/* TOP does without */
	return c->view.memory == NULL ? NULL : &c->view.snapshot.entries[idx];
}

static void set_facts(struct conn_body *b, const struct snapshot_entry *e)
{
	b->is_wire = e != NULL && (e->flags & SNAPSHOT_IS_WIRE) != 0;
	if (e != NULL) {
		b->octets = e->octets;
	}
}

static void hold(struct conn *c)
{
	const struct snapshot_entry *e = listed(c, c->body.idx);
	uint32_t len;

	(void)ahead_text(c, &len);
	if (e != NULL && e->stored != len) {
		process_fail("a message of another length than listed");
	}
	c->body.stored = len;
	c->body.is_held = true;
	pop3_server_message_ok(&c->engine);
}

bool message_want(struct conn *c, uint32_t idx, enum ahead_next next)
{
	struct conn_body *b = &c->body;
	bool is_there = ahead_seek(c, idx);

	b->asked = ahead_wanted(c, idx, next);
	b->idx = idx;
	b->next = idx + 1;
	set_facts(b, listed(c, idx));
	if (is_there) {
		hold(c);
	} else {
		request_message(c);
	}
	return is_there;
}

void message_come(struct conn *c, struct packet *p)
{
	struct conn_body *b = &c->body;

	if (p->as.message.idx != b->idx) {
		process_fail("another message than was asked for");
	}
	b->fd = p->fd;
	b->stored = p->as.message.stored;
	p->fd = -1;
	pop3_server_message_ok(&c->engine);
}

void message_texts_come(struct conn *c, const struct packet *p)
{
	const struct packet_texts *t = &p->as.texts;

	if (t->idx != c->body.idx || t->count > c->body.asked) {
		process_fail("other messages than were asked for");
	}
	ahead_lend(c, p);
	hold(c);
}

/* One that was asked for by TOP may be asked for by RETR next. */
void message_end(struct conn *c)
{
	struct conn_body *b = &c->body;

	fd_close(&b->fd);
	b->is_begun = false;
	if (b->is_held && !b->is_top) {
		(void)ahead_seek(c, b->idx + 1);
	}
	b->is_held = false;
}
