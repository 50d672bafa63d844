// SPDX-License-Identifier: ISC
/*
 * haul_group.c - whole messages on their last way: synced, recorded, delivered,
 * durable, recorded; a group at a time, so that they share what each of these
 * costs.
 * Runs in: the carrier's thread.  Trusts: the record, the sink.
 */
#include <stdlib.h>
#include <string.h>

#include "fetch/mail/attempts.h"
#include "fetch/run/haul_impl.h"

struct haul_load *haul_load_next(struct haul *h)
{
	struct haul_load *load;

	if (h->has_failed) {
		return NULL;
	}
	load = &h->loads[h->loads_count];
	*load = (struct haul_load){ 0 };
	return load;
}

void haul_load_done(struct haul *h, struct haul_load *load)
{
	h->loads_count += 1;
	h->loads_octets += load->octets;
	/* What cannot be found again after a crash is delivered anew: one
	 * message at most. */
	if (h->loads_count == HAUL_GROUP_MESSAGES ||
	    h->loads_octets >= HAUL_GROUP_OCTETS ||
	    (load->out != NULL && !sink_may_find(h->sink))) {
		haul_settle(h);
	}
}

bool haul_has_unsettled(const struct haul *h)
{
	return h->loads_count > 0 && h->in.out == NULL;
}

void haul_release_loads(struct haul *h)
{
	for (size_t i = 0; i < h->loads_count; i++) {
		if (h->loads[i].out != NULL) {
			sink_release(h->sink, &h->loads[i].out);
		}
	}
	h->loads_count = 0;
	h->loads_octets = 0;
}

/* -- the steps */

/* All are synced, and their places are known. */
static int make_ready(struct haul *h, struct sink_item **outs, size_t *count_r,
		      struct why *why)
{
	size_t count = 0;

	for (size_t i = 0; i < h->loads_count; i++) {
		if (h->loads[i].out != NULL) {
			outs[count++] = h->loads[i].out;
		}
	}
	*count_r = count;
	return count > 0 ? sink_ready(h->sink, outs, count, why) : 0;
}

/* The record knows what is about to be done. */
static int record_fetched(struct haul *h, struct why *why)
{
	int64_t now_unix = haul_now(h);

	if (record_begin(h->record, why) < 0) {
		return -1;
	}
	for (size_t i = 0; i < h->loads_count; i++) {
		struct haul_load *load = &h->loads[i];

		if (load->out == NULL) {
			continue;
		}
		load->row->stage = RECORD_FETCHED;
		load->row->changed_unix = now_unix;
		load->row->place = sink_place(load->out);
		if (record_put(h->record, load->row, why) < 0) {
			return -1;
		}
	}
	return record_commit(h->record, why);
}

/* It did not take load: what is told of that.  False, and *failure_r: nor does
 * it take any other one. */
static bool judge_refusal(struct haul *h, struct haul_load *load,
			  struct why *failure_r)
{
	if (load->why.kind == WHY_MESSAGE) {
		load->news = HAUL_ASIDE;
		h->refusals = 0;
		return true;
	}
	load->news = HAUL_POSTPONED;
	if (load->why.kind != WHY_LATER) {
		*failure_r = load->why;
		return false;
	}
	h->refusals += 1;
	if (h->refusals < HAUL_REFUSALS_MAX) {
		return true;
	}
	why_set(failure_r, WHY_TEMP,
		"the destination refuses one message after the other for now, "
		"the last one so: %s",
		load->why.text);
	return false;
}

/* *failure_r: the sink takes no more; the rest stays FETCHED in the record, and
 * the next visit finds that it is not there. */
static void deliver_all(struct haul *h, struct why *failure_r)
{
	for (size_t i = 0; i < h->loads_count; i++) {
		struct haul_load *load = &h->loads[i];

		if (load->out == NULL) {
			continue;
		}
		if (haul_is_late(h)) {
			return;
		}
		if (sink_deliver(h->sink, load->out, &load->why) == 0) {
			load->is_delivered = true;
			h->refusals = 0;
		} else if (!judge_refusal(h, load, failure_r)) {
			return;
		}
	}
}

static void note_delivered(struct haul *h, struct haul_load *load,
			   int64_t now_unix)
{
	load->row->stage = RECORD_DELIVERED;
	load->row->delivered_unix = now_unix;
	if (load->is_unsure && !plan_is_whole(load->row, load->item->octets)) {
		load->row->stage = RECORD_DOUBTED;
		load->action = PLAN_KEEP;
		return;
	}
	load->action = plan_may_delete(&h->plan.policy, now_unix) ? PLAN_DELETE
								  : PLAN_KEEP;
}

/* The digest of what is not held is nothing to know it by. */
static void note_undelivered(struct haul_load *load)
{
	struct record_entry *row = load->row;
	bool is_aside = load->news == HAUL_ASIDE;

	row->stage = is_aside ? RECORD_SET_ASIDE : RECORD_TRIED;
	/* The others come before it next time: it may be this one alone that
	 * is not taken. */
	row->tries = is_aside ? FETCH_TRIES_MAX : 1;
	row->reason = load->why.text;
	row->has_sum = false;
}

/* What became of it, as its row says it; false: nothing that the record does
 * not have. */
