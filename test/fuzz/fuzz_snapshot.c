// SPDX-License-Identifier: ISC
/*
 * fuzz_snapshot.c - a snapshot from a process that is not to be trusted:
 * nothing that is read of it lies outside of it, and what is called sound can
 * be built again from what was read, and is the same list.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "ipc/snapshot.h"
#include "must.h"

/* Reads every octet of a text, for the sanitizer to watch. */
static unsigned sum_of(struct snapshot_text text)
{
	unsigned sum = 0;

	for (size_t i = 0; i < text.len; i++) {
		sum += text.at[i];
	}
	return sum;
}

static bool is_same(struct snapshot_text a, struct snapshot_text b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static void must_be_same(const struct snapshot *a, const struct snapshot *b)
{
	must(a->head->count == b->head->count, "the count is the same");
	must(a->head->octets == b->head->octets, "the octets are the same");
	for (uint32_t i = 0; i < a->head->count; i++) {
		must(a->entries[i].octets == b->entries[i].octets &&
			 a->entries[i].stored == b->entries[i].stored &&
			 a->entries[i].flags == b->entries[i].flags &&
			 a->entries[i].stamp == b->entries[i].stamp,
		     "an entry is the same");
		must(is_same(snapshot_name(a, i), snapshot_name(b, i)),
		     "a name is the same");
		must(is_same(snapshot_uid(a, i), snapshot_uid(b, i)),
		     "a unique-id is the same");
	}
}

static struct snapshot_item item_of(const struct snapshot *s, uint32_t idx)
{
	struct snapshot_text name = snapshot_name(s, idx);
	struct snapshot_text uid = snapshot_uid(s, idx);

	return (struct snapshot_item){
		.octets = s->entries[idx].octets,
		.stored = s->entries[idx].stored,
		.name = name.at,
		.uid = uid.at,
		.name_len = (uint16_t)name.len,
		.uid_len = (uint8_t)uid.len,
		.flags = s->entries[idx].flags,
		.stamp = s->entries[idx].stamp,
	};
}

static void build_again(const struct snapshot *s)
{
	uint32_t count = s->head->count;
	struct snapshot_item *items = calloc(count + 1, sizeof(*items));
	struct snapshot again;
	size_t len = 0;
	void *memory;

	must(items != NULL, "there is memory");
	for (uint32_t i = 0; i < count; i++) {
		items[i] = item_of(s, i);
	}
	must(snapshot_size(items, count, &len), "it is not too large");
	memory = malloc(len);
	must(memory != NULL, "there is memory");
	snapshot_build(memory, len, items, count);
	must(snapshot_view(memory, len, &again), "what was built is one");
	must(snapshot_is_sound(&again), "what was built is sound");
	must_be_same(s, &again);
	free(memory);
	free(items);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* exactly as large, and aligned, as malloc makes it */
	void *memory = malloc(size == 0 ? 1 : size);
	struct snapshot s;
	unsigned sum = 0;

	must(memory != NULL, "there is memory");
	if (size != 0) {
		memcpy(memory, data, size);
	}
	if (snapshot_view(memory, size, &s)) {
		for (uint32_t i = 0; i < s.head->count; i++) {
			sum += sum_of(snapshot_name(&s, i));
			sum += sum_of(snapshot_uid(&s, i));
		}
		if (snapshot_is_sound(&s)) {
			build_again(&s);
		}
	}
	must(sum < UINT32_MAX, "it was read"); /* and not optimised away */
	free(memory);
	return 0;
}
