// SPDX-License-Identifier: ISC
/*
 * cache.h - the snapshots of maildrops, kept on disk so that an unchanged
 * maildrop is not read again.  It is only a cache: whatever is wrong with it
 * costs time.  Every value carries its sums and is checked when it is copied
 * out; its states on disk stand in store/STATES.md.
 *
 * Any thread may call at any time.  A cache that is NULL knows nothing.
 */
#ifndef MAILDROP_CACHE_H
#define MAILDROP_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "promise.h"
#include "store/store.h"

struct cache;

/* Which maildrop: its directory's device and inode. */
struct cache_id {
	uint64_t dev, ino;
};

/* What is known of it without touching its list. */
struct cache_head {
	uint64_t magic;
	uint64_t head_sum; /* XXH3 of all that follows in this structure */
	uint64_t body_sum; /* XXH3 of the snapshot */
	uint64_t body_len;
	struct cache_id id;
	struct store_state state;
	uint64_t octets;
	uint64_t promise_sum; /* see promise.h */
	uint32_t count;
	uint32_t settled; /* see struct store_list */
};

/*
 * Opens the cache in directory dir, which is made if it is not there.  What is
 * damaged, of another version, or not to be trusted after a power failure is
 * deleted and begun anew; so is all of it if discard.  NULL if that does not
 * help either: logged, and then there is no cache.
 */
struct cache *cache_open(const char *dir, uint64_t octets_max, bool discard);

/* Writes to disk what is not yet, if nobody else uses it. */
void cache_close(struct cache **c);

/* False if the maildrop is not known. */
MUST_USE bool cache_find(struct cache *c, struct cache_id id,
			 struct cache_head *head_r);

/*
 * Copies out the list that head speaks of, no other.  False if it is no longer
 * there, or damaged.  The caller finishes *l_r.
 */
MUST_USE bool cache_load(struct cache *c, const struct cache_head *head,
			 struct listing *l_r);

/*
 * Keeps list, if there is room.  A thread that stands back (os/thread.h) may
 * take long over it, and nobody else waits for that: what another thread puts
 * meanwhile is not kept.
 */
void cache_put(struct cache *c, struct cache_id id,
	       const struct store_list *list, bool stands_back);

static inline struct promise cache_promise(const struct cache_head *head)
{
	return (struct promise){ head->octets, head->promise_sum, head->count };
}

/* The maildrop's value was found to be wrong. */
void cache_forget(struct cache *c, struct cache_id id);

#endif
