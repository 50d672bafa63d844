// SPDX-License-Identifier: ISC
/*
 * renamed.c - what became of messages whose QUIT was not answered (renamed.h).
 * Runs in: the collector's carriers.  Trusts: the record; not the server.
 * Allocates: for a moment, what grows with the listing.
 */
#include "fetch/mail/renamed.h"

#include "fetch/limits.h"
#include "fetch/mail/sizes.h"

static bool is_unanswered(const struct record_entry *e)
{
	return e->stage == RECORD_DELETE_SENT;
}

static bool has_name(const struct record_entry *e)
{
	return e->uid[0] != '\0';
}

/* Of rows with a name.  None if one of these is listed. */
static void take_unanswered(const struct entries *es, struct sizes *to)
{
	for (size_t i = 0; i < es->count; i++) {
		const struct record_entry *e = &es->at[i];

		if (!is_unanswered(e) || !has_name(e)) {
			continue;
		}
		if (e->is_listed) {
			to->count = 0;
			return;
		}
		sizes_add(to, e->octets);
	}
	sizes_sort(to);
}

static void take_items(const struct plan_item *items, size_t count,
		       bool with_rows, struct sizes *to)
{
	for (size_t i = 0; i < count; i++) {
		if (with_rows || items[i].row == NULL) {
			sizes_add(to, items[i].octets);
		}
	}
	sizes_sort(to);
}

static bool are_there(const struct sizes *before, const struct sizes *unknown)
{
	size_t different;
	size_t count = sizes_common(before, unknown, &different);

	return different >= FETCH_RENAMED_SIZES && count > before->count / 2;
}

static void put_down(struct record_entry *e, enum record_stage stage,
		     int64_t now_unix)
{
	e->stage = stage;
	e->changed_unix = now_unix;
	e->is_judged = true;
}

static void settle_named(struct entries *es, bool are_renamed, int64_t now_unix)
{
	for (size_t i = 0; i < es->count; i++) {
		struct record_entry *e = &es->at[i];

		if (is_unanswered(e) && has_name(e) && !e->is_listed) {
			put_down(e,
				 are_renamed ? RECORD_DOUBTED : RECORD_DELETED,
				 now_unix);
		}
	}
}

static void settle_nameless(struct entries *es, const struct sizes *listed,
			    int64_t now_unix)
{
	for (size_t i = 0; i < es->count; i++) {
		struct record_entry *e = &es->at[i];

		if (is_unanswered(e) && !has_name(e) &&
		    sizes_count(listed, e->octets) < e->alike) {
			put_down(e, RECORD_DELETED, now_unix);
		}
	}
}

static bool has_unanswered(const struct entries *es)
{
	for (size_t i = 0; i < es->count; i++) {
		if (is_unanswered(&es->at[i])) {
			return true;
		}
	}
	return false;
}

int renamed_settle(struct entries *entries, const struct plan_item *items,
		   size_t count, int64_t now_unix)
{
	struct sizes before = { 0 }, unknown = { 0 }, listed = { 0 };
	int rc = -1;

	if (!has_unanswered(entries)) {
		return 0;
	}
	if (sizes_begin(&before, entries->count) &&
	    sizes_begin(&unknown, count) && sizes_begin(&listed, count)) {
		take_unanswered(entries, &before);
		take_items(items, count, false, &unknown);
		take_items(items, count, true, &listed);
		settle_named(entries, are_there(&before, &unknown), now_unix);
		settle_nameless(entries, &listed, now_unix);
		rc = 0;
	}
	sizes_finish(&before);
	sizes_finish(&unknown);
	sizes_finish(&listed);
	return rc;
}
