// SPDX-License-Identifier: ISC
/*
 * twins.c - which row is a fetched message's, by its digest (twins.h).
 * Runs in: the collector's carriers.  Trusts: the record.  Allocates: never.
 */
#include "fetch/mail/twins.h"

#include <string.h>

static bool vouches(const struct record_entry *e,
		    const uint8_t digest[DIGEST_LEN])
{
	return record_is_held(e) && !e->is_claimed &&
	       memcmp(e->sum.text, digest, DIGEST_LEN) == 0;
}

static const uint8_t *digest_at(const struct entries *es, size_t i)
{
	return es->at[es->by_digest[i]].sum.text;
}

/* The first of by_digest whose digest is not less. */
static size_t lower_bound(const struct entries *es,
			  const uint8_t digest[DIGEST_LEN])
{
	size_t from = 0, until = es->by_digest_count;

	while (from < until) {
		size_t middle = from + (until - from) / 2;

		if (memcmp(digest_at(es, middle), digest, DIGEST_LEN) < 0) {
			from = middle + 1;
		} else {
			until = middle;
		}
	}
	return from;
}

/* What is spent stays so: rows are claimed for good, and those that are gone
 * vouch for no twin.  So a run of equal digests is gone through once in all,
 * not once for each of as many equal messages. */
static bool is_spent(const struct record_entry *e)
{
	return e->is_claimed || e->stage == RECORD_DELETED;
}

/* The message was listed beside the row. */
static bool is_another(const struct record_entry *e, int64_t first_visit)
{
	return e->uid[0] != '\0' && first_visit != 0 && e->first_visit != 0 &&
	       (e->missed_visit == 0 || e->missed_visit > first_visit);
}

static struct record_entry *find_twin(struct entries *es, int64_t first_visit,
				      const uint8_t digest[DIGEST_LEN])
{
	size_t first = lower_bound(es, digest);
	size_t i;

	if (first == es->by_digest_count) {
		return NULL;
	}
	for (i = first + es->spent[first]; i < es->by_digest_count; i++) {
		struct record_entry *e = &es->at[es->by_digest[i]];

		if (memcmp(e->sum.text, digest, DIGEST_LEN) != 0) {
			break;
		}
		if (!is_spent(e) && vouches(e, digest) &&
		    !is_another(e, first_visit)) {
			return e;
		}
		if (is_spent(e) && i == first + es->spent[first]) {
			es->spent[first]++;
		}
	}
	return NULL;
}

struct record_entry *twins_claim(struct entries *entries,
				 struct record_entry *own, int64_t first_visit,
				 const uint8_t digest[DIGEST_LEN])
{
	struct record_entry *e = own;

	if (own == NULL || !vouches(own, digest)) {
		e = find_twin(entries, first_visit, digest);
	}
	if (e != NULL) {
		e->is_claimed = true;
	}
	return e;
}