static bool note(struct haul *h, struct haul_load *load, int64_t now_unix)
{
	if (load->row == NULL || load->is_attempt) {
		return load->is_attempt;
	}
	load->row->changed_unix = now_unix;
	load->row->place = NULL;
	if (load->is_delivered || load->is_known) {
		load->row->reason = NULL; /* it could be had after all */
	}
	if (load->is_delivered) {
		note_delivered(h, load, now_unix);
	} else if (load->out != NULL && load->news != HAUL_CARRIED) {
		note_undelivered(load);
	} else if (load->out != NULL) {
		return false; /* its turn did not come */
	} else if (load->is_known) {
		load->action =
		    plan_may_delete(&h->plan.policy, load->row->delivered_unix)
			? PLAN_DELETE
			: PLAN_KEEP;
	}
	return true;
}

static int record_outcome(struct haul *h, struct why *why)
{
	int64_t now_unix = haul_now(h);

	if (record_begin(h->record, why) < 0) {
		return -1;
	}
	for (size_t i = 0; i < h->loads_count; i++) {
		struct haul_load *load = &h->loads[i];

		if (note(h, load, now_unix) &&
		    record_put(h->record, load->row, why) < 0) {
			return -1;
		}
	}
	return record_commit(h->record, why);
}

static void tell_one(struct haul *h, struct haul_load *load)
{
	bool is_untouched = load->out != NULL && !load->is_delivered &&
			    load->news == HAUL_CARRIED;
	struct haul_news *news;

	if (load->is_silent || (is_untouched && !haul_is_late(h))) {
		return;
	}
	news = haul_news_of(is_untouched ? HAUL_POSTPONED : load->news,
			    load->item, &load->why);
	news->task.action = load->action;
	news->is_known = load->is_known;
	haul_tell(h, news);
}

/* Rows outlive the group: they say later that DELE was sent. */
static void keep_row(struct haul *h, const struct haul_load *load)
{
	struct record_entry *row = malloc(sizeof(*row));
	struct record_entry **kept = &h->rows[haul_index(h, load->item)];

	if (row == NULL) {
		abort();
	}
	*row = load->fresh;
	row->reason = NULL; /* the load's */
	row->place = NULL;  /* its sink_item's */
	free(*kept);
	*kept = row;
	load->item->row = row;
}

static void keep_rows(struct haul *h)
{
	for (size_t i = 0; i < h->loads_count; i++) {
		const struct haul_load *load = &h->loads[i];

		if (load->is_attempt) {
			load->row->reason = NULL; /* the load's */
			continue;
		}
		h->is_touched[haul_index(h, load->item)] = load->row != NULL;
		if (load->row == &load->fresh) {
			keep_row(h, load);
		}
	}
}

/* False: nothing of the group is known to be delivered, and that was told.
 * *failure_r: the sink took some of it, and takes no more; what it did not take
 * stays FETCHED. */
static bool carry(struct haul *h, struct why *failure_r)
{
	struct sink_item *outs[HAUL_GROUP_MESSAGES];
	struct why why;
	size_t count;
	int rc;

	if (make_ready(h, outs, &count, &why) < 0) {
		haul_fail(h, &why);
		return false;
	}
	if (count == 0) {
		return true;
	}
	if (record_fetched(h, &why) < 0) {
		struct why unheard;

		(void)!sink_settle(h->sink, outs, count, &unheard);
		haul_fail_record(h, &why);
		return false;
	}
	atomic_store(&h->is_delivering, true);
	deliver_all(h, failure_r);
	rc = sink_settle(h->sink, outs, count, &why);
	atomic_store(&h->is_delivering, false);
	if (rc < 0) {
		haul_fail(h, &why);
	}
	return rc == 0;
}

/* Of what the sink did not take nothing is known; but what the server refused
 * it did refuse.  False: there is nothing of that, or no record. */
static bool keep_attempts(struct haul *h)
{
	bool has_any = false;

	for (size_t i = 0; i < h->loads_count; i++) {
		struct haul_load *load = &h->loads[i];

		if (load->is_attempt) {
			has_any = true;
		} else {
			load->row = NULL;
			load->is_silent = true;
		}
	}
	return has_any && !h->has_record_failed;
}

static void settle(struct haul *h)
{
	struct why failure = { .kind = WHY_NONE };
	struct why why;

	if (!carry(h, &failure) && !keep_attempts(h)) {
		return;
	}
	if (record_outcome(h, &why) < 0) {
		haul_fail_record(h, &why);
		return;
	}
	keep_rows(h);
	for (size_t i = 0; i < h->loads_count; i++) {
		tell_one(h, &h->loads[i]);
	}
	if (failure.kind != WHY_NONE) {
		haul_fail(h, &failure); /* behind what it did take */
	}
}

void haul_settle(struct haul *h)
{
	if (h->loads_count > 0 && !h->has_failed) {
		settle(h);
	}
	haul_release_loads(h);
}

/* -- what the server does not give */

void haul_attempted(struct haul *h, struct plan_item *item,
		    const struct why *failure, bool is_over)
{
	struct haul_load *load = haul_load_next(h);

	if (load == NULL) {
		return;
	}
	load->item = item;
	load->why = *failure;
	load->is_attempt = true;
	load->row = attempts_count(&h->plan, item, &load->why, &load->fresh);
	load->action = item->action;
	load->news =
	    item->action == PLAN_SET_ASIDE ? HAUL_ASIDE : HAUL_POSTPONED;
	load->is_silent = is_over && load->news != HAUL_ASIDE;
	haul_load_done(h, load);
}

void haul_refused(struct haul *h, uint32_t msn, const struct why *failure)
{
	struct plan_item *item = haul_item(h, msn);

	if (item == NULL || h->has_failed) {
		return;
	}
	if (failure->kind == WHY_TEMP) {
		haul_tell(h, haul_news_of(HAUL_POSTPONED, item, failure));
		return;
	}
	haul_attempted(h, item, failure, false);
}
