// SPDX-License-Identifier: ISC
/*
 * collect.c - the life of a collection: sessions one after the other, until one
 * had nothing more to bring, or something is wrong.
 * Runs in: the collector's loop.  Trusts: the carrier; never the server.
 * Allocates: itself, queues as long as the listing.
 */
#include <stdlib.h>
#include <string.h>

#include "os/clock.h"
#include "fetch/run/collect_impl.h"

/* -- what a session needs */

void collect_queue_put(struct collect_queue *q, const struct haul_task *task)
{
	if (q->count == q->cap) {
		q->cap = q->cap == 0 ? 64 : q->cap * 2;
		q->at = reallocarray(q->at, q->cap, sizeof(*q->at));
		if (q->at == NULL) {
			abort();
		}
	}
	q->at[q->count++] = *task;
}

static void queue_finish(struct collect_queue *q)
{
	free(q->at);
	*q = (struct collect_queue){ 0 };
}

struct report_message collect_message(const struct haul_task *task)
{
	return (struct report_message){
		.number = task->msn,
		.octets = task->octets,
		.uid = task->uid,
	};
}

static void end_session(struct collect *c)
{
	visit_destroy(&c->visit);
	queue_finish(&c->looks);
	queue_finish(&c->fetches);
	queue_finish(&c->deletes);
}

static void begin_session(struct collect *c)
{
	const struct account *a = c->options.account;

	c->pending = 0;
	c->fetched = 0;
	c->carried = 0;
	c->brought = 0;
	c->undelivered = 0;
	c->postponed.kind = WHY_NONE;
	c->postponed_count = 0;
	c->unlisted.kind = WHY_NONE;
	c->undeleted_count = 0;
	c->is_planned = false;
	c->is_closed = c->is_stopping;
	c->is_text_begun = false;
	c->text_octets = 0;
	c->asked_quitting = false;
	c->may_quit = false;
	c->has_quit = false;
	c->is_over = false;
	c->was_quit = false;
	c->has_more = false;
	report_connecting(c->report, a->host, a->port, a->tls);
	c->visit =
	    visit_create(c->options.loop, a, c->pool, c->options.trust,
			 &collect_visit_owner, c, VISIT_WANT_LISTING, &c->why);
}

/* -- the end */

/* Of one, and how many there are. */
static void sum_up_postponed(struct collect *c)
{
	unsigned more = c->postponed_count - (c->postponed_count > 0);

	if (more > 0) {
		why_add(&c->postponed,
			", and %u more message%s could not be "
			"had or delivered for now",
			more, more == 1 ? "" : "s");
	}
}

/* Behind what else went wrong. */
static void sum_up_undeleted(const struct collect *c, struct why *why)
{
	unsigned count = c->undeleted_count;

	if (count == 0) {
		return;
	}
	if (why->kind == WHY_NONE) {
		why_set(why, WHY_TEMP, "%s", "");
	} else {
		why_add(why, ", and ");
	}
	why_add(why, "%u message%s could not be deleted on the server: %s",
		count, count == 1 ? "" : "s", c->undeleted.text);
}

/* What went wrong; what explains most comes first. */
static struct why why_ended(struct collect *c)
{
	struct why why;

	if (c->why.kind != WHY_NONE || c->is_stopping) {
		return c->why;
	}
	sum_up_postponed(c);
	why = c->unlisted.kind != WHY_NONE ? c->unlisted : c->postponed;
	sum_up_undeleted(c, &why);
	return why;
}

void collect_ended(struct collect *c)
{
	struct why why = why_ended(c);

	carrier_destroy(&c->carrier);
	if (why.kind != WHY_NONE) {
		report_failed(&c->report, &why);
	} else if (c->is_stopping) {
		report_interrupted(&c->report);
	} else {
		report_done(&c->report);
	}
	c->options.on_end(c->options.ctx, &why, c->login_delay_s);
}

/* Who has the same maildrop may have the record only then. */
static void finish(struct collect *c)
{
	c->is_ending = true;
	end_session(c);
	(void)uv_timer_stop(&c->timer);
	if (c->carrier != NULL) {
		carrier_end(c->carrier);
	} else {
		collect_ended(c);
	}
}

static void tell_deleted(struct collect *c)
{
	for (size_t i = 0; i < c->deletes.next; i++) {
		struct report_message m = collect_message(&c->deletes.at[i]);

		if (m.number != 0) {
			report_message(c->report, REPORT_DELETED, &m, NULL);
		}
	}
}

void collect_cut(struct collect *c, const struct why *why, uint32_t broke)
{
	struct carrier_job job = { .kind = JOB_OVER, .msn = broke };

	if (c->is_over) {
		return;
	}
	c->is_over = true;
	c->was_quit = why->kind == WHY_NONE;
	if (c->why.kind == WHY_NONE) {
		c->why = *why;
	}
	if (c->was_quit) {
		tell_deleted(c);
	}
	job.is_true = !c->is_closed && !c->has_more;
	job.why = malloc(sizeof(*job.why));
	if (job.why == NULL) {
		abort();
	}
	*job.why = *why;
	visit_destroy(&c->visit);
	carrier_put(c->carrier, &job);
}

