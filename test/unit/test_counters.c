// SPDX-License-Identifier: ISC
/*
 * test_counters.c - connections counted by several processes at once: never one
 * too many, and none left behind by a process that died.
 */
#include "child.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "ipc/counters.h"
#include "os/fd.h"

static struct counters *c;

static int setup(void **state)
{
	int fd = counters_create();

	(void)state;
	assert_true(fd >= 0);
	c = counters_map(fd);
	assert_non_null(c);
	fd_close(&fd);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return munmap(c, sizeof(*c));
}

static const uint8_t *v4(uint32_t n)
{
	static uint8_t address[16];

	memset(address, 0, sizeof(address));
	address[10] = address[11] = 0xff;
	memcpy(address + 12, &n, sizeof(n));
	return address;
}

static uint32_t total(uint32_t column)
{
	return __atomic_load_n(&c->column[column].total, __ATOMIC_SEQ_CST);
}

static bool is_bucket_empty(uint32_t column)
{
	for (size_t i = 0; i < COUNTERS_BUCKETS; i++) {
		if (c->column[column].bucket[i] != 0) {
			return false;
		}
	}
	return true;
}

static void test_the_limit_of_all_is_exact(void **state)
{
	int column = counters_take_column(c);

	(void)state;
	for (uint32_t i = 0; i < 10; i++) {
		assert_int_equal(
		    counters_enter(c, (uint32_t)column, v4(i), 10, 10),
		    COUNTERS_ENTERED);
	}
	assert_int_equal(counters_enter(c, (uint32_t)column, v4(99), 10, 10),
			 COUNTERS_FULL);
	assert_int_equal(total((uint32_t)column), 10); /* it was not counted */
	counters_leave(c, (uint32_t)column, v4(3));
	assert_int_equal(counters_enter(c, (uint32_t)column, v4(99), 10, 10),
			 COUNTERS_ENTERED);
}

static void test_the_limit_of_an_address_is_exact(void **state)
{
	uint32_t a = (uint32_t)counters_take_column(c);
	uint32_t b = (uint32_t)counters_take_column(c);

	(void)state;
	assert_int_not_equal(a, b);
	/* both columns count */
	for (uint32_t i = 0; i < 5; i++) {
		assert_int_equal(
		    counters_enter(c, i % 2 == 0 ? a : b, v4(7), 100, 5),
		    COUNTERS_ENTERED);
	}
	assert_int_equal(counters_enter(c, a, v4(7), 100, 5),
			 COUNTERS_ADDRESS_FULL);
	assert_int_equal(counters_enter(c, b, v4(7), 100, 5),
			 COUNTERS_ADDRESS_FULL);
	assert_int_equal(counters_enter(c, b, v4(8), 100, 5), COUNTERS_ENTERED);
	assert_int_equal(total(a) + total(b), 6);
	for (uint32_t i = 0; i < 5; i++) {
		counters_leave(c, i % 2 == 0 ? a : b, v4(7));
	}
	counters_leave(c, b, v4(8));
	assert_int_equal(total(a) + total(b), 0);
	assert_true(is_bucket_empty(a));
	assert_true(is_bucket_empty(b));
}

/* Connections of nobody fill no bucket that an address may have. */
static void test_the_total_alone_can_be_counted(void **state)
{
	uint32_t column = (uint32_t)counters_take_column(c);

	(void)state;
	for (uint32_t i = 0; i < 5; i++) {
		assert_int_equal(counters_enter_total(c, column, 5),
				 COUNTERS_ENTERED);
	}
	assert_true(is_bucket_empty(column));
	assert_int_equal(counters_enter_total(c, column, 5), COUNTERS_FULL);
	assert_int_equal(counters_enter(c, column, v4(1), 5, 5), COUNTERS_FULL);
	assert_true(is_bucket_empty(column));
	assert_int_equal(total(column), 5);
	counters_leave_total(c, column);
	assert_int_equal(counters_enter(c, column, v4(1), 5, 1),
			 COUNTERS_ENTERED);
	assert_int_equal(counters_enter_total(c, column, 5), COUNTERS_FULL);
	assert_int_equal(total(column), 5);
}

static void test_of_ipv6_the_first_half_counts(void **state)
{
	uint32_t column = (uint32_t)counters_take_column(c);
	uint8_t one[16] = { 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1, 9, 9 };
	uint8_t neighbour[16] = { 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1, 1, 2 };
	uint8_t stranger[16] = { 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 2, 9, 9 };

	(void)state;
	assert_int_equal(counters_enter(c, column, one, 100, 1),
			 COUNTERS_ENTERED);
	assert_int_equal(counters_enter(c, column, neighbour, 100, 1),
			 COUNTERS_ADDRESS_FULL);
	assert_int_equal(counters_enter(c, column, stranger, 100, 1),
			 COUNTERS_ENTERED);
}

static void test_a_bucket_never_wraps(void **state)
{
	uint32_t column = (uint32_t)counters_take_column(c);

	(void)state;
	for (uint32_t i = 0; i < UINT16_MAX; i++) {
		assert_int_equal(
		    counters_enter(c, column, v4(1), UINT32_MAX, UINT32_MAX),
		    COUNTERS_ENTERED);
	}
	assert_int_equal(
	    counters_enter(c, column, v4(1), UINT32_MAX, UINT32_MAX),
	    COUNTERS_ADDRESS_FULL);
	assert_int_equal(total(column), UINT16_MAX);
}

