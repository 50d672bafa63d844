// SPDX-License-Identifier: ISC
/*
 * test_line.c - lines off what came from the network, at their limits.
 */
#include "unit.h"
#include "guard.h"
#include "line.h"

static struct guard guard;

static int open_guard(void **state)
{
	(void)state;
	guard_init(&guard, 4096);
	return 0;
}

static int close_guard(void **state)
{
	(void)state;
	guard_finish(&guard);
	return 0;
}

static void takes_one_line_after_the_other(void **state)
{
	struct pop3_slice in = guard_copy(
	    &guard, POP3_LITERAL("STAT\r\nLIST\n\r\n\nQUIT\r\r\nrest"));
	static const char *const want[] = { "STAT", "LIST", "", "", "QUIT\r" };
	struct pop3_slice line = { NULL, 0 };
	(void)state;

	for (size_t i = 0; i < COUNT_OF(want); i++) {
		assert_int_equal(pop3_line_next(&in, 255, &line), 1);
		assert_same(line, pop3_slice_of(want[i], strlen(want[i])));
	}
	assert_int_equal(pop3_line_next(&in, 255, &line), 0);
	assert_slice(in, "rest");
	assert_slice(line, "QUIT\r");
}

static void waits_for_the_end(void **state)
{
	struct pop3_slice line = { NULL, 0 };
	struct pop3_slice in = { NULL, 0 };
	(void)state;

	assert_int_equal(pop3_line_next(&in, 255, &line), 0);
	in = guard_copy(&guard, POP3_LITERAL("QUIT\r"));
	assert_int_equal(pop3_line_next(&in, 255, &line), 0);
	assert_slice(in, "QUIT\r");
}

/* A line of len octets in all, whose last is LF. */
static struct pop3_slice line_of(size_t len, bool has_cr)
{
	uint8_t *at = guard_tail(&guard, len);

	memset(at, 'x', len);
	at[len - 1] = '\n';
	if (has_cr) {
		at[len - 2] = '\r';
	}
	return pop3_slice_of(at, len);
}

static void limit_counts_the_end(void **state)
{
	(void)state;
	for (int has_cr = 0; has_cr <= 1; has_cr++) {
		struct pop3_slice in = line_of(255, has_cr);
		struct pop3_slice line;

		assert_int_equal(pop3_line_next(&in, 255, &line), 1);
		assert_int_equal(line.len, 254 - has_cr);
		assert_int_equal(in.len, 0);

		in = line_of(256, has_cr);
		assert_int_equal(pop3_line_next(&in, 255, &line), POP3_ELINE);
		assert_int_equal(in.len, 256);
	}
}

static void too_long_is_known_at_the_limit(void **state)
{
	uint8_t *at = guard_tail(&guard, 255);
	struct pop3_slice in = pop3_slice_of(at, 254);
	struct pop3_slice line;
	(void)state;

	memset(at, 'x', 255);
	assert_int_equal(pop3_line_next(&in, 255, &line), 0);
	in = pop3_slice_of(at, 255);
	assert_int_equal(pop3_line_next(&in, 255, &line), POP3_ELINE);
}

static void skip_stops_behind_the_line(void **state)
{
	struct pop3_slice in =
	    guard_copy(&guard, POP3_LITERAL("long\r\nNOOP\r\nmore"));
	(void)state;

	assert_true(pop3_line_skip(&in));
	assert_slice(in, "NOOP\r\nmore");
	assert_true(pop3_line_skip(&in));
	assert_false(pop3_line_skip(&in));
	assert_int_equal(in.len, 0);
	assert_false(pop3_line_skip(&in));
	in = pop3_slice_of(NULL, 0);
	assert_false(pop3_line_skip(&in));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_one_line_after_the_other),
		cmocka_unit_test(waits_for_the_end),
		cmocka_unit_test(limit_counts_the_end),
		cmocka_unit_test(too_long_is_known_at_the_limit),
		cmocka_unit_test(skip_stops_behind_the_line),
	};
	return cmocka_run_group_tests(tests, open_guard, close_guard);
}