/* A line that broke when it had brought something new, and before all was
 * asked for, may do so again. */
static bool is_worth_another(struct collect *c)
{
	if (c->is_stopping) {
		return false;
	}
	if (c->was_quit && c->why.kind == WHY_NONE) {
		c->breaks = 0;
		return c->has_more && c->brought > 0;
	}
	return c->why.kind == WHY_NETWORK && c->brought > 0 && !c->has_quit &&
	       ++c->breaks <= COLLECT_BREAKS_MAX &&
	       c->login_delay_s <= COLLECT_DELAY_MAX_S;
}

static uint32_t smaller_batch(const struct collect *c)
{
	uint32_t most = c->options.account->batch;

	return most == 0 || most > COLLECT_BATCH_SHAKY ? COLLECT_BATCH_SHAKY
						       : most;
}

static void on_timer_again(uv_timer_t *timer)
{
	struct collect *c = timer->data;

	begin_session(c);
	if (c->visit == NULL) {
		finish(c);
	}
}

void collect_after_session(struct collect *c)
{
	uint64_t wait_ms = (uint64_t)c->login_delay_s * 1000;

	if (!is_worth_another(c)) {
		finish(c);
		return;
	}
	if (c->why.kind != WHY_NONE) {
		c->batch = smaller_batch(c);
		wait_ms += COLLECT_AGAIN_MS;
	}
	c->why = (struct why){ .kind = WHY_NONE };
	end_session(c);
	(void)uv_timer_start(&c->timer, on_timer_again, wait_ms, 0);
}

static void on_timer_stop(uv_timer_t *timer)
{
	struct collect *c = timer->data;
	enum why_kind before = c->why.kind;
	struct why why;

	if (c->is_over) {
		return;
	}
	why_set(&why, WHY_TEMP, "it was to end, and the server is slow");
	collect_cut(c, &why, 0);
	c->why.kind = before; /* that is no failure */
}

void collect_stop(struct collect *c)
{
	if (c->is_stopping) {
		return;
	}
	c->is_stopping = true;
	c->is_closed = true;
	if (c->is_ending) {
		return; /* the thread's end is awaited */
	}
	if (c->carrier != NULL) {
		carrier_stop(c->carrier);
	}
	if (c->is_over) {
		return; /* the record's last word is awaited */
	}
	if (c->visit == NULL) {
		c->why.kind = WHY_NONE;
		finish(c); /* between two sessions */
		return;
	}
	if (!c->is_planned) {
		on_timer_stop(&c->timer);
		return;
	}
	(void)uv_timer_start(&c->timer, on_timer_stop, COLLECT_STOP_MS, 0);
	visit_wake(c->visit);
}

void collect_tell_lingering(struct collect *c)
{
	if (!c->is_lingering && !c->is_ending && c->carrier != NULL &&
	    carrier_is_delivering(c->carrier)) {
		c->is_lingering = true;
		report_lingers(c->options.report, c->options.account->name);
	}
}

/* -- the begin */

static int make_carrier(struct collect *c)
{
	struct haul_want want = {
		.record_path = c->options.record_path,
		.turns = c->options.turns,
		.retries = c->options.retries,
		.clock_unix = clock_unix,
	};
	struct haul *h = haul_prepare(c->options.account, &want);

	if (h == NULL) {
		why_set(&c->why, WHY_INTERNAL, "no memory for another account");
		return -1;
	}
	c->carrier = carrier_create(c->options.loop, h, &collect_carrier_owner,
				    c, &c->why);
	if (c->carrier == NULL) {
		haul_destroy(&h);
		return -1;
	}
	return 0;
}

static void on_timer_begin(uv_timer_t *timer)
{
	struct collect *c = timer->data;

	if (c->is_stopping || make_carrier(c) < 0) {
		finish(c);
	}
}

void collect_opened(struct collect *c)
{
	on_timer_again(&c->timer);
}

void collect_not_opened(struct collect *c)
{
	finish(c);
}

struct collect *collect_create(const struct collect_options *options)
{
	struct collect *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		return NULL;
	}
	if (block_pool_create(options->loop, COLLECT_BLOCKS, &c->pool) < 0) {
		free(c);
		return NULL;
	}
	c->options = *options;
	c->batch = options->account->batch;
	c->report = report_begin(options->report, options->account->name);
	c->timer.data = c;
	(void)uv_timer_init(options->loop, &c->timer);
	(void)uv_timer_start(&c->timer, on_timer_begin, 0, 0);
	return c;
}

static void on_timer_closed(uv_handle_t *timer)
{
	free(timer->data);
}

void collect_destroy(struct collect **collect)
{
	struct collect *c = *collect;

	if (c == NULL) {
		return;
	}
	*collect = NULL;
	end_session(c);
	carrier_destroy(&c->carrier);
	block_pool_destroy(&c->pool);
	if (c->report != NULL) {
		report_interrupted(&c->report);
	}
	uv_close((uv_handle_t *)&c->timer, on_timer_closed);
}