static void test_columns_are_taken_freed_and_emptied(void **state)
{
	uint32_t column;

	(void)state;
	for (uint32_t i = 0; i < COUNTERS_COLUMNS; i++) {
		assert_int_equal(counters_take_column(c), i);
	}
	assert_int_equal(counters_take_column(c), -1);
	column = 77;
	assert_int_equal(counters_enter(c, column, v4(1), 1, 1),
			 COUNTERS_ENTERED);
	assert_int_equal(counters_enter(c, 5, v4(2), 1, 1), COUNTERS_FULL);
	counters_free_column(c, column); /* its process died */
	assert_int_equal(counters_enter(c, 5, v4(2), 1, 1), COUNTERS_ENTERED);
	assert_int_equal(counters_take_column(c), column);
	assert_int_equal(total(column), 0);
	assert_true(is_bucket_empty(column));
}

#define PROCESSES 4
#define ROUNDS    20000
#define LIMIT     3

/* How many are in, counted with a lock of its own sort beside the counters. */
struct race {
	uint32_t inside, most, entered;
	uint32_t address_max;
};

static int enter_and_leave(void *arg)
{
	struct race *race = arg;
	int column = -1;

	/* the master takes columns one at a time; so do we */
	column = (int)__atomic_fetch_add(&race[1].inside, 1, __ATOMIC_SEQ_CST);
	for (int i = 0; i < ROUNDS; i++) {
		uint32_t now, most;

		if (counters_enter(c, (uint32_t)column, v4(1), LIMIT,
				   race->address_max) != COUNTERS_ENTERED) {
			continue;
		}
		now = __atomic_add_fetch(&race->inside, 1, __ATOMIC_SEQ_CST);
		most = __atomic_load_n(&race->most, __ATOMIC_SEQ_CST);
		while (now > most && !__atomic_compare_exchange_n(
					 &race->most, &most, now, false,
					 __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
		}
		__atomic_add_fetch(&race->entered, 1, __ATOMIC_SEQ_CST);
		if (i % 3 == 0) {
			usleep(1);
		}
		__atomic_sub_fetch(&race->inside, 1, __ATOMIC_SEQ_CST);
		counters_leave(c, (uint32_t)column, v4(1));
	}
	return 0;
}

static void race_with(uint32_t address_max, uint32_t most)
{
	struct race *race =
	    mmap(NULL, 2 * sizeof(*race), PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pids[PROCESSES];

	assert_true(race != MAP_FAILED);
	race->address_max = address_max;
	for (int i = 0; i < PROCESSES; i++) {
		assert_int_equal(counters_take_column(c), i);
	}
	for (int i = 0; i < PROCESSES; i++) {
		pids[i] = child_begin(enter_and_leave, race);
	}
	for (int i = 0; i < PROCESSES; i++) {
		assert_int_equal(child_end(pids[i]), 0);
	}
	assert_true(race->entered > 0);
	assert_true(race->most <= most);
	for (uint32_t i = 0; i < PROCESSES; i++) {
		assert_int_equal(total(i), 0);
		assert_true(is_bucket_empty(i));
	}
	munmap(race, 2 * sizeof(*race));
}

static void test_processes_at_once_never_let_too_many_in(void **state)
{
	(void)state;
	race_with(100, LIMIT);
}

static void test_processes_at_once_keep_an_address_limit(void **state)
{
	(void)state;
	race_with(2, 2);
}

static int die_inside(void *arg)
{
	(void)arg;
	if (counters_enter(c, 0, v4(1), 2, 2) != COUNTERS_ENTERED ||
	    counters_enter(c, 0, v4(1), 2, 2) != COUNTERS_ENTERED) {
		return 1;
	}
	return raise(SIGKILL);
}

static void test_a_process_that_dies_leaves_nothing(void **state)
{
	(void)state;
	assert_int_equal(counters_take_column(c), 0);
	assert_int_equal(counters_take_column(c), 1);
	assert_int_equal(in_child(die_inside, NULL), KILLED_BY(SIGKILL));
	assert_int_equal(counters_enter(c, 1, v4(2), 2, 2), COUNTERS_FULL);
	counters_free_column(c, 0);
	assert_int_equal(counters_enter(c, 1, v4(2), 2, 2), COUNTERS_ENTERED);
}

static void test_what_is_not_of_the_right_size_is_not_mapped(void **state)
{
	int fd = memfd_create("small", MFD_CLOEXEC);

	(void)state;
	assert_int_equal(ftruncate(fd, (off_t)sizeof(struct counters) - 1), 0);
	assert_null(counters_map(fd));
	assert_int_equal(ftruncate(fd, (off_t)sizeof(struct counters) + 1), 0);
	assert_null(counters_map(fd));
	fd_close(&fd);
	assert_null(counters_map(fd));
}

static void test_keys_differ(void **state)
{
	int fd = counters_create();
	struct counters *other = counters_map(fd);

	(void)state;
	assert_non_null(other);
	assert_memory_not_equal(c->key, other->key, sizeof(c->key));
	munmap(other, sizeof(*other));
	fd_close(&fd);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		ROW(test_the_limit_of_all_is_exact),
		ROW(test_the_limit_of_an_address_is_exact),
		ROW(test_the_total_alone_can_be_counted),
		ROW(test_of_ipv6_the_first_half_counts),
		ROW(test_a_bucket_never_wraps),
		ROW(test_columns_are_taken_freed_and_emptied),
		ROW(test_processes_at_once_never_let_too_many_in),
		ROW(test_processes_at_once_keep_an_address_limit),
		ROW(test_a_process_that_dies_leaves_nothing),
		ROW(test_what_is_not_of_the_right_size_is_not_mapped),
		ROW(test_keys_differ),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
