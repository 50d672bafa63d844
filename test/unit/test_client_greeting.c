// SPDX-License-Identifier: ISC
/*
 * test_client_greeting.c - what a client reads of a greeting, and in what state
 * it takes the session to be.
 */
#include "client_play.h"

static void assert_greeting(const char *hear, const char *want)
{
	const struct client_line lines[] = { { .hear = hear } };

	client_play(lines, 1, want);
}

static void stamps(void **state)
{
	(void)state;
	assert_greeting("+OK <1.2@x>\r\n", "GREETING + \"<1.2@x>\" <1.2@x>\n");
	assert_greeting("+OK hi<a@b>there\r\n",
			"GREETING + \"hi<a@b>there\" <a@b>\n");
	assert_greeting("+OK <no> <a@b> <c@d>\r\n",
			"GREETING + \"<no> <a@b> <c@d>\" <a@b>\n");
	assert_greeting("+OK <<a@b>\r\n", "GREETING + \"<<a@b>\" <a@b>\n");
	assert_greeting("+OK <a b@c>\r\n", "GREETING + \"<a b@c>\"\n");
	assert_greeting("+OK <a@b\r\n", "GREETING + \"<a@b\"\n");
	assert_greeting("+OK <a@\xE9>\r\n", "GREETING + \"<a@\\xE9>\"\n");
}

static void a_refusing_greeting(void **state)
{
	struct memclient mc;
	(void)state;

	assert_greeting("-ERR [SYS/TEMP] too many\r\n",
			"GREETING - [SYS/TEMP] \"too many\"\n");
	memclient_begin(&mc);
	memclient_hear_str(&mc, "-ERR no\r\n");
	assert_int_equal(mc.engine.state, POP3_ST_CLOSED);
	assert_int_equal(memclient_say_str(&mc, "NOOP"), POP3_EINVAL);
	memclient_finish(&mc);
}

/* --- the states, as far as answers tell --- */

static void the_state_follows_the_answers(void **state)
{
	static const struct {
		const char *say, *hear;
		enum pop3_state want;
	} steps[] = {
		{ NULL, "+OK\r\n", POP3_ST_AUTHORIZATION },
		{ "USER a", "+OK\r\n", POP3_ST_AUTHORIZATION },
		{ "PASS b", "-ERR\r\n", POP3_ST_AUTHORIZATION },
		{ "USER a", "+OK\r\n", POP3_ST_AUTHORIZATION },
		{ "PASS b", "+OK\r\n", POP3_ST_TRANSACTION },
		{ "QUIT", NULL, POP3_ST_TRANSACTION },
		{ NULL, "-ERR some stayed\r\n", POP3_ST_CLOSED },
	};
	struct memclient mc;
	(void)state;

	memclient_begin(&mc);
	assert_int_equal(mc.engine.state, POP3_ST_GREETING);
	for (size_t i = 0; i < COUNT_OF(steps); i++) {
		struct client_line line = { steps[i].say, steps[i].hear, 0 };

		client_play_lines(&mc, &line, 1);
		assert_int_equal(mc.engine.state, steps[i].want);
	}
	assert_int_equal(memclient_say_str(&mc, "NOOP"), POP3_EINVAL);
	memclient_finish(&mc);
}

static void quit_before_a_log_in_ends_it(void **state)
{
	struct memclient mc;
	(void)state;

	memclient_begin(&mc);
	memclient_hear_str(&mc, "+OK\r\n");
	assert_int_equal(memclient_say_str(&mc, "QUIT"), 0);
	memclient_hear_str(&mc, "+OK\r\n");
	assert_int_equal(mc.engine.state, POP3_ST_CLOSED);
	assert_int_equal(memclient_say_str(&mc, "CAPA"), POP3_EINVAL);
	memclient_finish(&mc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stamps),
		cmocka_unit_test(a_refusing_greeting),
		cmocka_unit_test(the_state_follows_the_answers),
		cmocka_unit_test(quit_before_a_log_in_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
