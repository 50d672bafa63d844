// SPDX-License-Identifier: ISC
/*
 * maildir_known.c - what is known of a Maildir that is read (maildir_known.h).
 * Runs in: maildrop.  Trusts: no name; the order of the list, which costs its
 * owner if it is wrong.
 * Allocates: 17 octets for each known message, if names are looked for.
 */
#include "store/maildir_known.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* A slot: the upper half of the name's hash, and 1 + the message's index. */
#define HASH_HALF UINT64_C(0xffffffff00000000)

int maildir_known_init(struct maildir_known *k, const struct snapshot *s)
{
	*k = (struct maildir_known){ .s = s };
	k->kept = calloc((size_t)s->head->count + 1, 1);
	return k->kept == NULL ? -ENOMEM : 0;
}

void maildir_known_finish(struct maildir_known *k)
{
	free(k->kept);
	free(k->slots);
	*k = (struct maildir_known){ 0 };
}

/* Empty if it is not the path of a file. */
static struct snapshot_text path_of(const struct maildir_known *k, uint32_t idx)
{
	struct snapshot_text path = snapshot_name(k->s, idx);

	if (path.len <= MAILDIR_SUBDIR_LEN || path.len > MAILDIR_PATH_MAX) {
		path.len = 0;
	}
	return path;
}

static bool is_in(struct snapshot_text path, const char *subdir)
{
	return path.len != 0 &&
	       memcmp(path.at, subdir, MAILDIR_SUBDIR_LEN) == 0;
}

void maildir_known_keep_all(struct maildir_known *k, const char *subdir)
{
	for (uint32_t i = 0; i < k->s->head->count; i++) {
		if (is_in(path_of(k, i), subdir)) {
			k->kept[i] = 1;
		}
	}
}

/* Where the table stands differs from process to process: nobody can make names
 * that fall into one place. */
static uint64_t hash_of(const struct maildir_known *k, const void *name,
			size_t len)
{
	return XXH3_64bits_withSeed(name, len, (uintptr_t)k->slots);
}

static void put(struct maildir_known *k, uint32_t idx,
		struct snapshot_text path)
{
	uint64_t hash = hash_of(k, path.at + MAILDIR_SUBDIR_LEN,
				path.len - MAILDIR_SUBDIR_LEN);
	size_t at = (size_t)hash & k->mask;

	while (k->slots[at] != 0) {
		at = (at + 1) & k->mask;
	}
	k->slots[at] = (hash & HASH_HALF) | ((uint64_t)idx + 1);
}

int maildir_known_index(struct maildir_known *k)
{
	uint32_t count = k->s->head->count;
	size_t slots = 16;

	if (k->slots != NULL) {
		return 0;
	}
	while (slots < (size_t)count * 2) {
		slots *= 2;
	}
	k->slots = calloc(slots, sizeof(*k->slots));
	if (k->slots == NULL) {
		return -ENOMEM;
	}
	k->mask = slots - 1;
	for (uint32_t i = 0; i < count; i++) {
		struct snapshot_text path = path_of(k, i);

		if (path.len != 0) {
			put(k, i, path);
		}
	}
	return 0;
}

/* A name's message is nearly always that of the first slot. */
void maildir_known_fetch(const struct maildir_known *k,
			 const char *const *names, size_t count)
{
	const uint64_t *slots[MAILDIR_KNOWN_BATCH];
	const struct snapshot_entry *e;

	for (size_t i = 0; i < count; i++) {
		uint64_t hash = hash_of(k, names[i], strlen(names[i]));

		slots[i] = &k->slots[(size_t)hash & k->mask];
		__builtin_prefetch(slots[i]);
	}
	for (size_t i = 0; i < count; i++) {
		uint32_t idx = (uint32_t)(*slots[i] & ~HASH_HALF);

		if (idx != 0) {
			__builtin_prefetch(&k->s->entries[idx - 1]);
		}
	}
	for (size_t i = 0; i < count; i++) {
		uint32_t idx = (uint32_t)(*slots[i] & ~HASH_HALF);

		if (idx != 0) {
			e = &k->s->entries[idx - 1];
			__builtin_prefetch((const uint8_t *)k->s->head +
					   e->name_off);
		}
	}
}

bool maildir_known_keep(struct maildir_known *k, const char *subdir,
			const char *name, size_t len)
{
	uint64_t hash = hash_of(k, name, len);
	size_t at = (size_t)hash & k->mask;

	for (; k->slots[at] != 0; at = (at + 1) & k->mask) {
		uint32_t idx = (uint32_t)(k->slots[at] & ~HASH_HALF) - 1;
		struct snapshot_text path;

		if (((k->slots[at] ^ hash) & HASH_HALF) != 0) {
			continue;
		}
		path = path_of(k, idx);
		if (path.len == MAILDIR_SUBDIR_LEN + len &&
		    is_in(path, subdir) &&
		    memcmp(path.at + MAILDIR_SUBDIR_LEN, name, len) == 0) {
			k->kept[idx] = 1;
			return true;
		}
	}
	return false;
}

uint32_t maildir_known_kept(const struct maildir_known *k)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < k->s->head->count; i++) {
		kept += k->kept[i];
	}
	return kept;
}

uint32_t maildir_known_find(const struct maildir_known *k,
			    const struct maildir_base *base, bool *is_it_r)
{
	uint32_t from = 0;
	uint32_t to = k->s->head->count;

	*is_it_r = false;
	while (from < to) {
		uint32_t mid = from + (to - from) / 2;
		struct snapshot_text path = snapshot_name(k->s, mid);
		struct maildir_base here =
		    maildir_base_in_path(path.at, path.len);
		int order = maildir_compare(&here, base);

		if (order < 0) {
			from = mid + 1;
		} else {
			to = mid;
			*is_it_r |= order == 0;
		}
	}
	return from;
}
