// SPDX-License-Identifier: ISC
/*
 * test_view.c - a session's view of its maildrop: snapshots that are none are
 * refused without harm, and marks are kept.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "os/fd.h"
#include "session/view.h"

#define COUNT 19

static uint8_t *built;
static size_t built_len;
static char names[COUNT][16];
static struct view v;

static int build(void **state)
{
	struct snapshot_item items[COUNT];

	(void)state;
	for (uint8_t i = 0; i < COUNT; i++) {
		uint8_t len = (uint8_t)snprintf(names[i], sizeof(names[i]),
						"cur/uid%u", i);

		items[i] = (struct snapshot_item){
			.octets = 100u + i,
			.stored = 90u + i,
			.name = (const uint8_t *)names[i],
			.uid = (const uint8_t *)names[i] + 4,
			.name_len = len,
			.uid_len = (uint8_t)(len - 4),
		};
	}
	assert_true(snapshot_size(items, COUNT, &built_len));
	built = malloc(built_len);
	assert_non_null(built);
	snapshot_build(built, built_len, items, COUNT);
	return 0;
}

static int drop_built(void **state)
{
	(void)state;
	free(built);
	return 0;
}

static void judge_listing(void)
{
	assert_true(view_has_listing(&v));
	for (uint32_t i = 0; i < COUNT; i++) {
		assert_int_equal(view_ops.octets(&v, i), 100 + i);
		assert_text(view_ops.uid(&v, i), names[i] + 4);
	}
}

static int memfd_of(const void *at, size_t len)
{
	int fd = memfd_create("listing", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, at, len), len);
	return fd;
}

static void test_a_copy(void **state)
{
	uint8_t *unaligned = malloc(built_len + 1);

	(void)state;
	assert_non_null(unaligned);
	memcpy(unaligned + 1, built, built_len); /* as in a packet's tail */
	view_init(&v, COUNT);
	assert_false(view_has_listing(&v));
	assert_true(view_copy(&v, unaligned + 1, built_len));
	memset(unaligned, 0xff, built_len + 1);
	free(unaligned);
	judge_listing();
	view_finish(&v);
	view_finish(&v); /* harmless */
}

static void test_a_mapping(void **state)
{
	size_t before = fd_count_open();
	int fd = memfd_of(built, built_len);

	(void)state;
	view_init(&v, COUNT);
	assert_true(view_map(&v, fd, built_len));
	fd_close(&fd); /* it was ours to close */
	assert_int_equal(fd_count_open(), before);
	judge_listing();
	view_finish(&v);
	assert_null(v.memory);
}

static void test_an_empty_maildrop_needs_no_listing(void **state)
{
	(void)state;
	view_init(&v, 0);
	assert_true(view_has_listing(&v));
	assert_int_equal(view_marks_len(&v), 0);
	view_finish(&v);
}

/* Refused as a copy and as a mapping, and the view is as it was. */
static void refused(const uint8_t *at, size_t len, size_t told)
{
	int fd = memfd_of(at, len);

	view_init(&v, COUNT);
	assert_false(view_map(&v, fd, told));
	assert_false(view_has_listing(&v));
	if (told <= len) {
		assert_false(view_copy(&v, at, told));
		assert_false(view_has_listing(&v));
	}
	/* one that is sound is still taken */
	assert_true(view_copy(&v, built, built_len));
	judge_listing();
	view_finish(&v);
	fd_close(&fd);
}

static void test_a_length_that_is_not_its_own(void **state)
{
	uint8_t *longer = calloc(1, built_len + 4096);

	(void)state;
	assert_non_null(longer);
	memcpy(longer, built, built_len);
	for (size_t len = 0; len < built_len; len++) {
		refused(built, len, len); /* cut short */
	}
	refused(longer, built_len + 1, built_len + 1);
	refused(longer, built_len + 4096, built_len + 4096);
	refused(built, built_len, built_len - 1);    /* the file is longer */
	refused(built, built_len, built_len + 4096); /* the file is shorter */
	refused(built, built_len, SIZE_MAX);
	free(longer);
}

static void test_heads_that_are_none(void **state)
{
	uint8_t *other = malloc(built_len);
	struct snapshot_head head;

	(void)state;
	assert_non_null(other);
	for (int fault = 0; fault < 6; fault++) {
		memcpy(other, built, built_len);
		memcpy(&head, built, sizeof(head));
		head.magic ^= fault == 0;
		head.len += fault == 1;
		head.zero += fault == 2;
		head.count += fault == 3;
		head.count -= fault == 4;
		head.count = fault == 5 ? UINT32_MAX : head.count;
		memcpy(other, &head, sizeof(head));
		refused(other, built_len, built_len);
	}
	free(other);
}

static void test_of_another_number_of_messages(void **state)
{
	(void)state;
	view_init(&v, COUNT + 1);
	assert_false(view_copy(&v, built, built_len));
	view_finish(&v);
	view_init(&v, 0);
	assert_false(view_copy(&v, built, built_len));
	view_finish(&v);
}

/* An entry whose text would lie outside shows nothing. */
static void test_texts_that_lie_outside(void **state)
{
	static const uint32_t offs[] = { 0x10000, UINT32_MAX, UINT32_MAX - 3 };
	uint8_t *other = malloc(built_len);
	struct snapshot_entry entry;
	uint8_t *at = other + sizeof(struct snapshot_head);

	(void)state;
	assert_non_null(other);
	for (size_t i = 0; i < COUNT_OF(offs); i++) {
		memcpy(other, built, built_len);
		memcpy(&entry, at, sizeof(entry));
		entry.uid_off = offs[i];
		memcpy(at, &entry, sizeof(entry));
		view_init(&v, COUNT);
		assert_true(view_copy(&v, other, built_len));
		assert_int_equal(view_ops.uid(&v, 0).len, 0);
		assert_text(view_ops.uid(&v, 1), "uid1");
		view_finish(&v);
	}
	free(other);
}

static void test_marks(void **state)
{
	(void)state;
	view_init(&v, COUNT);
	assert_int_equal(view_marks_len(&v), 3);
	assert_null(v.marks);
	for (uint32_t i = 0; i < COUNT; i++) {
		assert_false(view_ops.is_marked(&v, i));
	}
	for (uint32_t i = 0; i < COUNT; i += 3) {
		assert_true(view_ops.mark(&v, i));
		assert_true(view_ops.mark(&v, i)); /* twice is once */
	}
	for (uint32_t i = 0; i < COUNT; i++) {
		assert_int_equal(view_ops.is_marked(&v, i), i % 3 == 0);
	}
	/* 0 3 6 | 9 12 15 | 18 */
	assert_int_equal(v.marks[0], 0x49);
	assert_int_equal(v.marks[1], 0x92);
	assert_int_equal(v.marks[2], 0x04);
	view_ops.unmark_all(&v);
	for (uint32_t i = 0; i < COUNT; i++) {
		assert_false(view_ops.is_marked(&v, i));
	}
	assert_true(view_ops.mark(&v, COUNT - 1));
	view_finish(&v);
	assert_null(v.marks);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_copy),
		cmocka_unit_test(test_a_mapping),
		cmocka_unit_test(test_an_empty_maildrop_needs_no_listing),
		cmocka_unit_test(test_a_length_that_is_not_its_own),
		cmocka_unit_test(test_heads_that_are_none),
		cmocka_unit_test(test_of_another_number_of_messages),
		cmocka_unit_test(test_texts_that_lie_outside),
		cmocka_unit_test(test_marks),
	};
	return cmocka_run_group_tests(tests, build, drop_built);
}
