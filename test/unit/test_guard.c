// SPDX-License-Identifier: ISC
/*
 * test_guard.c - what failures cost, whom they cost it, and for how long; and
 * how often a user may log in.
 */
#include "guard_play.h"

#include <pthread.h>
#include <stdatomic.h>

#define HALF (10 * MINUTE)

static const struct guard_limits limits = { .failures_max = 10,
					    .failures_ms = HALF };

static struct guard *g;

static int begin_test(void **state)
{
	(void)state;
	g = make_guard(-1, &limits, NOW);
	return 0;
}

static int end_test(void **state)
{
	(void)state;
	guard_destroy(&g);
	assert_null(g);
	return 0;
}

static void delays_grow_to_a_limit(void **state)
{
	static const uint32_t want[] = { 0,    0,    0,    500,   1000,
					 2000, 4000, 8000, 15000, 15000 };

	(void)state;
	for (uint64_t i = 0; i < 10; i++) {
		assert_false(is_refused(g, "u", v4(1), NOW + i * SECOND));
		assert_int_equal(fail_once(g, "u", v4(1), NOW + i * SECOND),
				 want[i]);
	}
	assert_true(is_refused(g, "u", v4(1), NOW + 10 * SECOND));
}

static void half_is_forgotten_each_time(void **state)
{
	(void)state;
	fail_times(g, "u", v4(1), NOW, 8); /* then 4, then 2 */
	assert_int_equal(fail_once(g, "u", v4(1), NOW + HALF), 1000);
	assert_int_equal(fail_once(g, "u", v4(1), NOW + 3 * HALF), 0);
	assert_int_equal(fail_once(g, "u", v4(1), NOW + 9 * HALF), 0);
}

static void refusal_ends_by_itself_and_comes_back_at_once(void **state)
{
	uint64_t later = NOW + 2 * MINUTE;

	(void)state;
	fail_times(g, "u", v4(1), NOW, 10);
	assert_true(is_refused(g, "u", v4(1), NOW));
	assert_true(is_refused(g, "u", v4(1), NOW + 30 * SECOND));
	assert_false(is_refused(g, "u", v4(1), later));
	assert_int_equal(fail_once(g, "u", v4(1), later), 15000);
	assert_true(is_refused(g, "u", v4(1), later));
}

static void an_address_is_counted_whoever_it_tries(void **state)
{
	char user[] = "a";

	(void)state;
	for (; user[0] < 'a' + 10; user[0]++) {
		fail_times(g, user, v4(1), NOW, 1);
	}
	assert_true(is_refused(g, "z", v4(1), NOW));
	assert_false(is_refused(g, "z", v4(2), NOW));
}

static void a_user_is_counted_wherever_it_comes_from(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 10; i++) {
		fail_times(g, "Victim", v4(i), NOW, 1);
	}
	assert_true(is_refused(g, "victim", v4(99), NOW));
	assert_true(is_refused(g, "VICTIM", v4(99), NOW));
	assert_false(is_refused(g, "victim2", v4(99), NOW));
	assert_false(is_refused(g, "", v4(99), NOW));
}

/* Soft hyphens and wide letters are the same user's: with each of the endless
 * ways to type a name the tries would begin anew. */
static void a_user_is_counted_in_whatever_form(void **state)
{
	static const char *const forms[] = {
		"jo\xcc\x88rg",           "j\xc3\xb6rg",
		"J\xc3\xb6\xc2\xadrg",    "j\xc3\xb6r\xc2\xad\xc2\xadg",
		"\xef\xbd\x8a\xc3\xb6rg",
	};

	(void)state;
	for (uint32_t i = 0; i < 10; i++) {
		fail_times(g, forms[i % 5], v4(i), NOW, 1);
	}
	for (uint32_t i = 0; i < 5; i++) {
		assert_true(is_refused(g, forms[i], v4(99), NOW));
	}
	assert_false(is_refused(g, "jorg", v4(99), NOW));
}

