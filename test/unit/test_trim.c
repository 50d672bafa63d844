// SPDX-License-Identifier: ISC
/*
 * test_trim.c - memory that is given back: after many handshakes, or when
 * nothing is left of much that was read ahead; and not every time.
 */
#include "unit.h"

#include <stdlib.h>

#include "session/process.h"
#include "session/trim.h"

static struct process *process;
static struct list one_ahead;

static int begin_test(void **state)
{
	(void)state;
	process = calloc(1, sizeof(*process));
	assert_non_null(process);
	list_init(&process->ahead);
	list_init(&one_ahead);
	process->loop.now_ms = 1000000;
	return 0;
}

static int end_test(void **state)
{
	(void)state;
	free(process);
	return 0;
}

/* A tick of the next millisecond gives back, or does not. */
static void expect(bool is_given_back)
{
	uint64_t before_ms = process->given_back_ms;

	process->loop.now_ms++;
	trim_tick(process);
	assert_int_equal(process->given_back_ms,
			 is_given_back ? process->loop.now_ms : before_ms);
}

static void test_after_handshakes(void **state)
{
	(void)state;
	process->handshakes = SESSION_HANDSHAKES_PER_TRIM - 1;
	expect(false);
	process->handshakes++;
	expect(true);
	assert_int_equal(process->handshakes, 0);
	expect(false);
}

static void test_after_what_was_read_ahead(void **state)
{
	(void)state;
	process->ahead_copied = SESSION_AHEAD_TRIM_OCTETS - 1;
	expect(false);
	process->ahead_copied++;
	list_append(&process->ahead, &one_ahead);
	expect(false);
	list_remove(&one_ahead);
	expect(true);
	assert_int_equal(process->ahead_copied, 0);
	expect(false);
}

static void test_not_too_often(void **state)
{
	(void)state;
	process->handshakes = SESSION_HANDSHAKES_PER_TRIM;
	expect(true);
	process->handshakes = SESSION_HANDSHAKES_PER_TRIM;
	process->ahead_copied = SESSION_AHEAD_TRIM_OCTETS;
	process->loop.now_ms += SESSION_TRIM_MS - 2;
	expect(false);
	expect(true);
}

/* Giving back once is for all that there is a reason for. */
static void test_one_does_not_wait_for_the_other(void **state)
{
	(void)state;
	process->handshakes = SESSION_HANDSHAKES_PER_TRIM;
	process->ahead_copied = SESSION_AHEAD_TRIM_OCTETS;
	expect(true);
	assert_int_equal(process->handshakes, 0);
	assert_int_equal(process->ahead_copied, 0);
	process->loop.now_ms += SESSION_TRIM_MS;
	expect(false);
}

/* What is still ahead leaves its holes later. */
static void test_what_is_ahead_counts_on(void **state)
{
	(void)state;
	process->handshakes = SESSION_HANDSHAKES_PER_TRIM;
	process->ahead_copied = SESSION_AHEAD_TRIM_OCTETS;
	list_append(&process->ahead, &one_ahead);
	expect(true);
	process->loop.now_ms += SESSION_TRIM_MS;
	expect(false);
	list_remove(&one_ahead);
	expect(true);
}

#define TRIM_TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRIM_TEST(test_after_handshakes),
		TRIM_TEST(test_after_what_was_read_ahead),
		TRIM_TEST(test_not_too_often),
		TRIM_TEST(test_one_does_not_wait_for_the_other),
		TRIM_TEST(test_what_is_ahead_counts_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
