// SPDX-License-Identifier: ISC
/*
 * test_server_login.c - the server engine: log-ins that are refused.
 */
#include "served.h"

static void refusals_that_are_no_failures(void **state)
{
	static const struct {
		enum pop3_code code;
		const char *reply;
	} refusals[] = {
		{ POP3_CODE_IN_USE, "-ERR [IN-USE] Not now\r\n" },
		{ POP3_CODE_SYS_TEMP, "-ERR [SYS/TEMP] Not now\r\n" },
		{ POP3_CODE_SYS_PERM, "-ERR [SYS/PERM] Not now\r\n" },
		{ POP3_CODE_LOGIN_DELAY, "-ERR [LOGIN-DELAY] Not now\r\n" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(refusals); i++) {
		struct memserver_options options = plain;

		options.refuse = refusals[i].code;
		begin(options);
		for (unsigned n = 0; n < 3 * MEMSERVER_TRIES_MAX; n++) {
			say("USER test");
			(void)news();
			say("PASS secret");
			assert_text(news(), refusals[i].reply);
		}
		/* and then the way is free */
		server.options.refuse = POP3_CODE_NONE;
		assert_says("USER test", "+OK Send PASS");
		assert_says("PASS secret", "+OK 3 messages (41 octets)");
		memserver_end(&server);
	}
}

static void too_many_failures_close(void **state)
{
	(void)state;
	begin(plain);
	for (unsigned n = 1; n <= MEMSERVER_TRIES_MAX; n++) {
		assert_false(server.is_closed);
		say("USER test");
		(void)news();
		assert_says("PASS wrong", "-ERR [AUTH] Log-in failed");
	}
	assert_true(server.is_closed);
	memserver_end(&server);
}

static void no_limit_is_no_limit(void **state)
{
	(void)state;
	begin(plain);
	server.config.login_tries_max = 0;
	for (unsigned n = 0; n < 100; n++) {
		say("USER test\r\nPASS wrong");
	}
	assert_false(server.is_closed);
	memserver_end(&server);
}

static void users_are_revealed_only_if_told(void **state)
{
	struct memserver_options options = plain;
	(void)state;

	options.reveal_users = true;
	begin(options);
	(void)news();
	assert_says("USER nobody", "-ERR [AUTH] No such user");
	assert_says("PASS secret", "-ERR Send USER first");
	assert_says("USER test", "+OK Send PASS");
	assert_says("PASS secret", "+OK 3 messages (41 octets)");
	memserver_end(&server);

	begin(options);
	say("USER nobody\r\nUSER nobody\r\nUSER nobody");
	assert_true(server.is_closed);
	memserver_end(&server);

	begin(plain);
	(void)news();
	assert_says("USER nobody", "+OK Send PASS");
	memserver_end(&server);
}

static bool has_line(struct pop3_slice text, const char *line)
{
	size_t len = strlen(line);

	for (size_t i = 0; i + len + 2 <= text.len; i++) {
		if (memcmp(text.at + i, line, len) == 0 &&
		    memcmp(text.at + i + len, "\r\n", 2) == 0) {
			return true;
		}
	}
	return false;
}

static void a_secret_in_clear_text_may_be_unwanted(void **state)
{
	struct pop3_slice capa;

	(void)state;
	begin(plain);
	server.config.no_plaintext = true;
	(void)news();
	assert_says("USER test", "-ERR [SYS/PERM] A password in clear text is "
				 "not accepted here");
	assert_says("PASS secret", "-ERR Send USER first");
	say("CAPA");
	capa = news();
	assert_false(has_line(capa, "USER"));
	assert_true(has_line(capa, "UIDL"));
	for (unsigned n = 0; n < MEMSERVER_TRIES_MAX; n++) {
		say("USER test");
	}
	assert_false(server.is_closed);
	memserver_end(&server);
}

/* --- APOP --- */

static void a_digest_logs_in_where_there_is_a_stamp(void **state)
{
	struct memserver_options options = plain;
	(void)state;

	options.stamp = MEMSERVER_STAMP;
	options.no_plaintext = true; /* it is none */
	begin(options);
	assert_slice(pop3_server_stamp(&server.engine), MEMSERVER_STAMP);
	(void)news();
	assert_says("APOP test " MEMSERVER_DIGEST,
		    "+OK 3 messages (41 octets)");
	assert_slice(octets_all(&server.trace),
		     "APOP test|" MEMSERVER_DIGEST "\n");
	memserver_end(&server);

	begin(plain);
	assert_int_equal(pop3_server_stamp(&server.engine).len, 0);
	(void)news();
	assert_says("APOP test " MEMSERVER_DIGEST,
		    "-ERR APOP is not offered here");
	assert_int_equal(server.trace.len, 0);
	memserver_end(&server);
}

static void what_is_no_digest_is_no_try(void **state)
{
	struct memserver_options options = plain;
	(void)state;

	options.stamp = MEMSERVER_STAMP;
	begin(options);
	(void)news();
	assert_says("APOP test", "-ERR Wrong number of arguments");
	assert_says("APOP test 0123456789abcdef0123456789abcde",
		    "-ERR A digest has 32 hexadecimal digits");
	assert_says("APOP test 0123456789abcdef0123456789abcdef0",
		    "-ERR A digest has 32 hexadecimal digits");
	assert_says("APOP test 0123456789abcdef0123456789abcdeg",
		    "-ERR A digest has 32 hexadecimal digits");
	assert_says("APOP test 0123456789abcdef 0123456789abcdef",
		    "-ERR Wrong number of arguments");
	assert_int_equal(server.trace.len, 0);
	for (unsigned n = 1; n <= MEMSERVER_TRIES_MAX; n++) {
		assert_false(server.is_closed);
		assert_says("APOP test 0123456789abcdefABCDEF6789abcdef",
			    "-ERR [AUTH] Log-in failed");
	}
	assert_true(server.is_closed);
	memserver_end(&server);
}

static void a_digest_takes_the_place_of_a_name(void **state)
{
	struct memserver_options options = plain;
	(void)state;

	options.stamp = MEMSERVER_STAMP;
	begin(options);
	(void)news();
	say("USER test\r\nAPOP test 00000000000000000000000000000000");
	(void)news();
	assert_says("PASS secret", "-ERR Send USER first");
	memserver_end(&server);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		with_drop(a_secret_in_clear_text_may_be_unwanted),
		with_drop(refusals_that_are_no_failures),
		with_drop(too_many_failures_close),
		with_drop(no_limit_is_no_limit),
		with_drop(users_are_revealed_only_if_told),
		with_drop(a_digest_logs_in_where_there_is_a_stamp),
		with_drop(what_is_no_digest_is_no_try),
		with_drop(a_digest_takes_the_place_of_a_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