static void ipv6_is_counted_by_64_bits(void **state)
{
	struct address a = { { 0x20, 1, 0xd, 0xb8 } }, b = a, c = a;
	char user[] = "a";

	(void)state;
	b.octets[15] = b.octets[8] = 9;
	c.octets[7] = 1;
	for (; user[0] < 'a' + 10; user[0]++) {
		fail_times(g, user, a, NOW, 1);
	}
	assert_true(is_refused(g, "z", b, NOW));
	assert_false(is_refused(g, "z", c, NOW));
	assert_true(guard_source(g, a.octets) == guard_source(g, b.octets));
	assert_true(guard_source(g, a.octets) != guard_source(g, c.octets));
	assert_true(guard_source(g, v4(1).octets) !=
		    guard_source(g, v4(2).octets));
}

/* The point of it all. */
static void an_attacker_cannot_lock_a_user_out_of_home(void **state)
{
	(void)state;
	succeed(g, "u", v4(7), NOW);
	for (uint32_t i = 0; i < 1000; i++) {
		fail_times(g, "u", v4(1000 + i), NOW, 1);
	}
	assert_true(is_refused(g, "u", v4(8), NOW));
	assert_false(is_refused(g, "u", v4(7), NOW));
	assert_int_equal(fail_once(g, "u", v4(7), NOW),
			 0); /* the first there */
}

static void nor_everybody_behind_an_address(void **state)
{
	char user[] = "a";

	(void)state;
	succeed(g, "u", v4(7), NOW);
	for (; user[0] < 'a' + 20; user[0]++) {
		fail_times(g, user, v4(7), NOW, 1);
	}
	assert_true(is_refused(g, "new", v4(7), NOW));
	assert_false(is_refused(g, "u", v4(7), NOW));
}

/* Somebody guesses from where the user usually is. */
static void a_familiar_pair_has_the_same_limit(void **state)
{
	(void)state;
	succeed(g, "u", v4(7), NOW);
	for (int i = 0; i < 10; i++) {
		assert_false(is_refused(g, "u", v4(7), NOW));
		assert_int_equal(fail_once(g, "u", v4(7), NOW) != 0, i >= 3);
	}
	assert_true(is_refused(g, "u", v4(7), NOW));
	/* which counts for nobody else */
	assert_false(is_refused(g, "u", v4(8), NOW));
	assert_false(is_refused(g, "v", v4(7), NOW));
	assert_int_equal(fail_once(g, "u", v4(8), NOW), 0);
	assert_false(is_refused(g, "u", v4(7), NOW + 2 * MINUTE));
}

static void a_success_forgives_the_pair_alone(void **state)
{
	(void)state;
	succeed(g, "u", v4(7), NOW);
	fail_times(g, "u", v4(7), NOW, 9);
	succeed(g, "u", v4(7), NOW);
	assert_int_equal(fail_once(g, "u", v4(7), NOW), 0);
	/* an attacker's own account does not clear his address */
	fail_times(g, "x", v4(9), NOW, 9);
	succeed(g, "own", v4(9), NOW);
	fail_times(g, "x", v4(9), NOW, 1);
	assert_true(is_refused(g, "y", v4(9), NOW));
	assert_true(is_refused(g, "x", v4(10), NOW));
}

static void familiarity_ends_after_sixty_days(void **state)
{
	(void)state;
	succeed(g, "u", v4(7), NOW);
	assert_true(look(g, "u", v4(7), NOW + 59 * DAY).is_familiar);
	assert_false(look(g, "u", v4(7), NOW + 60 * DAY).is_familiar);
	assert_false(look(g, "v", v4(7), NOW).is_familiar);
	assert_false(look(g, "u", v4(8), NOW).is_familiar);
	succeed(g, "u", v4(7), NOW + 59 * DAY);
	assert_true(look(g, "u", v4(7), NOW + 100 * DAY).is_familiar);
}

