// SPDX-License-Identifier: ISC
/*
 * collect_news.c - what the carrier says: messages that are ours, and what is
 * to be asked of the server because of it.
 * Runs in: the collector's loop.  Trusts: the carrier.
 */
#include <stdlib.h>

#include "fetch/run/collect_impl.h"

static void tell(struct collect *c, enum report_outcome outcome,
		 const struct haul_task *task, const struct why *why)
{
	struct report_message m = collect_message(task);

	report_message(c->report, outcome, &m, why);
}

/* What needs nothing of the server: whether that is worth a word. */
static void keep(struct collect *c, const struct haul_task *task)
{
	if (task->action == PLAN_TOO_LARGE) {
		tell(c, REPORT_TOO_LARGE, task, NULL);
	} else if (task->because == PLAN_BY_RULE) {
		tell(c, REPORT_SKIPPED, task, NULL);
	} else if (task->because == PLAN_TOO_OLD) {
		tell(c, REPORT_TOO_OLD, task, NULL);
	}
}

static void queue(struct collect *c, const struct haul_task *task)
{
	switch (task->action) {
	case PLAN_FETCH:
		collect_queue_put(&c->fetches, task);
		return;
	case PLAN_LOOK:
		collect_queue_put(&c->looks, task);
		return;
	case PLAN_DELETE:
		collect_queue_put(&c->deletes, task);
		return;
	case PLAN_KEEP:
	case PLAN_TOO_LARGE:
		keep(c, task);
		return;
	case PLAN_SET_ASIDE:
	case PLAN_VERIFY:
		return;
	}
}

/* What earlier visits gave up, and is there still. */
static uint32_t count_aside(const struct haul_news *news)
{
	uint32_t count = 0;

	for (size_t i = 0; i < news->tasks_count; i++) {
		count += news->tasks[i].action == PLAN_SET_ASIDE;
	}
	return count;
}

static void on_planned(struct collect *c, const struct haul_news *news)
{
	struct report_listing listing = {
		.count = (uint32_t)news->tasks_count,
		.new_count = news->new_count,
		.new_octets = news->new_octets,
	};

	report_listed(c->report, &listing);
	report_aside(c->report, count_aside(news));
	c->is_planned = true;
	for (size_t i = 0; i < news->tasks_count; i++) {
		queue(c, &news->tasks[i]);
	}
}

/* It does not fill a session: without unique-ids, or by rules without TOP, the
 * same ones would do that again and again. */
static void not_new(struct collect *c)
{
	c->fetched -= c->fetched > 0 ? 1 : 0;
}

static void on_carried(struct collect *c, const struct haul_news *news)
{
	c->carried += 1;
	if (news->is_known) {
		not_new(c);
	} else {
		c->brought += 1;
	}
	tell(c, news->is_known ? REPORT_KNOWN : REPORT_DELIVERED, &news->task,
	     NULL);
	queue(c, &news->task);
}

/* Whatever it was, the next visit does not try this message again. */
static void on_aside(struct collect *c, struct haul_news *news)
{
	c->undelivered += 1;
	news->why.kind = WHY_MESSAGE;
	tell(c, REPORT_SET_ASIDE, &news->task, &news->why);
}

/* It does not fill a session: the others may be to be had. */
static void on_postponed(struct collect *c, const struct haul_news *news)
{
	c->undelivered += 1;
	not_new(c);
	tell(c, REPORT_POSTPONED, &news->task, &news->why);
	why_set(&c->postponed, WHY_TEMP, "message %u: %s", news->task.msn,
		news->why.text);
	c->postponed_count += 1;
}

/* The destination takes nothing more, or the record: what is ours may still be
 * deleted, unless it was the record. */
static void on_failed(struct collect *c, const struct haul_news *news)
{
	c->why = news->why;
	c->is_closed = true;
	c->undelivered += c->pending;
	c->pending = 0;
	if (!c->is_opened) {
		collect_not_opened(c);
	} else if (news->is_record && c->visit != NULL) {
		collect_cut(c, &news->why, 0);
	}
}

