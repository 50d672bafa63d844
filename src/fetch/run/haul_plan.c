// SPDX-License-Identifier: ISC
/*
 * haul_plan.c - a session begins: what is to be done with each message.
 * Runs in: the carrier's thread.  Trusts: the record; never the server.
 * Allocates: what a session's listing needs.
 */
#include <stdlib.h>

#include "fetch/run/haul_impl.h"

struct plan_item *haul_item(const struct haul *h, uint32_t msn)
{
	const struct listing_message *m = listing_find(&h->listing, msn);

	return m != NULL ? h->by_listing[m - h->listing.at] : NULL;
}

size_t haul_index(const struct haul *h, const struct plan_item *item)
{
	return (size_t)(item - h->plan.items);
}

static int make_index(struct haul *h, struct why *why)
{
	size_t count = h->plan.count;

	h->by_listing = calloc(count + 1, sizeof(struct plan_item *));
	h->is_marked = calloc(count + 1, sizeof(bool));
	h->is_touched = calloc(count + 1, sizeof(bool));
	h->rows = calloc(count + 1, sizeof(struct record_entry *));
	if (h->by_listing == NULL || h->is_marked == NULL ||
	    h->is_touched == NULL || h->rows == NULL) {
		why_set(why, WHY_INTERNAL, "no memory for %zu messages", count);
		return -1;
	}
	for (size_t i = 0; i < count; i++) {
		struct plan_item *item = &h->plan.items[i];

		h->by_listing[listing_find(&h->listing, item->msn) -
			      h->listing.at] = item;
	}
	return 0;
}

/* -- what was on its way at a crash */

/* Is it there?  The answer stands in delivered_unix.  Outside of a transaction:
 * an mbox may have to be waited for. */
static int find(struct haul *h, struct record_entry *row, struct why *why)
{
	enum sink_found found = SINK_UNKNOWN;

	if (row->has_sum && row->place != NULL) {
		found = sink_find(h->sink, row->place);
	}
	if (found == SINK_BUSY) {
		why_set(why, WHY_TEMP,
			"it cannot be seen what was delivered before a crash, "
			"because another program has locked %s",
			h->account->deliver.path);
		return -1;
	}
	row->delivered_unix = found == SINK_DELIVERED ? row->changed_unix : 0;
	return 0;
}

static int put_found(struct haul *h, struct record_entry *row, struct why *why)
{
	bool is_delivered = row->delivered_unix != 0;

	row->stage = is_delivered ? RECORD_DELIVERED : RECORD_TRIED;
	row->place = NULL;
	if (is_delivered || row->uid[0] != '\0') {
		return record_put(h->record, row, why);
	}
	/* nothing is known of it, not even a name */
	if (record_forget(h->record, row->id, why) < 0) {
		return -1;
	}
	row->id = 0;
	return 0;
}

static int put_all_found(struct haul *h, struct why *why)
{
	if (record_begin(h->record, why) < 0) {
		return -1;
	}
	for (size_t i = 0; i < h->entries.count; i++) {
		struct record_entry *row = &h->entries.at[i];

		if (row->stage == RECORD_FETCHED &&
		    put_found(h, row, why) < 0) {
			return -1;
		}
	}
	return record_commit(h->record, why);
}

/* All of it, whether this listing names it or not: what was delivered and has
 * another unique-id now, or none, is known by its digest alone. */
static int verify(struct haul *h, struct why *why)
{
	size_t count = 0;

	/* The last first: of a group in an mbox only what is at the end can be
	 * cut off. */
	for (size_t i = h->entries.count; i > 0; i--) {
		struct record_entry *row = &h->entries.at[i - 1];

		if (row->stage != RECORD_FETCHED) {
			continue;
		}
		count += 1;
		if (find(h, row, why) < 0) {
			return -1;
		}
	}
	return count > 0 ? put_all_found(h, why) : 0;
}

/* -- the plan */

/* From this visit on its unique-id is not listed, or is again.  is_whole: what
 * the listing does not name is not there. */
static bool is_missed_anew(const struct record_entry *row, bool is_whole)
{
	return row->uid[0] != '\0' && (row->is_listed || is_whole) &&
	       row->is_listed == (row->missed_visit != 0);
}

