// SPDX-License-Identifier: ISC
/*
 * test_fetch_waits.c - waits.c: how long a connection waits.
 */
#include "unit.h"

#include "fetch/limits.h"
#include "fetch/net/waits.h"
#include "fetch/net/watched.h"

#define LIMIT 60000u

static struct waits w;

static void begin(void)
{
	waits_init(&w, LIMIT);
	waits_shake(&w, false, 1000);
	waits_await(&w, true, 1000);
}

/* Nothing is over before end_ms, and that is over then. */
static void assert_ends(uint64_t end_ms, enum waits_fault fault)
{
	assert_int_equal(waits_end_ms(&w), end_ms);
	assert_int_equal(waits_judge(&w, end_ms - 1), WAITS_FAULT_NONE);
	assert_int_equal(waits_judge(&w, end_ms), fault);
}

static void assert_never(void)
{
	assert_true(waits_end_ms(&w) == UINT64_MAX);
	assert_int_equal(waits_judge(&w, UINT64_MAX / 2), WAITS_FAULT_NONE);
}

static void test_nothing_awaited_nothing_waited_for(void **state)
{
	(void)state;
	begin();
	waits_await(&w, false, 2000);
	assert_never();
}

static void test_silence(void **state)
{
	(void)state;
	begin();
	assert_ends(1000 + LIMIT, WAITS_FAULT_SILENCE);
	waits_heard(&w, 5, 3000);
	assert_ends(3000 + LIMIT, WAITS_FAULT_SILENCE);
	/* to be told once more what is so already changes nothing */
	waits_await(&w, true, 9000);
	assert_ends(3000 + LIMIT, WAITS_FAULT_SILENCE);
	/* an hour without a question is no silence */
	waits_await(&w, false, 10000);
	waits_await(&w, true, 3600000);
	assert_ends(3600000 + LIMIT, WAITS_FAULT_SILENCE);
}

static void test_our_own_pause_is_not_counted(void **state)
{
	(void)state;
	begin();
	waits_hold(&w, true, 2000);
	assert_never();
	waits_hold(&w, false, 900000);
	assert_ends(900000 + LIMIT, WAITS_FAULT_SILENCE);
}

/* One octet now and then keeps silence away, and does not help. */
static void test_a_trickle_ends(void **state)
{
	uint64_t now = 1000;
	const uint64_t end = 1000 + FETCH_PROGRESS_TIMEOUTS * LIMIT;

	(void)state;
	begin();
	while (now + 10000 < end) {
		now += 10000;
		waits_heard(&w, 1, now);
		assert_int_equal(waits_judge(&w, now), WAITS_FAULT_NONE);
	}
	assert_ends(end, WAITS_FAULT_TRICKLE);
}

/* So many answers were awaited at once that it is always one. */
static void test_answers_are_no_trickle(void **state)
{
	uint64_t now = 1000;

	(void)state;
	begin();
	for (unsigned i = 0; i < 1000; i++) {
		now += 30000;
		assert_int_equal(waits_judge(&w, now), WAITS_FAULT_NONE);
		waits_heard(&w, 5, now);
		waits_answered(&w, now);
	}
	for (uint64_t late = 30000; late < FETCH_PROGRESS_TIMEOUTS * LIMIT;
	     late += 30000) {
		waits_heard(&w, 5, now + late);
	}
	assert_int_equal(waits_judge(&w, now + FETCH_PROGRESS_TIMEOUTS * LIMIT),
			 WAITS_FAULT_TRICKLE);
}

static void test_a_long_limit_has_a_long_floor(void **state)
{
	const uint64_t limit = 600000;

	(void)state;
	waits_init(&w, limit);
	waits_shake(&w, false, 1000);
	waits_await(&w, true, 1000);
	assert_ends(1000 + limit, WAITS_FAULT_SILENCE);
	for (unsigned i = 1; i <= FETCH_PROGRESS_TIMEOUTS; i++) {
		waits_heard(&w, 1, i * limit);
	}
	assert_ends(1000 + FETCH_PROGRESS_TIMEOUTS * limit,
		    WAITS_FAULT_TRICKLE);
}

