// SPDX-License-Identifier: ISC
/*
 * cache_lists.h - a cache in a directory of its own and lists to keep in it,
 * for the tests of the cache.
 */
#ifndef TEST_CACHE_LISTS_H
#define TEST_CACHE_LISTS_H

#include <stdlib.h>

#include "cache.h"
#include "mail_dir.h"

#define MIB (1024u * 1024u)

static struct mail_dir d;
static char dir[160];

static inline int begin_test(void **state)
{
	(void)state;
	mail_dir_init(&d);
	snprintf(dir, sizeof(dir), "%s/sizes", d.cache);
	return 0;
}

static inline int end_test(void **state)
{
	(void)state;
	mail_dir_finish(&d);
	return 0;
}

/* A list of count messages whose sizes begin at octets. */
static inline struct store_list make_list(uint32_t count, uint64_t octets)
{
	struct snapshot_item *items = calloc(count, sizeof(*items));
	char(*names)[24] = calloc(count, sizeof(*names));
	struct store_list list = { .settled = STORE_SETTLED_ALL };
	size_t len;

	assert_true(items != NULL && names != NULL);
	for (uint32_t i = 0; i < count; i++) {
		snprintf(names[i], sizeof(names[i]), "new/%010u", i);
		items[i] = (struct snapshot_item){
			.octets = octets + i,
			.stored = octets + i,
			.name = (const uint8_t *)names[i],
			.uid = (const uint8_t *)names[i] + 4,
			.name_len = 14,
			.uid_len = 10,
		};
	}
	assert_true(snapshot_size(items, count, &len));
	assert_int_equal(listing_create(&list.listing, len), 0);
	snapshot_build(list.listing.memory, len, items, count);
	list.state.stamps[0].mtime_ns = (int64_t)octets;
	free(items);
	free(names);
	return list;
}

static inline struct cache_id id_of(uint64_t n)
{
	return (struct cache_id){ 42, n };
}

static inline void put_as(struct cache *c, uint64_t n, uint32_t count,
			  uint64_t octets, bool stands_back)
{
	struct store_list list = make_list(count, octets);

	cache_put(c, id_of(n), &list, stands_back);
	listing_finish(&list.listing);
}

static inline void put(struct cache *c, uint64_t n, uint32_t count,
		       uint64_t octets)
{
	put_as(c, n, count, octets, false);
}

/* Whether that list is kept, as it was put. */
static inline bool has(struct cache *c, uint64_t n, uint32_t count,
		       uint64_t octets)
{
	struct store_list list = make_list(count, octets);
	struct listing l = LISTING_NONE;
	struct cache_head head;
	bool found = cache_find(c, id_of(n), &head) && cache_load(c, &head, &l);

	if (found) {
		assert_int_equal(head.count, count);
		assert_int_equal(head.settled, STORE_SETTLED_ALL);
		assert_memory_equal(&head.state, &list.state,
				    sizeof(head.state));
		assert_int_equal(l.len, list.listing.len);
		assert_memory_equal(l.memory, list.listing.memory, l.len);
		listing_finish(&l);
	}
	listing_finish(&list.listing);
	return found;
}

static inline struct cache *open_cache(void)
{
	struct cache *c = cache_open(dir, MIB, false);

	assert_non_null(c);
	return c;
}

#endif