/* One account, logged in from everywhere. */
static void an_account_forgets_its_own_places_first(void **state)
{
	int kept = 0;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		char user[] = { (char)('a' + i / 26 % 26), (char)('a' + i % 26),
				'1', 0 };

		succeed(g, user, v4(i), NOW);
	}
	for (uint32_t i = 0; i < 200000; i++) {
		succeed(g, "attacker", v4(0x10000000 + i), NOW + DAY);
	}
	for (uint32_t i = 0; i < 676; i++) {
		char user[] = { (char)('a' + i / 26 % 26), (char)('a' + i % 26),
				'1', 0 };

		kept += look(g, user, v4(i), NOW + DAY).is_familiar;
	}
	assert_in_range(kept, 675, 676);
	/* and its newest are known */
	assert_true(look(g, "attacker", v4(0x10000000 + 199999), NOW + DAY)
			.is_familiar);
}

static void at_zero_nothing_is_counted(void **state)
{
	static const struct guard_limits off = { .failures_max = 0 };

	(void)state;
	guard_destroy(&g);
	g = make_guard(-1, &off, NOW);
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(fail_once(g, "u", v4(1), NOW), 0);
	}
	assert_false(is_refused(g, "u", v4(1), NOW));
	assert_true(guard_may_log_in(g, text_of("u"), NOW));
	assert_true(guard_may_log_in(g, text_of("u"), NOW));
}

/* What was noted at a time that is to come counts for nothing. */
static void a_clock_put_back_locks_nobody_out(void **state)
{
	(void)state;
	fail_times(g, "u", v4(1), NOW + 300 * DAY, 10);
	succeed(g, "v", v4(2), NOW + 300 * DAY);
	assert_false(is_refused(g, "u", v4(1), NOW));
	assert_false(look(g, "v", v4(2), NOW).is_familiar);
	assert_int_equal(fail_once(g, "u", v4(1), NOW), 0);
	fail_times(g, "u", v4(1), NOW, 9);
	assert_true(is_refused(g, "u", v4(1), NOW));
	succeed(g, "v", v4(2), NOW);
	assert_true(look(g, "v", v4(2), NOW).is_familiar);
}

/* By however much: one failure never becomes many. */
static void nor_does_one_put_back_by_an_hour(void **state)
{
	static const uint64_t minutes[] = { 1, 20, 33, 40, 60, 120, 190, 210 };

	(void)state;
	for (size_t i = 0; i < sizeof(minutes) / sizeof(minutes[0]); i++) {
		uint64_t back = NOW - minutes[i] * MINUTE;

		guard_destroy(&g);
		g = make_guard(-1, &limits, NOW);
		fail_times(g, "u", v4(1), NOW, 1);
		assert_false(is_refused(g, "u", v4(1), back + 2 * MINUTE));
		assert_int_equal(is_refused(g, "u", v4(1), back),
				 minutes[i] == 33);
		assert_int_equal(fail_once(g, "u", v4(2), back) == 0,
				 minutes[i] < 20 || minutes[i] > 35);
	}
}

/* Nor is a guesser forgotten then. */
static void a_clock_put_right_forgets_nothing(void **state)
{
	(void)state;
	fail_times(g, "u", v4(1), NOW, 100);
	assert_true(is_refused(g, "u", v4(1), NOW - 59 * SECOND));
	fail_times(g, "u", v4(1), NOW - SECOND, 1);
	assert_true(is_refused(g, "u", v4(1), NOW));
	assert_false(is_refused(g, "u", v4(1), NOW + 2 * MINUTE));
}