/* It ends a command's being on its way. */
static bool is_of_message(const struct haul_news *news)
{
	switch (news->kind) {
	case HAUL_DECIDED:
	case HAUL_CARRIED:
	case HAUL_LEFT:
	case HAUL_ASIDE:
	case HAUL_POSTPONED:
		return true;
	case HAUL_OPENED:
	case HAUL_PLANNED:
	case HAUL_QUITTING:
	case HAUL_OVER:
	case HAUL_FAILED:
		return false;
	}
	return false;
}

static void on_decided(struct collect *c, const struct haul_task *task)
{
	/* its header is all that the server will have given of it */
	if (task->action == PLAN_TOO_LARGE ||
	    (task->action == PLAN_KEEP && task->because != PLAN_HELD)) {
		c->undelivered += 1;
	}
	queue(c, task);
}

static void on_left(struct collect *c, const struct haul_news *news)
{
	c->undelivered += 1;
	not_new(c);
	tell(c,
	     news->task.because == PLAN_TOO_OLD ? REPORT_TOO_OLD
						: REPORT_SKIPPED,
	     &news->task, NULL);
	if (news->task.action == PLAN_DELETE) {
		queue(c, &news->task);
	}
}

/* A server that deletes by itself what was fetched (RFC 2449, 6.7: EXPIRE 0)
 * must not hear QUIT while something of that is not ours. */
static void on_quitting(struct collect *c)
{
	const struct pop3_capabilities *has;
	struct why why;

	c->may_quit = true;
	/* what was looked at, to be fetched, and was not */
	if (c->looks.next > 0 && c->fetches.next < c->fetches.count) {
		c->undelivered += 1;
	}
	if (c->visit == NULL || c->undelivered == 0) {
		return;
	}
	has = visit_capabilities(c->visit);
	if (has->has_expire && !has->expire_never && has->expire_days == 0) {
		why_set(&why, WHY_TEMP,
			"the server deletes what was fetched (EXPIRE 0), and "
			"not all of that could be delivered: the session was "
			"broken off, so that it stays");
		collect_cut(c, &why, 0);
	}
}

static void on_news(void *ctx, struct haul_news *news)
{
	struct collect *c = ctx;

	if (c->is_ending) {
		haul_news_free(news);
		return;
	}
	if (is_of_message(news) && c->pending > 0) {
		c->pending -= 1;
	}
	switch (news->kind) {
	case HAUL_OPENED:
		c->is_opened = true;
		collect_opened(c);
		break;
	case HAUL_PLANNED:
		on_planned(c, news);
		break;
	case HAUL_DECIDED:
		on_decided(c, &news->task);
		break;
	case HAUL_CARRIED:
		on_carried(c, news);
		break;
	case HAUL_LEFT:
		on_left(c, news);
		break;
	case HAUL_ASIDE:
		on_aside(c, news);
		break;
	case HAUL_POSTPONED:
		on_postponed(c, news);
		break;
	case HAUL_QUITTING:
		on_quitting(c);
		break;
	case HAUL_FAILED:
		on_failed(c, news);
		break;
	case HAUL_OVER:
		haul_news_free(news);
		collect_after_session(c);
		return;
	}
	haul_news_free(news);
}

static void on_told(void *ctx)
{
	struct collect *c = ctx;

	if (c->visit != NULL) {
		visit_wake(c->visit);
	}
}

static void on_ended(void *ctx)
{
	collect_ended(ctx);
}

static void on_room(void *ctx)
{
	struct collect *c = ctx;

	if (c->visit != NULL) {
		visit_resume(c->visit);
	}
}

const struct carrier_owner collect_carrier_owner = {
	.on_news = on_news,
	.on_told = on_told,
	.on_ended = on_ended,
	.on_room = on_room,
};
