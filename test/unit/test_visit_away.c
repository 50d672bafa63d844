// SPDX-License-Identifier: ISC
/*
 * test_visit_away.c - visits while we are stopped, or do not read: the server
 * is neither slow nor silent then.
 */
#include "visit_play.h"

static void on_away(uv_timer_t *timer)
{
	uv_close((uv_handle_t *)timer, NULL);
	usleep((VISIT_OPENING_TIMEOUTS * 1000 + 300) * 1000);
}

/* It let us in; it was we who were stopped. */
static void test_away_before_the_log_in(void **state)
{
	static uv_timer_t away;

	(void)state;
	k.account.timeout_s = 1;
	(void)uv_timer_init(&k.loop, &away);
	(void)uv_timer_start(&away, on_away, 1, 0);
	visit(NULL, VISIT_WANT_LISTING, some);
	expect_good_end();
}

static void on_ticks(uv_timer_t *timer)
{
	uv_close((uv_handle_t *)timer, NULL);
	for (unsigned i = 0; i < 2 * VISIT_PROBE_TICKS; i++) {
		visit_flow_tick(k.visit);
	}
	visit_resume(k.visit);
	visit_flow_tick(k.visit);
	(void)atomic_fetch_add(&server_may_go_on, 1);
}

/* The text looks over, and nothing comes: for we do not read. */
static void test_not_asked_while_paused(void **state)
{
	static const struct answer to[] = {
		{ "RETR 1", "+OK\r\ntext.\r\n\fmore\r\n.\r\n" }, { 0 }
	};
	static uv_timer_t ticks;

	(void)state;
	(void)uv_timer_init(&k.loop, &ticks);
	k.when_text = &ticks;
	k.when_text_does = on_ticks;
	visit(to, VISIT_WANT_LISTING, some);
	expect_good_end();
	assert_null(strstr(heard, "NOOP"));
	assert_memory_equal(k.text, "text.\r\nmore\r\nSubject", 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_away_before_the_log_in),
		TEST(test_not_asked_while_paused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