static int note_missed(struct haul *h, struct why *why)
{
	struct why is_short;
	bool is_whole = !listing_is_short(&h->listing, &is_short);

	for (size_t i = 0; i < h->entries.count; i++) {
		struct record_entry *row = &h->entries.at[i];

		if (row->id == 0 ||
		    (!row->is_judged && !is_missed_anew(row, is_whole))) {
			continue;
		}
		if (is_missed_anew(row, is_whole)) {
			row->missed_visit = row->is_listed ? 0 : h->plan.visit;
		}
		row->is_judged = false;
		if (record_put(h->record, row, why) < 0) {
			return -1;
		}
	}
	return 0;
}

/* Unique-ids that are listed for the first time: beside which others is what
 * tells equal messages from one that was renamed (twins.h). */
static int note_seen(struct haul *h, struct why *why)
{
	for (size_t i = 0; i < h->plan.count; i++) {
		struct plan_item *item = &h->plan.items[i];

		if (item->row != NULL || item->uid[0] == '\0') {
			continue;
		}
		h->rows[i] = malloc(sizeof(*h->rows[i]));
		if (h->rows[i] == NULL) {
			abort();
		}
		plan_entry(item, h->rows[i]);
		h->rows[i]->stage = RECORD_TRIED;
		h->rows[i]->changed_unix = haul_now(h);
		if (record_put(h->record, h->rows[i], why) < 0) {
			return -1;
		}
		item->row = h->rows[i];
	}
	return 0;
}

static int note_listing(struct haul *h, struct why *why)
{
	if (record_begin(h->record, why) < 0 || note_missed(h, why) < 0 ||
	    note_seen(h, why) < 0) {
		return -1;
	}
	return record_commit(h->record, why);
}

static int put_changed(struct haul *h, struct why *why)
{
	bool has_begun = false;

	for (size_t i = 0; i < h->plan.count; i++) {
		struct plan_item *item = &h->plan.items[i];

		if (!item->is_changed) {
			continue;
		}
		if (!has_begun && record_begin(h->record, why) < 0) {
			return -1;
		}
		has_begun = true;
		item->is_changed = false;
		if (record_put(h->record, item->row, why) < 0) {
			return -1;
		}
	}
	return has_begun ? record_commit(h->record, why) : 0;
}

static int make_plan(struct haul *h, bool has_top, struct why *why)
{
	struct plan_policy policy = {
		.account = h->account,
		.retries = h->want.retries,
		.has_top = has_top,
		.now_unix = haul_now(h),
	};

	if (record_load(h->record, &h->listing, &h->entries, why) < 0 ||
	    (!h->want.only_looks && verify(h, why) < 0) ||
	    plan_make(&h->listing, &h->entries, &policy, &h->plan, why) < 0 ||
	    make_index(h, why) < 0) {
		return -1;
	}
	if (h->want.only_looks) {
		return 0;
	}
	return put_changed(h, why) < 0 ? -1 : note_listing(h, why);
}

static void tell_plan(struct haul *h)
{
	struct haul_news *news = haul_news_of(HAUL_PLANNED, NULL, NULL);
	struct haul_task *tasks = calloc(h->plan.count + 1, sizeof(*tasks));

	if (tasks == NULL) {
		abort();
	}
	for (size_t i = 0; i < h->plan.count; i++) {
		tasks[i] = haul_task_of(&h->plan.items[i]);
		if (haul_task_is_new(&tasks[i])) {
			news->new_octets += tasks[i].octets;
		}
	}
	news->tasks = tasks;
	news->tasks_count = h->plan.count;
	news->new_count = (uint32_t)h->plan.new_count;
	haul_tell(h, news);
}

void haul_plan(struct haul *h, struct listing *listing, bool has_top)
{
	struct why why;

	haul_end_session(h);
	h->listing = *listing;
	*listing = (struct listing){ 0 };
	if (make_plan(h, has_top, &why) < 0) {
		haul_end_session(h); /* half a plan is none */
		haul_fail_record(h, &why);
		return;
	}
	if (h->sink != NULL) {
		sink_expect(h->sink, h->plan.new_count);
	}
	tell_plan(h);
}
