// SPDX-License-Identifier: ISC
/*
 * client_reply.c - a server's status lines: the sign, the code, and the numbers
 * where the protocol has some (RFC 1939; RFC 2449, section 8; RFC 5034).
 * Runs in: the client.  Trusts: nothing that the server says.
 * Allocates: never.
 */
#include "client_impl.h"
#include "pop3/base64.h"

/* --- the greeting --- */

static bool take_greeting(struct pop3_client *c, struct pop3_slice line,
			  const struct pop3_slice *in,
			  struct pop3_client_event *ev)
{
	bool is_ok = ev->is_ok;

	(void)line, (void)in;
	ev->stamp = pop3_client_find_stamp(ev->text);
	(void)pop3_client_answered(c, ev, is_ok);
	c->state = is_ok ? POP3_ST_AUTHORIZATION : POP3_ST_CLOSED;
	return pop3_client_stop(ev, POP3_CEV_GREETING);
}

/* --- AUTH --- */

/* [rfc5034/4/challenge-client] "A server challenge is sent as a line consisting
 * of a "+" character, followed by a single space": some leave that out when
 * there is nothing behind it. */
static bool is_challenge(struct pop3_slice line)
{
	return line.at[0] == '+' && (line.len == 1 || line.at[1] == ' ');
}

/* Nothing comes while the client owes a response, and nothing good behind a
 * cancel. */
static bool is_out_of_turn(const struct pop3_client *c, bool is_ok)
{
	return is_ok && (c->has_challenge || c->is_cancelled);
}

/* [rfc5034/4/base64-client] A client that cannot decode a challenge must
 * cancel: no octet of it is ignored, and is_malformed says so. */
static bool take_challenge(struct pop3_client *c, struct pop3_slice line,
			   struct pop3_client_event *ev)
{
	struct pop3_slice challenge =
	    pop3_client_trim(pop3_slice_tail(line, 1));

	c->has_challenge = true;
	ev->verb = POP3_ASK_AUTH;
	ev->is_malformed = !pop3_base64_is_sound(challenge);
	if (!ev->is_malformed) {
		ev->challenge = challenge;
	}
	return pop3_client_stop(ev, POP3_CEV_CHALLENGE);
}

static bool take_auth(struct pop3_client *c, struct pop3_slice line,
		      const struct pop3_slice *in, struct pop3_client_event *ev)
{
	(void)in;
	if (is_out_of_turn(c, ev->is_ok)) {
		return pop3_client_break(c, ev, POP3_FAULT_CHALLENGE);
	}
	if (is_challenge(line)) {
		return take_challenge(c, line, ev);
	}
	c->has_challenge = false;
	c->is_cancelled = false;
	return pop3_client_answered(c, ev, ev->is_ok);
}

/* --- STLS --- */

/* Nothing that is in the same piece may pass into TLS. */
static bool take_stls(struct pop3_client *c, struct pop3_slice line,
		      const struct pop3_slice *in, struct pop3_client_event *ev)
{
	(void)line;
	if (ev->is_ok && in->len != 0) {
		return pop3_client_break(c, ev, POP3_FAULT_BEHIND_STLS);
	}
	(void)pop3_client_answered(c, ev, ev->is_ok);
	if (ev->is_ok) {
		c->phase = CLIENT_TLS;
	}
	return true;
}

/* --- all other verbs --- */

/* The rest of the answer is to come; what its first line said is told then. */
static bool go_on(struct pop3_client *c, enum client_answer answer,
		  const struct pop3_client_event *ev)
{
	c->has_octets = ev->has_octets;
	c->octets = ev->octets;
	c->has_count = ev->has_count;
	c->count = ev->count;
	c->phase = CLIENT_LINES;
	if (answer == CLIENT_MESSAGE) {
		pop3_client_begin_text(c);
	}
	return false;
}

static bool take_plain(struct pop3_client *c, struct pop3_client_event *ev)
{
	const struct client_verb *row =
	    &pop3_client_verbs[pop3_client_head(c).verb];

	if (!ev->is_ok) {
		return pop3_client_answered(c, ev, false);
	}
	if (row->read != NULL) {
		row->read(c, ev);
	}
	return row->answer == CLIENT_ONE_LINE
		   ? pop3_client_answered(c, ev, true)
		   : go_on(c, row->answer, ev);
}

/* --- the verbs --- */

