// SPDX-License-Identifier: ISC
/*
 * promise.c - knowing a list again (promise.h).
 * Runs in: maildrop, in any thread.  Trusts: no list.
 */
#include "promise.h"

#include <xxhash.h>

/* Of the first count messages.  An addition: their order is given by their
 * names, and no two have the same unique-id. */
static struct promise promise_of_first(const struct snapshot *s, uint32_t count)
{
	struct promise p = { .count = count };

	for (uint32_t i = 0; i < count; i++) {
		struct snapshot_text uid = snapshot_uid(s, i);
		uint64_t octets = s->entries[i].octets;

		p.octets += octets;
		p.sum += XXH3_64bits_withSeed(uid.at, uid.len, octets);
	}
	return p;
}

struct promise promise_of(const struct snapshot *s)
{
	return promise_of_first(s, s->head->count);
}

bool promise_keep(const struct promise *promise, struct listing *l)
{
	struct listing cut = LISTING_NONE;
	struct promise found;
	struct snapshot s;

	if (!listing_view(l, &s) || s.head->count < promise->count) {
		return false;
	}
	found = promise_of_first(&s, promise->count);
	if (found.octets != promise->octets || found.sum != promise->sum) {
		return false;
	}
	if (s.head->count == promise->count) {
		return true;
	}
	if (listing_create(&cut, snapshot_cut_size(&s, promise->count)) < 0) {
		return false;
	}
	snapshot_cut(cut.memory, &s, promise->count);
	listing_finish(l);
	*l = cut;
	return true;
}
