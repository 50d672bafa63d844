// SPDX-License-Identifier: ISC
/*
 * run.c - the server's loop: the states of RFC 1939, and what is due next
 * within each.
 * Runs in: session.  Trusts: nothing that the client says.  Allocates: never.
 */
#include "bug.h"
#include "dispatch.h"
#include "foreign.h"
#include "handlers.h"
#include "line.h"
#include "phase.h"
#include "reply.h"

/*
 * The diagram of RFC 1939.  What is not here leaves the state as it is, but
 * POP3_STEP_FATAL, which ends all; which verb is allowed in which state stands
 * in command.c's table.
 */
static const struct edge {
	enum pop3_state from;
	enum pop3_verb verb;
	enum pop3_step step;
	enum pop3_state to;
} edges[] = {
	{ POP3_ST_AUTHORIZATION, POP3_VERB_PASS, POP3_STEP_OK,
	  POP3_ST_TRANSACTION },
	{ POP3_ST_AUTHORIZATION, POP3_VERB_APOP, POP3_STEP_OK,
	  POP3_ST_TRANSACTION },
	{ POP3_ST_AUTHORIZATION, POP3_VERB_AUTH, POP3_STEP_OK,
	  POP3_ST_TRANSACTION },
	{ POP3_ST_AUTHORIZATION, POP3_VERB_QUIT, POP3_STEP_OK, POP3_ST_CLOSED },
	{ POP3_ST_TRANSACTION, POP3_VERB_QUIT, POP3_STEP_ASK, POP3_ST_UPDATE },
	{ POP3_ST_UPDATE, POP3_VERB_QUIT, POP3_STEP_OK,
	  POP3_ST_CLOSED }, /* all that was marked is gone */
	{ POP3_ST_UPDATE, POP3_VERB_QUIT, POP3_STEP_ERR,
	  POP3_ST_CLOSED }, /* some of it stayed */
};

static enum pop3_state next_state(enum pop3_state from, enum pop3_verb verb,
				  enum pop3_step step)
{
	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		const struct edge *e = &edges[i];

		if (e->from == from && e->verb == verb && e->step == step) {
			return e->to;
		}
	}
	return step == POP3_STEP_FATAL ? POP3_ST_CLOSED : from;
}

static enum phase phase_after(enum pop3_step step)
{
	switch (step) {
	case POP3_STEP_OK:
	case POP3_STEP_ERR:
	case POP3_STEP_FATAL:
	case POP3_STEP_TLS:
		break;
	case POP3_STEP_LINES:
		return PH_LINES;
	case POP3_STEP_BODY:
		return PH_BODY;
	case POP3_STEP_ASK:
		return PH_ASKED;
	case POP3_STEP_MORE:
		return PH_RESPONSE;
	}
	return PH_COMMAND;
}

/* Books what became of the command in hand.  Returns true if run must stop for
 * the event that was set. */
static bool settle(struct pop3_server *s, enum pop3_step step,
		   const struct pop3_event *ev)
{
	s->state = (uint8_t)next_state((enum pop3_state)s->state,
				       (enum pop3_verb)s->verb, step);
	s->phase = (uint8_t)phase_after(step);
	s->cursor = 0;
	if (s->state == POP3_ST_CLOSED) {
		s->phase = PH_CLOSE;
	}
	if (step == POP3_STEP_ASK) {
		s->asked = (uint8_t)ev->type;
		return true;
	}
	return false;
}

/* --- phases: each does one thing, and returns true if run must stop --- */

struct run {
	struct pop3_slice *in;
	struct pop3_writer *out;
	struct pop3_event ev;
};

static bool stop(struct run *r, enum pop3_event_type type)
{
	r->ev.type = type;
	return true;
}

/* [rfc1939/4/greeting] "Once a TCP connection has been opened by a POP3 client,
 * the POP3 server issues a one line greeting." */