static void test_slow_is_no_trickle(void **state)
{
	uint64_t now = 1000;

	(void)state;
	begin();
	/* 300 bit/s */
	for (unsigned i = 0; i < 4000; i++) {
		now += 1000;
		waits_heard(&w, 30, now);
		assert_int_equal(waits_judge(&w, now), WAITS_FAULT_NONE);
	}
	/* and a burst pays for one window, not for all that follow */
	waits_heard(&w, 1000000, now);
	for (unsigned i = 1; i < 30; i++) {
		waits_heard(&w, 1, now + i * 10000);
	}
	assert_int_equal(waits_judge(&w, now + FETCH_PROGRESS_TIMEOUTS * LIMIT),
			 WAITS_FAULT_TRICKLE);
}

static void test_short_answers_are_no_trickle(void **state)
{
	uint64_t now = 1000;

	(void)state;
	begin();
	for (unsigned i = 0; i < 1000; i++) {
		waits_await(&w, true, now);
		now += 30000;
		assert_int_equal(waits_judge(&w, now), WAITS_FAULT_NONE);
		waits_heard(&w, 5, now);
		waits_await(&w, false, now);
	}
}

static void test_who_takes_nothing_is_stuck(void **state)
{
	(void)state;
	begin();
	waits_await(&w, false, 1000);
	waits_pend(&w, true, 5000);
	assert_ends(5000 + LIMIT, WAITS_FAULT_STUCK);
	waits_pend(&w, true, 6000);
	assert_ends(5000 + LIMIT, WAITS_FAULT_STUCK);
	waits_taken(&w, 7000);
	assert_ends(7000 + LIMIT, WAITS_FAULT_STUCK);
	waits_pend(&w, false, 8000);
	assert_never();
}

/* What comes is no reason to wait for what is not taken, nor a pause. */
static void test_stuck_counts_by_itself(void **state)
{
	(void)state;
	begin();
	waits_pend(&w, true, 5000);
	waits_heard(&w, 5000, 5000 + LIMIT - 1);
	waits_hold(&w, true, 5000 + LIMIT - 1);
	assert_ends(5000 + LIMIT, WAITS_FAULT_STUCK);
}

static void test_a_handshake_has_one_limit(void **state)
{
	(void)state;
	waits_init(&w, LIMIT);
	waits_await(&w, true, 500);
	waits_shake(&w, true, 1000);
	waits_heard(&w, 5000, 30000);
	waits_pend(&w, true, 30000);
	assert_ends(1000 + LIMIT, WAITS_FAULT_HANDSHAKE);
	waits_shake(&w, false, 50000);
	waits_pend(&w, false, 50000);
	assert_ends(50000 + LIMIT, WAITS_FAULT_SILENCE);
}

/* --- the clock --- */

static void test_it_stands_while_we_are_away(void **state)
{
	struct watched c = watched_from(500);

	(void)state;
	assert_int_equal(watched_ms(&c, 500), 500);
	assert_int_equal(watched_ms(&c, 1500), 1500);
	assert_int_equal(watched_ms(&c, 1500), 1500);
	assert_int_equal(watched_ms(&c, 2501), 2500);
	assert_int_equal(watched_ms(&c, 1002501), 3500);
	assert_int_equal(watched_ms(&c, 1002502), 3501);
}

static void test_it_is_looked_at_on_the_way(void **state)
{
	(void)state;
	assert_int_equal(watched_pause(1700, 1000), 700);
	assert_int_equal(watched_pause(60000, 1000), WATCHED_BEAT_MS);
	assert_int_equal(watched_pause(UINT64_MAX, 1000), WATCHED_BEAT_MS);
	assert_int_equal(watched_pause(1000, 1000), 0);
	assert_int_equal(watched_pause(999, 1000), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_awaited_nothing_waited_for),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_our_own_pause_is_not_counted),
		cmocka_unit_test(test_a_trickle_ends),
		cmocka_unit_test(test_answers_are_no_trickle),
		cmocka_unit_test(test_a_long_limit_has_a_long_floor),
		cmocka_unit_test(test_slow_is_no_trickle),
		cmocka_unit_test(test_short_answers_are_no_trickle),
		cmocka_unit_test(test_who_takes_nothing_is_stuck),
		cmocka_unit_test(test_stuck_counts_by_itself),
		cmocka_unit_test(test_a_handshake_has_one_limit),
		cmocka_unit_test(test_it_stands_while_we_are_away),
		cmocka_unit_test(test_it_is_looked_at_on_the_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
