// SPDX-License-Identifier: ISC
/*
 * test_table.c - the numbers of connections: of one that is gone none is left
 * for the next in its slot, and none is a source's, even after 2^32 of them.
 */
#include "unit.h"

#include <stdlib.h>

#include "session/table.h"

static struct process *process;
static struct conn *c;

/* A slot that had so many connections, with one in it. */
static int begin_test(void **state)
{
	(void)state;
	process = calloc(1, sizeof(*process));
	c = calloc(1, sizeof(*c));
	assert_non_null(process);
	assert_non_null(c);
	table_init(process);
	process->slots = calloc(1, sizeof(*process->slots));
	assert_non_null(process->slots);
	process->slot_cap = process->slot_free = 1;
	return 0;
}

static int end_test(void **state)
{
	(void)state;
	free(process->slots);
	free(process);
	free(c);
	return 0;
}

static void put(uint32_t turn)
{
	process->slots[0] = (struct table_slot){ .conn = c, .turn = turn };
	process->conn_count = 1;
	c->id = (uint64_t)turn << 32;
}

static void test_one_that_is_gone_is_not_found(void **state)
{
	static const uint32_t turns[] = { 1, 2, 77, UINT32_MAX - 1,
					  UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(turns); i++) {
		put(turns[i]);
		assert_ptr_equal(table_find(process, c->id), c);
		table_remove(process, c);
		process->slots[0].conn = c; /* the next one */
		assert_null(table_find(process, c->id));
	}
	assert_null(table_find(process, (uint64_t)1 << 32 | 1)); /* no slot */
}

/* The loop tells connections from sources by it (process.c). */
static void test_no_number_is_a_sources(void **state)
{
	(void)state;
	put(UINT32_MAX);
	table_remove(process, c);
	assert_int_equal(process->slots[0].turn, 1);
	assert_true((uint64_t)process->slots[0].turn << 32 >= SOURCES_MAX);
	put(UINT32_MAX - 1);
	table_remove(process, c);
	assert_int_equal(process->slots[0].turn, UINT32_MAX);
}

#define TABLE_TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST(test_one_that_is_gone_is_not_found),
		TABLE_TEST(test_no_number_is_a_sources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
