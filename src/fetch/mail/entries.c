// SPDX-License-Identifier: ISC
/*
 * entries.c - rows of the record in memory (entries.h).
 * Runs in: the collector's carriers.  Trusts: the record.  Allocates: what
 * grows with the rows.
 *
 * Sorted indexes rather than a hash table: unique-ids are the server's choice,
 * and no choice makes sorting slow.
 */
#include "fetch/mail/entries.h"

#include <stdlib.h>
#include <string.h>

bool record_is_held(const struct record_entry *e)
{
	return e->has_sum &&
	       (e->stage == RECORD_DELIVERED ||
		e->stage == RECORD_DELETE_SENT || e->stage == RECORD_DELETED ||
		e->stage == RECORD_DOUBTED);
}

static bool make_room(struct entries *es)
{
	size_t cap = es->cap == 0 ? 64 : es->cap * 2;
	size_t size;
	struct record_entry *at;

	if (es->count < es->cap) {
		return true;
	}
	/* indexes are 32 bits */
	if (cap > UINT32_MAX || !checked_mul(cap, sizeof(*at), &size)) {
		return false;
	}
	at = realloc(es->at, size);
	if (at == NULL) {
		return false;
	}
	es->at = at;
	es->cap = cap;
	return true;
}

static const char *copied(struct entries *es, const char *text)
{
	return text == NULL ? "" : pool_copy(&es->pool, text, strlen(text));
}

bool entries_add(struct entries *es, const struct record_entry *e)
{
	struct record_entry copy = *e;

	copy.uid = copied(es, e->uid);
	copy.place = copied(es, e->place);
	copy.reason = copied(es, e->reason);
	if (copy.uid == NULL || copy.place == NULL || copy.reason == NULL ||
	    !make_room(es)) {
		return false;
	}
	es->at[es->count] = copy;
	es->count++;
	return true;
}

static int compare_uids(const void *a, const void *b, void *entries)
{
	const struct entries *es = entries;

	return strcmp(es->at[*(const uint32_t *)a].uid,
		      es->at[*(const uint32_t *)b].uid);
}

/* Equal ones in the order of the rows: the eldest vouches first. */
static int compare_digests(const void *a, const void *b, void *entries)
{
	const struct entries *es = entries;
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	int rc = memcmp(es->at[i].sum.text, es->at[k].sum.text, DIGEST_LEN);

	return rc != 0 ? rc : (i > k) - (i < k);
}

static bool index_alloc(uint32_t **index, size_t count)
{
	size_t size;

	free(*index);
	*index = NULL;
	if (checked_mul(count + 1, sizeof(**index), &size)) {
		*index = malloc(size);
	}
	return *index != NULL;
}

bool entries_index(struct entries *es)
{
	if (!index_alloc(&es->by_uid, es->count) ||
	    !index_alloc(&es->by_digest, es->count) ||
	    !index_alloc(&es->spent, es->count)) {
		return false;
	}
	es->by_uid_count = 0;
	es->by_digest_count = 0;
	for (size_t i = 0; i < es->count; i++) {
		es->spent[i] = 0;
		if (es->at[i].uid[0] != '\0') {
			es->by_uid[es->by_uid_count++] = (uint32_t)i;
		}
		if (es->at[i].has_sum) {
			es->by_digest[es->by_digest_count++] = (uint32_t)i;
		}
	}
	qsort_r(es->by_uid, es->by_uid_count, sizeof(*es->by_uid), compare_uids,
		es);
	qsort_r(es->by_digest, es->by_digest_count, sizeof(*es->by_digest),
		compare_digests, es);
	return true;
}

struct record_entry *entries_find(const struct entries *es, const char *uid)
{
	size_t from = 0, until = es->by_uid_count;

	while (from < until) {
		size_t middle = from + (until - from) / 2;
		struct record_entry *e = &es->at[es->by_uid[middle]];
		int rc = strcmp(uid, e->uid);

		if (rc == 0) {
			return e;
		}
		if (rc < 0) {
			until = middle;
		} else {
			from = middle + 1;
		}
	}
	return NULL;
}

void entries_finish(struct entries *es)
{
	free(es->at);
	free(es->by_uid);
	free(es->by_digest);
	free(es->spent);
	pool_finish(&es->pool);
	*es = (struct entries){ 0 };
}
