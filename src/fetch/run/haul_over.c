// SPDX-License-Identifier: ISC
/*
 * haul_over.c - a session ends: what that means for the record.
 * Runs in: the carrier's thread.  Trusts: the loop.
 */
#include <string.h>

#include "fetch/mail/sizes.h"
#include "fetch/run/haul_impl.h"

void haul_mark(struct haul *h, uint32_t msn, bool is_sent)
{
	struct plan_item *item = haul_item(h, msn);

	if (item != NULL) {
		h->is_marked[haul_index(h, item)] = is_sent;
	}
}

/* In a transaction: the rows of what is marked are at that stage now. */
static int put_marked(struct haul *h, enum record_stage stage, struct why *why)
{
	for (size_t i = 0; i < h->plan.count; i++) {
		struct record_entry *row = h->plan.items[i].row;

		if (!h->is_marked[i] || row == NULL) {
			continue;
		}
		row->stage = stage;
		row->changed_unix = haul_now(h);
		if (record_put(h->record, row, why) < 0) {
			return -1;
		}
	}
	return 0;
}

static bool is_nameless(const struct haul *h, size_t i)
{
	const struct record_entry *row = h->plan.items[i].row;

	return h->is_marked[i] && row != NULL && row->uid[0] == '\0';
}

static bool has_nameless(const struct haul *h)
{
	for (size_t i = 0; i < h->plan.count; i++) {
		if (is_nameless(h, i)) {
			return true;
		}
	}
	return false;
}

/* What tells by the next session whether they went, if QUIT's answer is lost
 * and there are no unique-ids. */
static int count_alike(struct haul *h, struct why *why)
{
	struct sizes listed;

	if (!has_nameless(h)) {
		return 0;
	}
	if (!sizes_begin(&listed, h->plan.count)) {
		why_set(why, WHY_INTERNAL, "no memory for %zu messages",
			h->plan.count);
		return -1;
	}
	for (size_t i = 0; i < h->plan.count; i++) {
		sizes_add(&listed, h->plan.items[i].octets);
	}
	sizes_sort(&listed);
	for (size_t i = 0; i < h->plan.count; i++) {
		struct record_entry *row = h->plan.items[i].row;

		if (is_nameless(h, i)) {
			row->alike = sizes_count(&listed, row->octets);
		}
	}
	sizes_finish(&listed);
	return 0;
}

void haul_quitting(struct haul *h)
{
	struct why why;

	haul_settle(h);
	if (count_alike(h, &why) < 0) {
		haul_fail_record(h, &why);
		return;
	}
	if (record_begin(h->record, &why) < 0 ||
	    put_marked(h, RECORD_DELETE_SENT, &why) < 0 ||
	    record_commit(h->record, &why) < 0) {
		haul_fail_record(h, &why);
		return;
	}
	haul_tell(h, haul_news_of(HAUL_QUITTING, NULL, NULL));
}

/* When the youngest of the messages that were not dealt with was listed first
 * (record_note_gone). */
static int64_t undealt(const struct haul *h)
{
	int64_t last = 0;

	for (size_t i = 0; i < h->plan.count; i++) {
		const struct plan_item *item = &h->plan.items[i];
		int64_t first =
		    item->first_visit != 0 ? item->first_visit : INT64_MAX;

		if (!h->is_touched[i] &&
		    !(item->row != NULL && item->row->is_claimed) &&
		    first > last) {
			last = first;
		}
	}
	return last;
}

/* What a short listing does not name may be there. */
static int note_gone(struct haul *h, bool is_whole, struct why *why)
{
	struct why is_short;

	if (listing_is_short(&h->listing, &is_short)) {
		return 0;
	}
	return record_note_gone(h->record, &h->entries,
				is_whole ? 0 : undealt(h), haul_now(h), why);
}

static int put_end(struct haul *h, bool is_whole, struct why *why)
{
	if (record_begin(h->record, why) < 0 ||
	    put_marked(h, RECORD_DELETED, why) < 0) {
		return -1;
	}
	if (note_gone(h, is_whole, why) < 0 ||
	    record_prune(h->record, haul_now(h), why) < 0) {
		return -1;
	}
	return record_commit(h->record, why);
}

/* Notes that a line broke in it.  False: it is noted already. */
static bool blame(struct haul *h, const struct plan_item *item)
{
	const char *uid;

	for (size_t i = 0; i < h->blamed_count; i++) {
		if (strcmp(h->blamed[i], item->uid) == 0) {
			return false;
		}
	}
	uid = pool_copy(&h->pool, item->uid, strlen(item->uid));
	if (uid != NULL && h->blamed_count < HAUL_BLAMED_MAX) {
		h->blamed[h->blamed_count++] = uid;
	}
	return true;
}

/* The line broke within an answer: perhaps that message is to blame. */
static void count_attempt(struct haul *h, uint32_t broke,
			  const struct why *failure)
{
	struct plan_item *item = broke != 0 ? haul_item(h, broke) : NULL;

	if (item != NULL && blame(h, item)) {
		haul_attempted(h, item, failure, true);
		haul_settle(h);
	}
}

/* A row of this session that proves nothing any more. */
static int doubt(struct haul *h, struct plan_item *item, struct why *why)
{
	struct record_entry *row = item->row;

	if (row == NULL || row->id == 0) {
		return 0;
	}
	if (row->stage == RECORD_SKIPPED) {
		int64_t id = row->id;

		row->id = 0;
		return record_forget(h->record, id, why);
	}
	if (row->stage != RECORD_DELIVERED) {
		return 0;
	}
	row->stage = RECORD_DOUBTED;
	return record_put(h->record, row, why);
}

/*
 * If answers were out of step, what came in this session may have been the
 * answer to another command than we thought.  If the line broke, the text that
 * came last may not have been over.  Nothing is deleted by such rows, or left
 * undone, before header and size have proved them (plan.h).
 */
static int doubt_session(struct haul *h, bool is_out_of_step, struct why *why)
{
	if (record_begin(h->record, why) < 0) {
		return -1;
	}
	for (size_t i = 0; i < h->plan.count; i++) {
		struct plan_item *item = &h->plan.items[i];

		if (h->is_touched[i] && (is_out_of_step || item == h->last) &&
		    doubt(h, item, why) < 0) {
			return -1;
		}
	}
	return record_commit(h->record, why);
}

static int note_failure(struct haul *h, uint32_t broke,
			const struct why *failure, struct why *why)
{
	if (doubt_session(h, failure->kind == WHY_PROTOCOL, why) < 0) {
		return -1;
	}
	count_attempt(h, broke, failure);
	return 0;
}

void haul_over(struct haul *h, const struct why *why, uint32_t broke,
	       bool is_whole)
{
	struct why failure;
	int rc = 0;

	haul_forget_incoming(h);
	haul_settle(h);
	if (why->kind == WHY_NONE) {
		rc = put_end(h, is_whole, &failure);
	} else if (!h->has_record_failed) {
		rc = note_failure(h, broke, why, &failure);
	}
	if (rc < 0) {
		haul_fail_record(h, &failure);
	}
	haul_tell(h, haul_news_of(HAUL_OVER, NULL, NULL));
}