static void nor_a_pair_of_tomorrow(void **state)
{
	uint64_t midnight = NOW - NOW % DAY;

	(void)state;
	succeed(g, "u", v4(7), midnight);
	assert_true(look(g, "u", v4(7), midnight - SECOND).is_familiar);
	succeed(g, "u", v4(7), midnight - SECOND);
	assert_true(look(g, "u", v4(7), midnight + 58 * DAY).is_familiar);
	assert_false(look(g, "u", v4(7), midnight + 59 * DAY).is_familiar);
	succeed(g, "v", v4(8), midnight);
	assert_false(look(g, "v", v4(8), midnight - DAY - SECOND).is_familiar);
}

static void log_ins_are_spaced(void **state)
{
	static const struct guard_limits slow = { .login_delay_s = 60,
						  .login_burst = 3 };
	struct text u = text_of("u"), v = text_of("v");

	(void)state;
	guard_destroy(&g);
	g = make_guard(-1, &slow, NOW);
	for (int i = 0; i < 3; i++) {
		assert_true(guard_may_log_in(g, u, NOW));
	}
	assert_false(guard_may_log_in(g, u, NOW));
	assert_false(guard_may_log_in(g, u, NOW + 59 * SECOND));
	assert_true(guard_may_log_in(g, v, NOW));
	/* one place for each minute, and what was refused took none */
	assert_true(guard_may_log_in(g, u, NOW + 60 * SECOND));
	assert_false(guard_may_log_in(g, u, NOW + 60 * SECOND));
	for (int i = 0; i < 3; i++) {
		assert_true(guard_may_log_in(g, u, NOW + HOUR));
	}
	assert_false(guard_may_log_in(g, u, NOW + HOUR));
	/* a clock put back, or a longer delay of another configuration */
	assert_true(guard_may_log_in(g, u, NOW - HOUR));
}

static atomic_uint let_in;

static void *log_in_often(void *arg)
{
	for (int i = 0; i < 1000; i++) {
		if (guard_may_log_in(g, text_of("u"), NOW)) {
			atomic_fetch_add(&let_in, 1);
		}
		(void)!fail_once(g, "f", v4(1), NOW);
	}
	return arg;
}

static void threads_are_counted_exactly(void **state)
{
	static const struct guard_limits both = { .failures_max = 4001,
						  .failures_ms = HALF,
						  .login_delay_s = 60,
						  .login_burst = 10 };
	pthread_t threads[4];

	(void)state;
	guard_destroy(&g);
	g = make_guard(-1, &both, NOW);
	(void)!fail_once(g, "f", v4(1), NOW); /* so that its place is made */
	atomic_store(&let_in, 0);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(
		    pthread_create(&threads[i], NULL, log_in_often, NULL), 0);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
	}
	assert_in_range(atomic_load(&let_in), 10, 11);
	assert_true(is_refused(g, "f", v4(1), NOW));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)
	const struct CMUnitTest tests[] = {
		TEST(delays_grow_to_a_limit),
		TEST(half_is_forgotten_each_time),
		TEST(refusal_ends_by_itself_and_comes_back_at_once),
		TEST(an_address_is_counted_whoever_it_tries),
		TEST(a_user_is_counted_wherever_it_comes_from),
		TEST(a_user_is_counted_in_whatever_form),
		TEST(ipv6_is_counted_by_64_bits),
		TEST(an_attacker_cannot_lock_a_user_out_of_home),
		TEST(nor_everybody_behind_an_address),
		TEST(a_familiar_pair_has_the_same_limit),
		TEST(a_success_forgives_the_pair_alone),
		TEST(familiarity_ends_after_sixty_days),
		TEST(an_account_forgets_its_own_places_first),
		TEST(at_zero_nothing_is_counted),
		TEST(a_clock_put_back_locks_nobody_out),
		TEST(nor_does_one_put_back_by_an_hour),
		TEST(a_clock_put_right_forgets_nothing),
		TEST(nor_a_pair_of_tomorrow),
		TEST(log_ins_are_spaced),
		TEST(threads_are_counted_exactly),
	};

	log_init("test", LOG_FORM_TERMINAL, LOG_ERROR);
	if (sodium_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
