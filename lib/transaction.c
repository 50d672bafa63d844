// SPDX-License-Identifier: ISC
/*
 * transaction.c - the commands of the TRANSACTION state whose answer is one
 * line, or one line and a message (RFC 1939, section 5 and 7).
 * Runs in: session.  Trusts: the maildrop that the caller opened.
 * Allocates: never.
 */
#include "handlers.h"
#include "reply.h"

/* [rfc1939/5/stat] "The positive response consists of "+OK" followed by a
 * single space, the number of messages in the maildrop, a single space, and
 * the size of the maildrop in octets. ... Note that messages marked as
 * deleted are not counted in either total." */
enum pop3_step pop3_on_stat(struct pop3_server *s,
			    const struct pop3_command *cmd,
			    struct pop3_writer *out, struct pop3_event *ev)
{
	(void)cmd, (void)ev;
	pop3_reply_ok_pair(out, s->count - s->count_marked, s->octets);
	return POP3_STEP_OK;
}

static enum pop3_step ask_message(struct pop3_server *s, bool is_top,
				  uint64_t body_lines, struct pop3_event *ev)
{
	s->is_top = is_top;
	s->body_lines = body_lines;
	ev->type = POP3_EV_MESSAGE;
	ev->idx = s->idx;
	ev->is_top = is_top;
	ev->body_lines = body_lines;
	return POP3_STEP_ASK;
}

/* [rfc1939/5/retr] "After the initial +OK, the POP3 server sends the message
 * corresponding to the given message-number, being careful to byte-stuff the
 * termination character" */
enum pop3_step pop3_on_retr(struct pop3_server *s,
			    const struct pop3_command *cmd,
			    struct pop3_writer *out, struct pop3_event *ev)
{
	(void)cmd, (void)out;
	return ask_message(s, false, 0, ev);
}

static bool is_digits(struct pop3_slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] < '0' || s.at[i] > '9') {
			return false;
		}
	}
	return s.len != 0;
}

/* [rfc1939/7/top] "if the number of lines requested by the POP3 client is
 * greater than than the number of lines in the body, then the POP3 server
 * sends the entire message": so a number of any length is as good. */
enum pop3_step pop3_on_top(struct pop3_server *s,
			   const struct pop3_command *cmd,
			   struct pop3_writer *out, struct pop3_event *ev)
{
	uint64_t body_lines = UINT64_MAX;

	if (!is_digits(cmd->args[1])) {
		pop3_reply_err(out, POP3_CODE_NONE, "Number of lines expected");
		return POP3_STEP_ERR;
	}
	if (pop3_slice_u64(cmd->args[1], &body_lines) < 0) {
		body_lines = UINT64_MAX;
	}
	return ask_message(s, true, body_lines, ev);
}

enum pop3_step pop3_after_message(struct pop3_server *s,
				  struct pop3_writer *out)
{
	if (!s->is_ok) {
		pop3_reply_err(out, (enum pop3_code)s->code, s->text);
		return POP3_STEP_ERR;
	}
	if (s->is_top) {
		pop3_reply_ok(out, "Top of message follows");
	} else {
		pop3_reply_ok_number(out, s->ops->octets(s->ops_ctx, s->idx),
				     "octets");
	}
	return POP3_STEP_BODY;
}

/* [rfc1939/5/dele] "The POP3 server marks the message as deleted. ... The POP3
 * server does not actually delete the message until the POP3 session enters
 * the UPDATE state." */
enum pop3_step pop3_on_dele(struct pop3_server *s,
			    const struct pop3_command *cmd,
			    struct pop3_writer *out, struct pop3_event *ev)
{
	uint64_t octets = s->ops->octets(s->ops_ctx, s->idx);

	(void)cmd, (void)ev;
	if (!s->ops->mark(s->ops_ctx, s->idx)) {
		pop3_reply_err(out, POP3_CODE_SYS_TEMP, "Out of memory");
		return POP3_STEP_ERR;
	}
	s->count_marked++;
	/* A total that does not fit its parts must not wrap. */
	s->octets -= octets < s->octets ? octets : s->octets;
	pop3_reply_ok_number(out, (uint64_t)s->idx + 1, "deleted");
	return POP3_STEP_OK;
}

/* [rfc1939/5/rset] "If any messages have been marked as deleted by the POP3
 * server, they are unmarked." */
enum pop3_step pop3_on_rset(struct pop3_server *s,
			    const struct pop3_command *cmd,
			    struct pop3_writer *out, struct pop3_event *ev)
{
	(void)cmd, (void)ev;
	s->ops->unmark_all(s->ops_ctx);
	s->count_marked = 0;
	s->octets = s->octets_all;
	pop3_reply_ok_maildrop(out, s->count, s->octets);
	return POP3_STEP_OK;
}

/* [rfc1939/5/noop] "The POP3 server does nothing, it merely replies with a
 * positive response." */
enum pop3_step pop3_on_noop(struct pop3_server *s,
			    const struct pop3_command *cmd,
			    struct pop3_writer *out, struct pop3_event *ev)
{
	(void)s, (void)cmd, (void)ev;
	pop3_reply_ok(out, "Nothing done");
	return POP3_STEP_OK;
}
