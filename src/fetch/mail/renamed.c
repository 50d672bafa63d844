// SPDX-License-Identifier: ISC
/*
 * renamed.c - whether deleted messages are there under other names (renamed.h).
 * Runs in: the collector's carriers.  Trusts: the record; not the server.
 * Allocates: for a moment, what grows with the listing.
 */
#include "fetch/mail/renamed.h"

#include <stdlib.h>
#include <string.h>

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

static bool is_sent(const struct record_entry *e)
{
	return e->stage == RECORD_DELETE_SENT && e->uid[0] != '\0';
}

/* Two texts at least were to be deleted, and no name of any is listed. */
static bool are_all_gone(const struct entries *es)
{
	const struct record_entry *one = NULL;
	bool is_telling = false;

	for (size_t i = 0; i < es->count; i++) {
		const struct record_entry *e = &es->at[i];

		if (!is_sent(e)) {
			continue;
		}
		if (e->is_listed || !e->has_sum) {
			return false;
		}
		one = one == NULL ? e : one;
		is_telling |=
		    memcmp(one->sum.text, e->sum.text, DIGEST_LEN) != 0;
	}
	return is_telling;
}

static void take_sent(const struct entries *es, struct sizes *to)
{
	for (size_t i = 0; i < es->count; i++) {
		if (is_sent(&es->at[i])) {
			to->at[to->count++] = es->at[i].octets;
		}
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

/* One to one.  Both are sorted. */
static bool is_part(const struct sizes *part, const struct sizes *whole)
{
	size_t k = 0;

	for (size_t i = 0; i < part->count; i++, k++) {
		while (k < whole->count && whole->at[k] < part->at[i]) {
			k++;
		}
		if (k == whole->count || whole->at[k] != part->at[i]) {
			return false;
		}
	}
	return true;
}

int renamed_judge(const struct entries *entries, const struct plan_item *items,
		  size_t count, bool *is_r)
{
	struct sizes sent = { 0 }, unknown = { 0 };
	int rc = -1;

	*is_r = false;
	if (!are_all_gone(entries)) {
		return 0;
	}
	sent.at = calloc(entries->count + 1, sizeof(*sent.at));
	unknown.at = calloc(count + 1, sizeof(*unknown.at));
	if (sent.at != NULL && unknown.at != NULL) {
		take_sent(entries, &sent);
		take_unknown(items, count, &unknown);
		*is_r = is_part(&sent, &unknown);
		rc = 0;
	}
	free(sent.at);
	free(unknown.at);
	return rc;
}
