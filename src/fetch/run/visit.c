// SPDX-License-Identifier: ISC
/*
 * visit.c - the life of a session with a server: link and protocol engine
 * together.
 * Runs in: the collector's loop.  Trusts: its owner; never the server.
 * Allocates: itself.
 */
#include <stdlib.h>

#include "fetch/limits.h"
#include "fetch/run/visit_impl.h"

static const char *const fault_texts[POP3_FAULT_COUNT] = {
	[POP3_FAULT_NONE] = "nothing",
	[POP3_FAULT_LINE] = "the server sent a line without end",
	[POP3_FAULT_REPLY] = "this is no answer of a POP3 server:",
	[POP3_FAULT_UNASKED] = "the server said something unasked:",
	[POP3_FAULT_BEHIND_STLS] =
	    ("the server, or somebody between, sent octets in clear text "
	     "behind its answer to STLS; nothing was said to it"),
	[POP3_FAULT_CHALLENGE] = "the server broke the rules of AUTH:",
};

/* -- its end */

static void on_timer_closed(uv_handle_t *tick)
{
	free(tick->data);
}

void visit_destroy(struct visit **visit)
{
	struct visit *v = *visit;

	if (v == NULL) {
		return;
	}
	*visit = NULL;
	v->step = STEP_OVER;
	v->is_freed = true;
	link_close(&v->link);
	login_destroy(&v->login);
	secret_wipe(&v->password);
	listing_finish(&v->listing);
	pop3_client_finish(&v->client);
	uv_close((uv_handle_t *)&v->tick, on_timer_closed);
}

void visit_end(struct visit *v, const struct why *why)
{
	if (v->step != STEP_OVER) {
		uint32_t broke = visit_flow_msn(v);

		v->step = STEP_OVER;
		(void)uv_timer_stop(&v->tick);
		link_pause(v->link);
		v->owner->on_end(v->ctx, why, broke);
	}
}

void visit_end_unsaid(struct visit *v, int rc)
{
	struct why why;

	why_set(&why, WHY_INTERNAL,
		"a command could not be put together (%d); please report this",
		rc);
	visit_end(v, &why);
}

/* Who does not even let us in may be no POP3 server at all. */
static void advise_who(const struct visit *v, struct why *why)
{
	if (v->step < STEP_INSIDE && why->kind == WHY_PROTOCOL) {
		why_add(why, "; see whether server, port and tls are right");
	}
}

static void end_broken(struct visit *v, const struct pop3_client_event *ev)
{
	struct why why;

	why_set(&why,
		ev->fault == POP3_FAULT_BEHIND_STLS ? WHY_TLS : WHY_PROTOCOL,
		"%s", fault_texts[ev->fault]);
	if (ev->text.len > 0 && ev->fault != POP3_FAULT_BEHIND_STLS) {
		/* of it so much that the advice has room */
		why_octets(&why, ev->text.at,
			   ev->text.len < REFUSAL_SHOWN_MAX
			       ? ev->text.len
			       : REFUSAL_SHOWN_MAX);
	}
	advise_who(v, &why);
	visit_end(v, &why);
}

/* -- what the link tells */

/* What we do between an answer and the next command is no wait for the
 * server. */
static void expect(struct visit *v)
{
	link_expect(v->link, pop3_client_awaited(&v->client) > 0);
}

static void on_event(struct visit *v, struct block *block,
		     const struct pop3_client_event *ev)
{
	if (ev->type == POP3_CEV_BROKEN) {
		end_broken(v, ev);
	} else if (ev->type == POP3_CEV_TEXT) {
		visit_flow_text(v, block, ev->octets_of_text);
	} else if (v->step == STEP_AT_WORK) {
		visit_flow_event(v, ev);
	} else {
		visit_open_event(v, ev);
	}
}

/* Whether a server that is not believed yet says too much to ever come to an
 * end. */
