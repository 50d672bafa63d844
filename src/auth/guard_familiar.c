// SPDX-License-Identifier: ISC
/*
 * guard_familiar.c - who has logged in from where (guard_familiar.h).
 * Runs in: auth; any thread.  Trusts: nothing in the table.
 *
 * A word is 24 bits of the user's hash, 24 of the pair's, and the day.
 */
#include "auth/guard_familiar.h"

#include "auth/guard_memory.h"

#define DAY_MASK  UINT64_C(0xffff)
#define USER_MASK (UINT64_C(0xffffff) << 40)

/* The set comes from the low bits of the user's hash. */
static _Atomic uint64_t *set_of(const struct guard_familiar *t, uint64_t user)
{
	return t->words + (user & (t->sets - 1)) * GUARD_FAMILIAR_WAYS;
}

static uint64_t tag_of(uint64_t user, uint64_t pair)
{
	return (user & USER_MASK) | ((pair & USER_MASK) >> 24);
}

/* Of days that are to come (the clock was wrong) nothing is known; but tomorrow
 * may have begun already when the clock was put right by a little. */
static bool is_kept(uint64_t word, uint32_t day)
{
	uint64_t then = word & DAY_MASK;

	return then <= day + 1 && day + 1 - then <= GUARD_FAMILIAR_DAYS;
}

bool guard_familiar_has(const struct guard_familiar *t, uint64_t user,
			uint64_t pair, uint32_t day)
{
	const _Atomic uint64_t *set = set_of(t, user);

	for (unsigned i = 0; i < GUARD_FAMILIAR_WAYS; i++) {
		uint64_t word = atomic_load(&set[i]);

		if ((word & ~DAY_MASK) == tag_of(user, pair) &&
		    is_kept(word, day)) {
			return true;
		}
	}
	return false;
}

/* What a set holds, in one look. */
struct look {
	unsigned same;       /* the pair's own place; WAYS: none */
	unsigned oldest;     /* free ones, and those past, first */
	unsigned oldest_own; /* of the user's */
	unsigned own;        /* how many are the user's */
	uint64_t words[GUARD_FAMILIAR_WAYS];
};

static uint64_t age_key(uint64_t word, uint32_t day)
{
	return is_kept(word, day) ? (word & DAY_MASK) + 1 : 0;
}

static void look_at(const _Atomic uint64_t *set, uint64_t tag, uint32_t day,
		    struct look *l)
{
	*l = (struct look){ .same = GUARD_FAMILIAR_WAYS,
			    .oldest_own = GUARD_FAMILIAR_WAYS };
	for (unsigned i = 0; i < GUARD_FAMILIAR_WAYS; i++) {
		uint64_t word = atomic_load(&set[i]);
		uint64_t age = age_key(word, day);

		l->words[i] = word;
		if ((word & ~DAY_MASK) == tag) {
			l->same = i;
		}
		if (age < age_key(l->words[l->oldest], day)) {
			l->oldest = i;
		}
		if (age == 0 || ((word ^ tag) & USER_MASK) != 0) {
			continue;
		}
		l->own++;
		if (l->oldest_own == GUARD_FAMILIAR_WAYS ||
		    age < age_key(l->words[l->oldest_own], day)) {
			l->oldest_own = i;
		}
	}
}

static unsigned choose(const struct look *l)
{
	if (l->same != GUARD_FAMILIAR_WAYS) {
		return l->same;
	}
	return l->own >= GUARD_FAMILIAR_WAYS / 2 ? l->oldest_own : l->oldest;
}

void guard_familiar_add(const struct guard_familiar *t, uint64_t user,
			uint64_t pair, uint32_t day)
{
	_Atomic uint64_t *set = set_of(t, user);
	uint64_t tag = tag_of(user, pair), word = tag | (day & DAY_MASK);
	bool is_done = false;

	while (!is_done) {
		struct look l;
		unsigned i;

		look_at(set, tag, day, &l);
		i = choose(&l);
		is_done = l.words[i] == word || atomic_compare_exchange_strong(
						    &set[i], &l.words[i], word);
	}
}
