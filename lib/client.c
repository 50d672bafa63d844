// SPDX-License-Identifier: ISC
/*
 * client.c - the client's loop, and the queue of what an answer is awaited for
 * (pop3/client.h).
 * Runs in: the client.  Trusts: nothing that the server says.
 * Allocates: never.
 */
#include "bug.h"
#include "client_impl.h"
#include "state.h"
#include "wipe.h"

/* --- events --- */

bool pop3_client_stop(struct pop3_client_event *ev,
		      enum pop3_client_event_type type)
{
	ev->type = type;
	return true;
}

static void say_broken(const struct pop3_client *c,
		       struct pop3_client_event *ev)
{
	ev->type = POP3_CEV_BROKEN;
	ev->fault = (enum pop3_client_fault)c->fault;
	ev->verb = pop3_client_awaits(c);
}

bool pop3_client_break(struct pop3_client *c, struct pop3_client_event *ev,
		       enum pop3_client_fault fault)
{
	c->phase = CLIENT_BROKEN;
	c->fault = (uint8_t)fault;
	say_broken(c, ev);
	return true;
}

static bool stay_broken(struct pop3_client *c, struct pop3_slice *in,
			struct pop3_client_event *ev)
{
	(void)in;
	say_broken(c, ev);
	return true;
}

/* --- the queue --- */

struct pop3_client_asked pop3_client_head(const struct pop3_client *c)
{
	bug_if(c->asked_count == 0);
	return c->asked[c->asked_first];
}

size_t pop3_client_awaited(const struct pop3_client *c)
{
	return c->asked_count;
}

enum pop3_verb_asked pop3_client_awaits(const struct pop3_client *c)
{
	return c->asked_count == 0
		   ? POP3_ASK_COUNT
		   : (enum pop3_verb_asked)pop3_client_head(c).verb;
}

const char *pop3_client_verb_name(enum pop3_verb_asked verb)
{
	bug_if(verb >= POP3_ASK_COUNT);
	return pop3_client_verbs[verb].name;
}

/* A server takes QUIT before it answers it: two steps of the diagram. */
static void move_on(struct pop3_client *c, enum pop3_verb verb, bool is_ok)
{
	enum pop3_state state = (enum pop3_state)c->state;

	if (verb == POP3_VERB_QUIT) {
		state = pop3_state_after(state, verb, POP3_STEP_ASK);
	}
	state =
	    pop3_state_after(state, verb, is_ok ? POP3_STEP_OK : POP3_STEP_ERR);
	if (state != (enum pop3_state)c->state) {
		/* [rfc2449/5/states] "Capabilities available in the
		 * AUTHORIZATION state MUST be announced in both states": what
		 * is here stays true, but may not be all. */
		c->capabilities.is_known = false;
	}
	c->state = (uint8_t)state;
}

bool pop3_client_answered(struct pop3_client *c, struct pop3_client_event *ev,
			  bool is_ok)
{
	struct pop3_client_asked asked = pop3_client_head(c);

	c->asked_first = (c->asked_first + 1) % POP3_CLIENT_QUEUE_MAX;
	c->asked_count--;
	c->phase = CLIENT_REPLY;
	move_on(c, pop3_client_verbs[asked.verb].verb, is_ok);
	ev->type = POP3_CEV_REPLY;
	ev->verb = (enum pop3_verb_asked)asked.verb;
	ev->msn = asked.msn;
	ev->is_ok = is_ok;
	return true;
}

/* --- TLS --- */

/* [rfc2595/4/begin] "A TLS negotiation begins immediately after the CRLF at the
 * end of the +OK response from the server." */
static bool owe_tls(struct pop3_client *c, struct pop3_slice *in,
		    struct pop3_client_event *ev)
{
	return in->len != 0 ? pop3_client_break(c, ev, POP3_FAULT_BEHIND_STLS)
			    : pop3_client_stop(ev, POP3_CEV_INPUT);
}

/* [rfc2595/4/discard-client] "Once TLS has been started, the client MUST
 * discard cached information about server capabilities" */
void pop3_client_tls_begun(struct pop3_client *c)
{
	bug_if(c->phase != CLIENT_TLS);
	memset(&c->capabilities, 0, sizeof(c->capabilities));
	wipe(c->line, sizeof(c->line));
	c->line_len = 0;
	c->is_line_told = false;
	c->phase = CLIENT_REPLY;
}

/* --- the loop --- */

static client_phase_run *const phases[CLIENT_PHASES] = {
	[CLIENT_REPLY] = pop3_client_take_reply,
	[CLIENT_LINES] = pop3_client_take_lines,
	[CLIENT_TEXT] = pop3_client_take_text,
	[CLIENT_PROBED] = pop3_client_take_probed,
	[CLIENT_TLS] = owe_tls,
	[CLIENT_BROKEN] = stay_broken,
};

enum pop3_client_event_type pop3_client_run(struct pop3_client *c,
					    struct pop3_slice *in,
					    struct pop3_client_event *ev_r)
{
	struct pop3_client_event ev;
	bool is_stopped = false;

	while (!is_stopped) {
		if (c->is_line_told) { /* nobody looks at it any more */
			c->is_line_told = false;
			c->line_len = 0;
		}
		memset(&ev, 0, sizeof(ev));
		is_stopped = phases[c->phase](c, in, &ev);
	}
	*ev_r = ev;
	return ev.type;
}

/* --- begin and end --- */

void pop3_client_init(struct pop3_client *c)
{
	memset(c, 0, sizeof(*c));
	c->state = POP3_ST_GREETING;
	c->phase = CLIENT_REPLY;
	c->asked[0].verb = POP3_ASK_GREETING;
	c->asked_count = 1;
}

void pop3_client_finish(struct pop3_client *c)
{
	wipe(c, sizeof(*c));
}
