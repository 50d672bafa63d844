// SPDX-License-Identifier: ISC
/*
 * answer.c - what auth, maildrop and key say (conn.h).
 * Runs in: session.  Trusts: them, in what packet_check does not see.
 */
#include "session/table.h"

#include "os/fd.h"

struct wording {
	enum pop3_code code;
	const char *text;
};

/* Of a log-in. */
static const struct wording login_wordings[STATUS_COUNT] = {
	[STATUS_AUTH] = { POP3_CODE_AUTH, "Wrong user name or password" },
	[STATUS_IN_USE] = { POP3_CODE_IN_USE,
			    "The maildrop is in use by another session" },
	[STATUS_TEMP] = { POP3_CODE_SYS_TEMP,
			  "The server cannot log you in now; try later" },
	[STATUS_PERM] = { POP3_CODE_SYS_PERM, "The maildrop cannot be opened; "
					      "tell your postmaster" },
	[STATUS_LOGIN_DELAY] = { POP3_CODE_LOGIN_DELAY,
				 "Too short a time since the last log-in" },
	[STATUS_GUESSING] = { POP3_CODE_SYS_TEMP,
			      "Too many failed log-ins; try later" },
	[STATUS_BUSY] = { POP3_CODE_SYS_TEMP,
			  "Too many log-ins at once; try later" },
	[STATUS_EXCHANGE] = { POP3_CODE_NONE,
			      "That is not what the mechanism demands" },
};

/* Of a message. */
static const struct wording message_wordings[STATUS_COUNT] = {
	[STATUS_GONE] = { POP3_CODE_NONE, "The message is no longer there" },
	[STATUS_CHANGED] = { POP3_CODE_SYS_TEMP,
			     "The message was changed; log in again" },
	[STATUS_TEMP] = { POP3_CODE_SYS_TEMP,
			  "The message cannot be read now; try later" },
	[STATUS_PERM] = { POP3_CODE_SYS_PERM,
			  "The message cannot be read; tell your postmaster" },
};

/* Of the list: it is that of the log-in or none. */
static const struct wording list_wordings[STATUS_COUNT] = {
	[STATUS_TEMP] = { POP3_CODE_SYS_TEMP,
			  "The list of messages is lost; log in again" },
	[STATUS_PERM] = { POP3_CODE_SYS_PERM,
			  "The maildrop cannot be read; tell your postmaster" },
};

static const struct wording *word(const struct wording *words, uint32_t status)
{
	return &words[words[status].text != NULL ? status
						 : (uint32_t)STATUS_TEMP];
}

static void on_known(struct conn *c, struct packet *p)
{
	pop3_server_user_is(&c->engine, p->as.known_answer.is_known != 0);
}

static void refuse_login(struct conn *c, uint32_t status)
{
	const struct wording *w = word(login_wordings, status);

	pop3_server_login_refused(&c->engine, w->code, w->text);
}

/* Its refusal is told when table.c's tick finds that the time has come. */
static void delay(struct conn *c, uint32_t delay_ms)
{
	c->waits = CONN_WAITS_DELAY;
	c->delay_ms = c->process->loop.now_ms + delay_ms;
	list_append(&c->process->delayed, &c->queue);
}

static void on_refused(struct conn *c, struct packet *p)
{
	c->is_in_exchange = false;
	refuse_login(c, p->as.refused.status);
	if (p->as.refused.delay_ms != 0) {
		delay(c, p->as.refused.delay_ms);
	}
}

/* It is sent from the packet, in the turn that follows. */
static void on_challenge(struct conn *c, struct packet *p)
{
	c->is_in_exchange = true;
	if (c->out.len != 0 && !c->is_out_held) {
		/* who asks for so much, and takes nothing, means no good */
		refuse_login(c, STATUS_TEMP);
		return;
	}
	pop3_server_auth_challenge(
	    &c->engine, pop3_slice_of(packet_tail(p), packet_tail_len(p)));
}