static bool is_endless(struct visit *v, size_t len)
{
	struct why why;

	if (v->step >= STEP_INSIDE) {
		return false;
	}
	v->opening_octets += len;
	if (v->opening_octets <= VISIT_OPENING_OCTETS_MAX) {
		return false;
	}
	why_set(&why, WHY_PROTOCOL,
		"the server said more than %u octets before the log-in was "
		"through: no POP3 server does",
		VISIT_OPENING_OCTETS_MAX);
	advise_who(v, &why);
	visit_end(v, &why);
	return true;
}

static void on_octets(void *ctx, struct block *block, size_t offset, size_t len)
{
	struct visit *v = ctx;
	struct pop3_slice in = { block->octets + offset, len };
	struct pop3_client_event ev;

	if (v->step == STEP_OVER || is_endless(v, len)) {
		return;
	}
	v->silent_ticks = 0;
	v->is_probed = false;
	while (!v->is_freed && v->step != STEP_OVER &&
	       pop3_client_run(&v->client, &in, &ev) != POP3_CEV_INPUT) {
		on_event(v, block, &ev);
	}
	if (!v->is_freed && v->step != STEP_OVER) {
		expect(v);
		visit_pump(v);
	}
}

static void on_ready(void *ctx)
{
	visit_open_ready(ctx);
}

static void on_drained(void *ctx)
{
	visit_pump(ctx);
}

static void on_ended(void *ctx, enum link_end end, const struct why *why)
{
	(void)end;
	visit_end(ctx, why);
}

static const struct link_events link_events = {
	.ready = on_ready,
	.octets = on_octets,
	.drained = on_drained,
	.ended = on_ended,
};

/* -- what the owner asks */

/* A server that says an octet now and then is never silent. */
static void look_at_opening(struct visit *v)
{
	uint64_t most_s =
	    (uint64_t)v->account->timeout_s * VISIT_OPENING_TIMEOUTS;
	struct why why;

	if ((uint64_t)v->ticks * VISIT_TICK_MS >= most_s * 1000) {
		why_set(&why, WHY_NETWORK,
			"%s has not let us in after %llu seconds",
			v->account->host, (unsigned long long)most_s);
		visit_end(v, &why);
	}
}

static void on_tick(uv_timer_t *tick)
{
	struct visit *v = tick->data;

	v->ticks += 1;
	if (v->step == STEP_AT_WORK) {
		visit_flow_tick(v);
	} else if (v->step < STEP_INSIDE) {
		look_at_opening(v);
	}
}

struct visit *visit_create(uv_loop_t *loop, const struct account *account,
			   struct block_pool *pool, struct trust *trust,
			   const struct visit_owner *owner, void *ctx,
			   enum visit_want want, struct why *why)
{
	struct visit *v = calloc(1, sizeof(*v));
	struct link_options options = {
		.loop = loop,
		.pool = pool,
		.account = account,
		.trust = trust,
		.events = &link_events,
		.ctx = v,
	};

	if (v == NULL || link_open(&options, &v->link) < 0) {
		why_set(why, WHY_INTERNAL, "no memory for a connection");
		free(v);
		return NULL;
	}
	v->account = account;
	v->owner = owner;
	v->ctx = ctx;
	v->want = want;
	v->trust = trust;
	v->tick.data = v;
	(void)uv_timer_init(loop, &v->tick);
	(void)uv_timer_start(&v->tick, on_tick, VISIT_TICK_MS, VISIT_TICK_MS);
	pop3_client_init(&v->client);
	return v;
}

void visit_flush(struct visit *v)
{
	v->asked_ms = uv_now(v->tick.loop);
	link_flush(v->link);
	expect(v);
}

void visit_wake(struct visit *v)
{
	if (v->step == STEP_AT_WORK) {
		visit_pump(v);
	}
}

void visit_pause(struct visit *v)
{
	link_pause(v->link);
}

void visit_resume(struct visit *v)
{
	link_resume(v->link);
}

const struct pop3_capabilities *visit_capabilities(const struct visit *v)
{
	return &v->client.capabilities;
}

const struct link_peer *visit_peer(const struct visit *v)
{
	return link_peer(v->link);
}

size_t visit_awaited(const struct visit *v)
{
	return v->sent_count;
}