static bool greet(struct pop3_server *s, struct run *r)
{
	pop3_put_str(r->out, "+OK ");
	pop3_put_str(r->out, s->config->greeting);
	if (s->stamp_len != 0) {
		pop3_put_str(r->out, " ");
		pop3_put_slice(r->out, pop3_slice_of(s->stamp, s->stamp_len));
	}
	pop3_put_str(r->out, "\r\n");
	s->state = POP3_ST_AUTHORIZATION;
	s->phase = PH_COMMAND;
	return false;
}

/*
 * What came in clear text behind STLS may be anybody's, and must not be taken
 * for a command of the secured connection: whoever wrote it there has no good
 * reason, so the connection ends.
 * [rfc2595/4/wait] "Once a client issues a STLS command, it MUST NOT issue
 * further commands until a server response is seen and the TLS negotiation is
 * complete."
 */
static enum pop3_step begin_tls(struct run *r)
{
	if (r->in->len != 0) {
		pop3_reply_err(r->out, POP3_CODE_NONE,
			       "Nothing may follow STLS before TLS has begun");
		return POP3_STEP_FATAL;
	}
	pop3_reply_ok(r->out, "Begin TLS now");
	r->ev.type = POP3_EV_STLS;
	return POP3_STEP_ASK;
}

static enum pop3_step dispatch(struct pop3_server *s, struct pop3_slice line,
			       struct run *r)
{
	enum pop3_step step = pop3_dispatch(s, line, r->out, &r->ev);

	return step == POP3_STEP_TLS ? begin_tls(r) : step;
}

static enum pop3_step skip(struct pop3_server *s, struct run *r)
{
	struct pop3_slice head = *r->in;

	if (head.len > POP3_LINE_MAX) {
		head.len = POP3_LINE_MAX;
	}
	s->is_skipping = true;
	return pop3_dispatch_long(s, head, r->out);
}

/*
 * [rfc2449/4/command] "The maximum length of a command is increased from 47
 * characters (4 character command, single space, 40 character argument, CRLF)
 * to 255 octets, including the terminating CRLF."  A longer one is refused as
 * soon as it is known to be, and its rest thrown away as it comes.
 *
 * [rfc2449/6.6/turn] "If a server supports PIPELINING, it MUST process each
 * command in turn."
 */
static bool take_line(struct pop3_server *s, struct run *r)
{
	struct pop3_slice line;
	int rc = pop3_line_next(r->in, POP3_LINE_MAX, &line);

	if (rc == 0) {
		return stop(r, POP3_EV_INPUT);
	}
	return settle(s, rc < 0 ? skip(s, r) : dispatch(s, line, r), &r->ev);
}

static bool go_on_skipping(struct pop3_server *s, struct run *r)
{
	if (!pop3_line_skip(r->in)) {
		return stop(r, POP3_EV_INPUT);
	}
	s->is_skipping = false;
	return false;
}

/* A TLS record is no line: its LF may never come, so nobody waits for it. */
static bool take_command(struct pop3_server *s, struct run *r)
{
	if (s->is_skipping) {
		return go_on_skipping(s, r);
	}
	if (s->state == POP3_ST_AUTHORIZATION && pop3_foreign_is_tls(*r->in)) {
		return settle(s, pop3_dispatch_tls(s, r->out), &r->ev);
	}
	return take_line(s, r);
}

/*
 * A response has another limit than a command: [rfc5034/4/length] "Clients and
 * servers MUST be able to handle the largest encoded challenges and responses
 * generated by the authentication mechanisms they support."
 */
static bool take_response(struct pop3_server *s, struct run *r)
{
	struct pop3_slice line;
	int rc = pop3_line_next(r->in, POP3_SASL_LINE_MAX, &line);
	enum pop3_step step;

	if (rc == 0) {
		return stop(r, POP3_EV_INPUT);
	}
	s->is_skipping = rc < 0;
	step = pop3_on_response(s, rc < 0 ? NULL : &line, r->out, &r->ev);
	(void)settle(s, step, &r->ev);
	return true;
}

static bool owe_answer(struct pop3_server *s, struct run *r)
{
	(void)s, (void)r;
	bug_if(true); /* run was called before the answer */
	return true;
}