static void on_opened(struct conn *c, struct packet *p)
{
	const struct packet_opened *o = &p->as.opened;
	const uint8_t *listing = packet_tail(p);

	c->is_in_exchange = false;
	if (o->status != STATUS_OK) {
		refuse_login(c, o->status);
		return;
	}
	c->handle = o->handle;
	view_init(&c->view, o->count);
	if (o->listing_len != 0 &&
	    !view_copy(&c->view, listing, o->listing_len)) {
		process_fail("an unsound snapshot, or no memory");
	}
	c->report.is_logged_in = true;
	report_user(&c->report, listing + o->listing_len, o->user_len);
	c->report.count = o->count;
	pop3_server_login_ok(&c->engine, o->count, o->octets,
			     view_has_listing(&c->view), &view_ops, &c->view);
}

static void on_listing(struct conn *c, struct packet *p)
{
	const struct packet_listing *l = &p->as.listing;
	const struct wording *w;
	uint32_t status = l->status;

	if (status == STATUS_OK && !view_map(&c->view, p->fd, l->len)) {
		status = STATUS_TEMP;
	}
	if (status == STATUS_OK) {
		pop3_server_listing_ready(&c->engine);
		return;
	}
	w = word(list_wordings, status);
	pop3_server_listing_failed(&c->engine, w->code, w->text);
}

static void on_message(struct conn *c, struct packet *p)
{
	const struct packet_message *m = &p->as.message;
	const struct wording *w;

	if (m->status == STATUS_OK) {
		message_come(c, p);
		return;
	}
	w = word(message_wordings, m->status);
	pop3_server_message_failed(&c->engine, w->code, w->text);
}

static void on_texts(struct conn *c, struct packet *p)
{
	message_texts_come(c, p);
}

static void on_committed(struct conn *c, struct packet *p)
{
	c->report.removed = p->as.committed.removed;
	c->report.stayed = p->as.committed.stayed;
	pop3_server_committed(&c->engine, p->as.committed.removed,
			      p->as.committed.stayed);
}

/* Which answer fits which question.  A log-in has three: auth refuses, or wants
 * more, or maildrop opens. */
static const struct {
	enum packet_type type;
	enum conn_wait waits;
	void (*on_answer)(struct conn *c, struct packet *p);
} answers[] = {
	{ PACKET_KNOWN_ANSWER, CONN_WAITS_KNOWN, on_known },
	{ PACKET_REFUSED, CONN_WAITS_LOGIN, on_refused },
	{ PACKET_SASL_CHALLENGE, CONN_WAITS_LOGIN, on_challenge },
	{ PACKET_OPENED, CONN_WAITS_LOGIN, on_opened },
	{ PACKET_LISTING, CONN_WAITS_LISTING, on_listing },
	{ PACKET_MESSAGE, CONN_WAITS_MESSAGE, on_message },
	{ PACKET_TEXTS, CONN_WAITS_MESSAGE, on_texts },
	{ PACKET_COMMITTED, CONN_WAITS_COMMIT, on_committed },
};

static void on_signature(struct conn *c, const struct packet *packet)
{
	if (c == NULL || c->waits != CONN_WAITS_SIGNATURE) {
		process_fail("a signature that nobody waits for");
	}
	secure_signed(c, packet_tail(packet), packet_tail_len(packet));
}

/* What came with an answer is gone with its packet; so may the connection be,
 * after its turn. */
static void keep_ahead(struct process *p, uint64_t id)
{
	struct conn *c = table_find(p, id);

	if (c != NULL && !ahead_keep(c)) {
		conn_drop(c, REPORT_LOST);
	}
}

void answer_packet(struct process *p, struct packet *packet)
{
	/* each answer but one begins as this one does */
	struct conn *c = table_find(p, packet->as.refused.conn);

	if (packet->as.head.type == PACKET_TICKET_KEY_SET) {
		tls_context_take_tickets(&p->tls, &packet->as.ticket_keys);
		return;
	}
	if (packet->as.head.type == PACKET_SIGNATURE) {
		on_signature(c, packet);
		return;
	}
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		if (c == NULL || answers[i].type != packet->as.head.type ||
		    answers[i].waits != c->waits) {
			continue;
		}
		c->waits = CONN_WAITS_NOT;
		answers[i].on_answer(c, packet);
		fd_close(&packet->fd);
		if (c->waits == CONN_WAITS_NOT) { /* or for time to pass */
			conn_resume(c);
			keep_ahead(p, packet->as.refused.conn);
		}
		return;
	}
	process_fail("an answer that nobody waits for");
}
