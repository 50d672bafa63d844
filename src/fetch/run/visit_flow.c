// SPDX-License-Identifier: ISC
/*
 * visit_flow.c - commands behind the log-in: as many on their way as the server
 * bears and as the window holds, and what to do about one that is silent.
 * Runs in: the collector's loop.  Trusts: its owner; never the server.
 */
#include <assert.h>

#include "fetch/limits.h"
#include "fetch/run/visit_impl.h"

static struct visit_command *first(struct visit *v)
{
	return &v->sent[v->sent_first];
}

uint32_t visit_flow_msn(const struct visit *v)
{
	const struct visit_command *c = &v->sent[v->sent_first];

	return v->sent_count > 0 &&
		       (c->verb == POP3_ASK_RETR || c->verb == POP3_ASK_TOP)
		   ? c->msn
		   : 0;
}

static bool has_room(const struct visit *v)
{
	size_t awaited = pop3_client_awaited(&v->client);

	if (v->sent_count == 0) {
		return awaited == 0;
	}
	return v->is_pipelining && awaited < VISIT_WINDOW_COMMANDS &&
	       v->sent_octets < VISIT_WINDOW_OCTETS &&
	       link_pending(v->link) < VISIT_WINDOW_PENDING;
}

static int put(struct visit *v, const struct visit_command *c)
{
	struct pop3_writer *out = link_out(v->link);

	if (c->verb == POP3_ASK_RETR) {
		return pop3_client_retr(&v->client, out, c->msn);
	}
	if (c->verb == POP3_ASK_TOP) {
		return pop3_client_top(&v->client, out, c->msn, c->lines);
	}
	if (c->verb == POP3_ASK_DELE) {
		return pop3_client_dele(&v->client, out, c->msn);
	}
	assert(c->verb == POP3_ASK_QUIT);
	return pop3_client_quit(&v->client, out);
}

static int send_command(struct visit *v, const struct visit_command *c)
{
	size_t at = (v->sent_first + v->sent_count) % POP3_CLIENT_QUEUE_MAX;
	int rc = put(v, c);

	if (rc < 0) {
		return rc;
	}
	v->sent[at] = *c;
	v->sent_count += 1;
	v->sent_octets += c->octets;
	return 0;
}

void visit_pump(struct visit *v)
{
	struct visit_command c;
	bool has_put = false;
	int rc = 0;

	if (v->step != STEP_AT_WORK || v->is_pumping) {
		return;
	}
	v->is_pumping = true;
	while (rc == 0 && !v->is_freed && has_room(v) &&
	       v->owner->next(v->ctx, &c)) {
		rc = send_command(v, &c);
		has_put = true;
	}
	v->is_pumping = false;
	if (v->is_freed) {
		return;
	}
	if (rc < 0) {
		visit_end_unsaid(v, rc);
	} else if (has_put) {
		visit_flush(v);
	}
}

static void end_quit(struct visit *v, const struct pop3_client_event *ev)
{
	struct why why = { .kind = WHY_NONE };

	if (!ev->is_ok) {
		why_set(&why, WHY_TEMP,
			"the server did not remove all that was deleted:");
		why_octets(&why, ev->text.at, ev->text.len);
	}
	visit_end(v, &why);
}

void visit_flow_event(struct visit *v, const struct pop3_client_event *ev)
{
	struct visit_command c;

	if (ev->type != POP3_CEV_REPLY) {
		return;
	}
	link_answered(v->link);
	if (v->sent_count == 0 || first(v)->verb != ev->verb) {
		assert(ev->verb == POP3_ASK_NOOP); /* a probe */
		return;
	}
	c = *first(v);
	v->sent_first = (v->sent_first + 1) % POP3_CLIENT_QUEUE_MAX;
	v->sent_count -= 1;
	v->sent_octets -= c.octets;
	if (c.verb == POP3_ASK_QUIT) {
		end_quit(v, ev);
		return;
	}
	v->owner->on_answer(v->ctx, &c, ev);
}

void visit_flow_text(struct visit *v, struct block *block,
		     struct pop3_slice text)
{
	struct visit_command c = *first(v);

	v->owner->on_text(v->ctx, &c, block, text.at, text.len);
}

/* The text may be over, but for a server that does not end it as it should. */
static void probe(struct visit *v)
{
	int rc = pop3_client_probe(&v->client, link_out(v->link));

	v->is_probed = true;
	first(v)->is_unsure = true;
	if (rc < 0) {
		visit_end_unsaid(v, rc);
		return;
	}
	visit_flush(v);
}

/* "Such a timer MUST be of at least 10 minutes' duration", says RFC 1939,
 * section 3; servers are known whose is shorter. */
static void keep_awake(struct visit *v)
{
	int rc = pop3_client_noop(&v->client, link_out(v->link));

	if (rc < 0) {
		visit_end_unsaid(v, rc);
		return;
	}
	visit_flush(v);
}

void visit_flow_tick(struct visit *v)
{
	uint64_t now_ms = uv_now(v->tick.loop);

	v->silent_ticks = link_is_held(v->link) ? 0 : v->silent_ticks + 1;
	if (!v->is_probed && v->silent_ticks >= VISIT_PROBE_TICKS &&
	    pop3_client_text_may_be_over(&v->client)) {
		probe(v);
	} else if (pop3_client_awaited(&v->client) == 0 &&
		   now_ms - v->asked_ms >= VISIT_AWAKE_MS) {
		keep_awake(v);
	}
}