static enum pop3_step after_listing(struct pop3_server *s,
				    struct pop3_writer *out,
				    struct pop3_event *ev)
{
	if (!s->is_ok) {
		pop3_reply_err(out, (enum pop3_code)s->code, s->text);
		return POP3_STEP_ERR;
	}
	s->has_listing = true;
	return pop3_dispatch_again(s, out, ev);
}

static enum pop3_step after_answer(struct pop3_server *s, struct run *r)
{
	switch ((enum pop3_event_type)s->asked) {
	case POP3_EV_USER:
		return pop3_after_user(s, r->out);
	case POP3_EV_LOGIN:
		return pop3_after_login(s, r->out);
	case POP3_EV_AUTH:
	case POP3_EV_RESPONSE:
		return pop3_after_auth(s, r->out);
	case POP3_EV_LISTING:
		return after_listing(s, r->out, &r->ev);
	case POP3_EV_MESSAGE:
		return pop3_after_message(s, r->out);
	case POP3_EV_COMMIT:
		return pop3_after_commit(s, r->out);
	case POP3_EV_INPUT:
	case POP3_EV_OUTPUT:
	case POP3_EV_STLS:
	case POP3_EV_AUTH_CANCEL:
	case POP3_EV_BODY:
	case POP3_EV_CLOSE:
		break;
	}
	bug_if(true);
	return POP3_STEP_FATAL;
}

static bool go_on(struct pop3_server *s, struct run *r)
{
	return settle(s, after_answer(s, r), &r->ev);
}

static bool put_lines(struct pop3_server *s, struct run *r)
{
	if (!pop3_lines_put(s, r->out)) {
		return stop(r, POP3_EV_OUTPUT);
	}
	s->phase = PH_COMMAND;
	return false;
}

static bool hand_over_body(struct pop3_server *s, struct run *r)
{
	s->phase = PH_ASKED;
	s->asked = POP3_EV_BODY;
	r->ev.idx = s->idx;
	r->ev.is_top = s->is_top;
	r->ev.body_lines = s->body_lines;
	return stop(r, POP3_EV_BODY);
}

static bool say_why(struct pop3_server *s, struct run *r)
{
	pop3_reply_err(r->out, (enum pop3_code)s->code, s->text);
	s->phase = PH_CLOSE;
	return false;
}

static bool end(struct pop3_server *s, struct run *r)
{
	s->state = POP3_ST_CLOSED;
	return stop(r, POP3_EV_CLOSE);
}

static const struct {
	bool (*go)(struct pop3_server *s, struct run *r);
	size_t room; /* what it may put at once */
} phases[PH_COUNT] = {
	[PH_GREETING] = { greet, POP3_REPLY_MAX },
	[PH_COMMAND] = { take_command, POP3_REPLY_MAX },
	[PH_RESPONSE] = { take_response, POP3_REPLY_MAX },
	[PH_ASKED] = { owe_answer, 0 },
	[PH_ANSWERED] = { go_on, POP3_REPLY_MAX },
	[PH_LINES] = { put_lines, POP3_LISTED_MAX },
	[PH_BODY] = { hand_over_body, 0 },
	[PH_ABORT] = { say_why, POP3_REPLY_MAX },
	[PH_CLOSE] = { end, 0 },
};

enum pop3_event_type pop3_server_run(struct pop3_server *s,
				     struct pop3_slice *in,
				     struct pop3_writer *out,
				     struct pop3_event *ev_r)
{
	struct run r = { .in = in, .out = out };
	bool is_stopped = false;

	while (!is_stopped) {
		/* nothing of one command is left for the next */
		r.ev = (struct pop3_event){ 0 };
		is_stopped = pop3_writer_room(out) < phases[s->phase].room
				 ? stop(&r, POP3_EV_OUTPUT)
				 : phases[s->phase].go(s, &r);
	}
	r.ev.is_utf8 = s->is_utf8;
	*ev_r = r.ev;
	return r.ev.type;
}
