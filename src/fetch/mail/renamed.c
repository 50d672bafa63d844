// SPDX-License-Identifier: ISC
/*
 * renamed.c - what became of messages whose QUIT was not answered (renamed.h).
 * Runs in: the collector's carriers.  Trusts: the record; not the server.
 * Allocates: for a moment, what grows with the listing.
 */
#include "fetch/mail/renamed.h"

#include <stdlib.h>

#include "fetch/limits.h"

struct sizes {
	uint64_t *at;
	size_t count;
};

static int compare_sizes(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void sort(struct sizes *s)
{
	qsort(s->at, s->count, sizeof(*s->at), compare_sizes);
}

static bool is_unanswered(const struct record_entry *e)
{
	return e->stage == RECORD_DELETE_SENT && e->uid[0] != '\0';
}

/* Their sizes.  None if the name of one is listed. */
static void take_unanswered(const struct entries *es, struct sizes *to)
{
	for (size_t i = 0; i < es->count; i++) {
		const struct record_entry *e = &es->at[i];

		if (!is_unanswered(e)) {
			continue;
		}
		if (e->is_listed) {
			to->count = 0;
			return;
		}
		to->at[to->count++] = e->octets;
	}
	sort(to);
}

static void take_unknown(const struct plan_item *items, size_t count,
			 struct sizes *to)
{
	for (size_t i = 0; i < count; i++) {
		if (items[i].row == NULL) {
			to->at[to->count++] = items[i].octets;
		}
	}
	sort(to);
}

/* What both have, one to one; and of how many sizes that is.  Both are
 * sorted. */
static size_t count_common(const struct sizes *a, const struct sizes *b,
			   size_t *different_r)
{
	size_t count = 0, k = 0;
	uint64_t last = 0;

	*different_r = 0;
	for (size_t i = 0; i < a->count; i++) {
		while (k < b->count && b->at[k] < a->at[i]) {
			k++;
		}
		if (k == b->count || b->at[k] != a->at[i]) {
			continue;
		}
		*different_r += count == 0 || a->at[i] != last;
		last = a->at[i];
		count++;
		k++;
	}
	return count;
}

static bool is_proof(const struct sizes *before, const struct sizes *unknown)
{
	size_t different;
	size_t count = count_common(before, unknown, &different);

	return different >= FETCH_RENAMED_SIZES && count > before->count / 2;
}

static int are_renamed(const struct entries *es, const struct plan_item *items,
		       size_t count, bool *are_r)
{
	struct sizes before = { .at = calloc(es->count + 1, sizeof(uint64_t)) };
	struct sizes unknown = { .at = calloc(count + 1, sizeof(uint64_t)) };
	int rc = -1;

	if (before.at != NULL && unknown.at != NULL) {
		take_unanswered(es, &before);
		take_unknown(items, count, &unknown);
		*are_r = is_proof(&before, &unknown);
		rc = 0;
	}
	free(before.at);
	free(unknown.at);
	return rc;
}

static void settle(struct entries *es, enum record_stage stage,
		   int64_t now_unix)
{
	for (size_t i = 0; i < es->count; i++) {
		struct record_entry *e = &es->at[i];

		if (is_unanswered(e) && !e->is_listed) {
			e->stage = stage;
			e->changed_unix = now_unix;
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
	bool are = false;

	if (!has_unanswered(entries)) {
		return 0;
	}
	if (are_renamed(entries, items, count, &are) < 0) {
		return -1;
	}
	settle(entries, are ? RECORD_DOUBTED : RECORD_DELETED, now_unix);
	return 0;
}
