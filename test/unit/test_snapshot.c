// SPDX-License-Identifier: ISC
/*
 * test_snapshot.c - building a snapshot, viewing it, and viewing what is none.
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "ipc/snapshot.h"

static const uint8_t name_a[] = "cur/1.a:2,S";
static const uint8_t name_b[] = "new/2.b";
static const uint8_t made[] = "~0123";

static const struct snapshot_item items[] = {
	{ .octets = 10,
	  .stored = 9,
	  .name = name_a,
	  .uid = name_a + 4,
	  .name_len = 11,
	  .uid_len = 3,
	  .flags = SNAPSHOT_IS_WIRE },
	{ .octets = 32,
	  .stored = 31,
	  .name = name_b,
	  .uid = made,
	  .name_len = 7,
	  .uid_len = 5 },
};

static void *build(size_t *len_r)
{
	void *memory;

	assert_true(snapshot_size(items, 2, len_r));
	memory = malloc(*len_r);
	assert_non_null(memory);
	snapshot_build(memory, *len_r, items, 2);
	return memory;
}

static struct pop3_slice slice(struct snapshot_text text)
{
	return pop3_slice_of(text.at, text.len);
}

static void test_what_is_built_is_seen(void **state)
{
	struct snapshot s;
	size_t len;
	void *memory = build(&len);

	(void)state;
	assert_true(snapshot_view(memory, len, &s));
	assert_true(snapshot_is_sound(&s));
	assert_int_equal(s.head->count, 2);
	assert_int_equal(s.head->octets, 42);
	assert_int_equal(s.entries[0].octets, 10);
	assert_int_equal(s.entries[0].stored, 9);
	assert_int_equal(s.entries[0].flags, SNAPSHOT_IS_WIRE);
	assert_int_equal(s.entries[1].flags, 0);
	assert_slice(slice(snapshot_name(&s, 0)), "cur/1.a:2,S");
	assert_slice(slice(snapshot_uid(&s, 0)), "1.a");
	assert_slice(slice(snapshot_name(&s, 1)), "new/2.b");
	assert_slice(slice(snapshot_uid(&s, 1)), "~0123");
	free(memory);
}

static void test_a_uid_in_its_name_is_stored_once(void **state)
{
	size_t one, two;

	(void)state;
	assert_true(snapshot_size(items, 1, &one));
	assert_true(snapshot_size(items, 2, &two));
	assert_int_equal(one, sizeof(struct snapshot_head) +
				  sizeof(struct snapshot_entry) + 11);
	assert_int_equal(two - one, sizeof(struct snapshot_entry) + 7 + 5);
}

static void test_an_empty_one(void **state)
{
	struct snapshot_head memory;
	struct snapshot s;
	size_t len;

	(void)state;
	assert_true(snapshot_size(NULL, 0, &len));
	assert_int_equal(len, sizeof(memory));
	snapshot_build(&memory, len, NULL, 0);
	assert_true(snapshot_view(&memory, len, &s));
	assert_true(snapshot_is_sound(&s));
	assert_int_equal(s.head->count, 0);
}

static void test_the_first_of_them(void **state)
{
	struct snapshot s, cut;
	size_t len;
	void *memory = build(&len);

	(void)state;
	assert_true(snapshot_view(memory, len, &s));
	for (uint32_t count = 0; count <= 2; count++) {
		size_t cut_len = snapshot_cut_size(&s, count);
		void *at = malloc(cut_len);

		assert_non_null(at);
		snapshot_cut(at, &s, count);
		assert_true(snapshot_view(at, cut_len, &cut));
		assert_true(snapshot_is_sound(&cut));
		assert_int_equal(cut.head->count, count);
		for (uint32_t i = 0; i < count; i++) {
			assert_int_equal(cut.entries[i].stored,
					 s.entries[i].stored);
			assert_text(slice(snapshot_name(&cut, i)),
				    i == 0 ? "cur/1.a:2,S" : "new/2.b");
			assert_text(slice(snapshot_uid(&cut, i)),
				    i == 0 ? "1.a" : "~0123");
		}
		free(at);
	}
	free(memory);
}

static void test_every_cut_is_refused(void **state)
{
	struct snapshot s;
	size_t len;
	void *memory = build(&len);

	(void)state;
	for (size_t cut = 0; cut < len; cut++) {
		void *copy = malloc(cut + 1);

		memcpy(copy, memory, cut);
		assert_false(snapshot_view(copy, cut, &s));
		free(copy);
	}
	free(memory);
}

/* Whatever one octet becomes, all that is read stays inside: the sanitizer
 * watches. */
static void test_no_octet_leads_out(void **state)
{
	size_t len;
	uint8_t *memory = build(&len);
	size_t seen = 0;

	(void)state;
	for (size_t at = 0; at < len; at++) {
		uint8_t was = memory[at];

		for (unsigned v = 0; v < 256; v++) {
			struct snapshot s;

			memory[at] = (uint8_t)v;
			if (!snapshot_view(memory, len, &s)) {
				continue;
			}
			for (uint32_t i = 0; i < s.head->count; i++) {
				seen += snapshot_name(&s, i).len;
				seen += snapshot_uid(&s, i).len;
			}
			seen += snapshot_is_sound(&s);
		}
		memory[at] = was;
	}
	assert_true(seen > 0);
	free(memory);
}

static void test_what_is_unsound(void **state)
{
	struct snapshot s;
	size_t len;
	uint8_t *memory = build(&len);
	struct snapshot_entry *entries =
	    (void *)(memory + sizeof(struct snapshot_head));

	(void)state;
	assert_true(snapshot_view(memory, len, &s));
	entries[0].octets++;
	assert_false(snapshot_is_sound(&s));
	entries[0].octets--;
	entries[1].uid_len = 71;
	assert_false(snapshot_is_sound(&s));
	entries[1].uid_len = 0;
	assert_false(snapshot_is_sound(&s));
	entries[1].uid_len = 5;
	entries[1].name_off = (uint32_t)len;
	assert_false(snapshot_is_sound(&s));
	assert_int_equal(snapshot_name(&s, 1).len, 0);
	entries[1].name_off = UINT32_MAX;
	assert_int_equal(snapshot_name(&s, 1).len, 0);
	entries[1].name_off = entries[0].name_off;
	assert_true(snapshot_is_sound(&s));
	entries[0].octets = UINT64_MAX;
	assert_false(snapshot_is_sound(&s));
	entries[0].octets = 10;
	memory[entries[1].uid_off] = ' ';
	assert_false(snapshot_is_sound(&s));
	assert_false(snapshot_view(memory + 4, len - 4, &s));
	free(memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_built_is_seen),
		cmocka_unit_test(test_a_uid_in_its_name_is_stored_once),
		cmocka_unit_test(test_an_empty_one),
		cmocka_unit_test(test_the_first_of_them),
		cmocka_unit_test(test_every_cut_is_refused),
		cmocka_unit_test(test_no_octet_leads_out),
		cmocka_unit_test(test_what_is_unsound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
