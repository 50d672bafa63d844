// SPDX-License-Identifier: ISC
/*
 * test_guard_blame.c - whose failures somebody is refused for.
 */
#include "guard_play.h"

static const struct guard_limits limits = { .failures_max = 10,
					    .failures_ms = 10 * MINUTE };

static struct guard *g;

static int begin_test(void **state)
{
	(void)state;
	g = make_guard(-1, &limits, NOW);
	succeed(g, "u", v4(7), NOW);
	for (uint32_t i = 0; i < 10; i++) {
		fail_times(g, "u", v4(20 + i), NOW, 1);
	}
	return 0;
}

static int end_test(void **state)
{
	(void)state;
	guard_destroy(&g);
	return 0;
}

static bool is_for_user(const char *user, uint32_t address)
{
	struct guard_try t = look(g, user, v4(address), NOW);

	assert_int_equal(t.is_refused, t.why != NULL);
	assert_true(t.is_refused || !t.is_for_user);
	return t.is_for_user;
}

static void a_new_address_is_not_to_blame(void **state)
{
	(void)state;
	assert_true(is_for_user("u", 99));
	assert_true(is_for_user("U", 99));
	assert_true(is_for_user("u", 20)); /* it failed once */
	assert_false(is_for_user("u", 7)); /* not refused at all */
	assert_false(is_for_user("v", 99));
}

static void one_that_has_failed_too_often_is(void **state)
{
	(void)state;
	fail_times(g, "x", v4(99), NOW, 10);
	assert_false(is_for_user("u", 99));
	assert_true(is_refused(g, "u", v4(99), NOW));
	assert_false(is_for_user("v", 99));
	assert_true(is_refused(g, "v", v4(99), NOW));
}

static void so_is_a_familiar_one(void **state)
{
	(void)state;
	fail_times(g, "u", v4(7), NOW, 10);
	assert_false(is_for_user("u", 7));
	assert_true(is_refused(g, "u", v4(7), NOW));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)
	const struct CMUnitTest tests[] = {
		TEST(a_new_address_is_not_to_blame),
		TEST(one_that_has_failed_too_often_is),
		TEST(so_is_a_familiar_one),
	};

	log_init("test", LOG_FORM_TERMINAL, LOG_ERROR);
	if (sodium_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