const struct client_verb pop3_client_verbs[POP3_ASK_COUNT] = {
	[POP3_ASK_GREETING] = { .name = "", .take = take_greeting },
	[POP3_ASK_CAPA] = { .name = "CAPA",
			    .answer = CLIENT_MANY_LINES,
			    .read = pop3_client_read_capa,
			    .tell_line = pop3_client_capability },
	[POP3_ASK_STLS] = { .name = "STLS", .take = take_stls },
	[POP3_ASK_USER] = { .name = "USER" },
	[POP3_ASK_PASS] = { .name = "PASS", .verb = POP3_VERB_PASS },
	[POP3_ASK_APOP] = { .name = "APOP", .verb = POP3_VERB_APOP },
	[POP3_ASK_AUTH] = { .name = "AUTH",
			    .verb = POP3_VERB_AUTH,
			    .take = take_auth },
	[POP3_ASK_UTF8] = { .name = "UTF8" },
	[POP3_ASK_STAT] = { .name = "STAT",
			    .read = pop3_client_read_count_octets },
	[POP3_ASK_LIST] = { .name = "LIST",
			    .answer = CLIENT_MANY_LINES,
			    .read = pop3_client_read_count_octets,
			    .tell_line = pop3_client_list_entry },
	[POP3_ASK_LIST_ONE] = { .name = "LIST",
				.read = pop3_client_read_list_one },
	[POP3_ASK_UIDL] = { .name = "UIDL",
			    .answer = CLIENT_MANY_LINES,
			    .tell_line = pop3_client_uidl_entry },
	[POP3_ASK_UIDL_ONE] = { .name = "UIDL",
				.read = pop3_client_read_uidl_one },
	[POP3_ASK_RETR] = { .name = "RETR",
			    .answer = CLIENT_MESSAGE,
			    .read = pop3_client_read_retr },
	[POP3_ASK_TOP] = { .name = "TOP", .answer = CLIENT_MESSAGE },
	[POP3_ASK_DELE] = { .name = "DELE" },
	[POP3_ASK_RSET] = { .name = "RSET" },
	[POP3_ASK_NOOP] = { .name = "NOOP" },
	[POP3_ASK_QUIT] = { .name = "QUIT", .verb = POP3_VERB_QUIT },
};

/* --- a status line --- */

/*
 * The tutorial's server says "+GOODBYE": the sign is all that counts.
 * [rfc1939/3/reply] "Responses in the POP3 consist of a status indicator and a
 * keyword possibly followed by additional information."
 */
static bool take_line(struct pop3_client *c, struct pop3_slice line,
		      const struct pop3_slice *in, struct pop3_client_event *ev)
{
	struct pop3_slice rest = line;
	client_take_line *take;

	(void)pop3_client_word(&rest);
	ev->text = pop3_client_trim(rest);
	ev->code = pop3_client_take_code(&ev->text);
	ev->is_ok = line.at[0] == '+';
	take = pop3_client_verbs[pop3_client_head(c).verb].take;
	return take == NULL ? take_plain(c, ev) : take(c, line, in, ev);
}

static bool break_at(struct pop3_client *c, struct pop3_slice line,
		     struct pop3_client_event *ev, enum pop3_client_fault fault)
{
	ev->text = line;
	return pop3_client_break(c, ev, fault);
}

static bool is_sign(uint8_t octet)
{
	return octet == '+' || octet == '-';
}

/* What begins as no text does, as TLS, may never have a line end. */
static bool is_no_text(uint8_t octet)
{
	return octet < ' ' && octet != '\r' && octet != '\n' && octet != '\t';
}

bool pop3_client_take_reply(struct pop3_client *c, struct pop3_slice *in,
			    struct pop3_client_event *ev)
{
	struct pop3_slice line;
	enum pop3_client_fault fault = POP3_FAULT_REPLY;
	int rc;

	/* a whole line is there already when it answered a probe */
	if (in->len == 0 && !pop3_client_has_line(c)) {
		return pop3_client_stop(ev, POP3_CEV_INPUT);
	}
	if (c->line_len == 0) {
		c->is_unasked = c->asked_count == 0;
	}
	fault = c->is_unasked ? POP3_FAULT_UNASKED : POP3_FAULT_REPLY;
	if (c->line_len == 0 && is_no_text(in->at[0])) {
		return pop3_client_break(c, ev, fault);
	}
	rc = pop3_client_line(c, in, &line);
	if (rc < 0) {
		return pop3_client_break(c, ev, POP3_FAULT_LINE);
	}
	if (rc == 0) {
		return pop3_client_stop(ev, POP3_CEV_INPUT);
	}
	if (c->is_unasked || line.len == 0 || !is_sign(line.at[0])) {
		return break_at(c, line, ev, fault);
	}
	return take_line(c, line, in, ev);
}
