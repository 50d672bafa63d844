// SPDX-License-Identifier: ISC
/*
 * guard_marks.c - a table of marks (guard_marks.h).
 * Runs in: auth; any thread.  Trusts: nothing in the table.
 */
#include "auth/guard_marks.h"

#include <stdbool.h>

#include "auth/guard_memory.h"

/* The set comes from the hash's low bits. */
static _Atomic uint64_t *set_of(const struct guard_marks *t, uint64_t hash)
{
	return t->words + (hash & (t->sets - 1)) * GUARD_MARK_WAYS;
}

static uint64_t tag_of(uint64_t hash)
{
	return hash & ~GUARD_MARK_MAX;
}

static bool is_under(uint64_t word, uint64_t hash)
{
	return (word & GUARD_MARK_MAX) != 0 &&
	       (word & ~GUARD_MARK_MAX) == tag_of(hash);
}

/* Two who make the same one at the same time may both find it missing; then
 * there are two, and the higher one counts. */
uint64_t guard_marks_find(const struct guard_marks *t, uint64_t hash)
{
	const _Atomic uint64_t *set = set_of(t, hash);
	uint64_t mark = 0;

	for (unsigned i = 0; i < GUARD_MARK_WAYS; i++) {
		uint64_t word = atomic_load(&set[i]);

		if (is_under(word, hash) && (word & GUARD_MARK_MAX) > mark) {
			mark = word & GUARD_MARK_MAX;
		}
	}
	return mark;
}

/* The word that the hash stands in, or else may take; and what is in it. */
static _Atomic uint64_t *find_place(const struct guard_marks *t, uint64_t hash,
				    uint64_t *word_r)
{
	_Atomic uint64_t *set = set_of(t, hash), *place = NULL;
	uint64_t least = 0;

	for (unsigned i = 0; i < GUARD_MARK_WAYS; i++) {
		uint64_t word = atomic_load(&set[i]);

		if (is_under(word, hash)) {
			*word_r = word;
			return &set[i];
		}
		if (place == NULL || (word & GUARD_MARK_MAX) < least) {
			least = word & GUARD_MARK_MAX;
			place = &set[i];
			*word_r = word;
		}
	}
	return place;
}

void guard_marks_change(const struct guard_marks *t, uint64_t hash,
			uint64_t (*change)(void *ctx, uint64_t old), void *ctx)
{
	bool is_done = false;

	while (!is_done) {
		uint64_t word = 0, old, mark;
		_Atomic uint64_t *place = find_place(t, hash, &word);

		old = is_under(word, hash) ? word & GUARD_MARK_MAX : 0;
		mark = change(ctx, old) & GUARD_MARK_MAX;
		is_done = mark == old || atomic_compare_exchange_strong(
					     place, &word, tag_of(hash) | mark);
	}
}
