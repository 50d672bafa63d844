// SPDX-License-Identifier: ISC
/*
 * test_client_put.c - what a client says: each command's octets, and what it
 * refuses to say.
 */
#include "client_play.h"

static struct memclient mc;

static int begin(void **state)
{
	(void)state;
	memclient_begin(&mc);
	memclient_hear_str(&mc, "+OK\r\n");
	return 0;
}

static int end(void **state)
{
	(void)state;
	memclient_finish(&mc);
	return 0;
}

/* Nothing was put, and nothing is awaited. */
static void assert_refused(int rc, int want)
{
	assert_int_equal(rc, want);
	assert_int_equal(memclient_said(&mc).len, 0);
	assert_int_equal(pop3_client_awaited(&mc.engine), 0);
}

static void the_octets_of_each_command(void **state)
{
	static const struct {
		const char *say, *want, *answer;
		enum pop3_verb_asked verb;
	} cases[] = {
		{ "CAPA", "CAPA\r\n", "-\r\n", POP3_ASK_CAPA },
		{ "STLS", "STLS\r\n", "-\r\n", POP3_ASK_STLS },
		{ "USER a@b", "USER a@b\r\n", "-\r\n", POP3_ASK_USER },
		{ "PASS  a b ", "PASS  a b \r\n", "-\r\n", POP3_ASK_PASS },
		{ "APOP a 00ff", "APOP a 00ff\r\n", "-\r\n", POP3_ASK_APOP },
		{ "AUTH PLAIN", "AUTH PLAIN\r\n", "-\r\n", POP3_ASK_AUTH },
		{ "AUTH PLAIN =", "AUTH PLAIN =\r\n", "-\r\n", POP3_ASK_AUTH },
		{ "AUTH PLAIN AGEAYg==", "AUTH PLAIN AGEAYg==\r\n", "-\r\n",
		  POP3_ASK_AUTH },
		{ "UTF8", "UTF8\r\n", "-\r\n", POP3_ASK_UTF8 },
		{ "STAT", "STAT\r\n", "-\r\n", POP3_ASK_STAT },
		{ "LIST", "LIST\r\n", "-\r\n", POP3_ASK_LIST },
		{ "LIST 1", "LIST 1\r\n", "-\r\n", POP3_ASK_LIST_ONE },
		{ "UIDL", "UIDL\r\n", "-\r\n", POP3_ASK_UIDL },
		{ "UIDL 20", "UIDL 20\r\n", "-\r\n", POP3_ASK_UIDL_ONE },
		{ "RETR 4294967295", "RETR 4294967295\r\n", "-\r\n",
		  POP3_ASK_RETR },
		{ "TOP 1 0", "TOP 1 0\r\n", "-\r\n", POP3_ASK_TOP },
		{ "TOP 4294967295 18446744073709551615",
		  "TOP 4294967295 18446744073709551615\r\n", "-\r\n",
		  POP3_ASK_TOP },
		{ "DELE 3", "DELE 3\r\n", "-\r\n", POP3_ASK_DELE },
		{ "RSET", "RSET\r\n", "-\r\n", POP3_ASK_RSET },
		{ "NOOP", "NOOP\r\n", "-\r\n", POP3_ASK_NOOP },
		{ "QUIT", "QUIT\r\n", "-\r\n", POP3_ASK_QUIT },
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_int_equal(memclient_say(&mc, client_str(cases[i].say)),
				 0);
		assert_text(memclient_said(&mc), cases[i].want);
		assert_int_equal(pop3_client_awaits(&mc.engine), cases[i].verb);
		memclient_hear(&mc, client_str(cases[i].answer));
		assert_int_equal(pop3_client_awaits(&mc.engine),
				 POP3_ASK_COUNT);
	}
}

/* --- arguments --- */

static void no_second_line_is_smuggled_in(void **state)
{
	static const char bad[] = { '\r', '\n', '\0' };
	uint8_t at[] = "a?b";
	struct pop3_slice arg = pop3_slice_of(at, 3);
	struct pop3_slice good = POP3_LITERAL("a");
	(void)state;

	for (size_t i = 0; i < sizeof(bad); i++) {
		at[1] = (uint8_t)bad[i];
		assert_refused(pop3_client_user(&mc.engine, &mc.out, arg),
			       POP3_EINVAL);
		assert_refused(pop3_client_pass(&mc.engine, &mc.out, arg),
			       POP3_EINVAL);
		assert_refused(pop3_client_apop(&mc.engine, &mc.out, arg, good),
			       POP3_EINVAL);
		assert_refused(pop3_client_apop(&mc.engine, &mc.out, good, arg),
			       POP3_EINVAL);
		assert_refused(pop3_client_auth(&mc.engine, &mc.out, arg, NULL),
			       POP3_EINVAL);
	}
}

static void blanks_are_for_passwords_only(void **state)
{
	struct pop3_slice blank = POP3_LITERAL("a b");
	struct pop3_slice tab = POP3_LITERAL("a\tb");
	struct pop3_slice good = POP3_LITERAL("a");
	(void)state;

	assert_refused(pop3_client_user(&mc.engine, &mc.out, blank),
		       POP3_EINVAL);
	assert_refused(pop3_client_user(&mc.engine, &mc.out, tab), POP3_EINVAL);
	assert_refused(pop3_client_apop(&mc.engine, &mc.out, blank, good),
		       POP3_EINVAL);
	assert_refused(pop3_client_auth(&mc.engine, &mc.out, blank, &good),
		       POP3_EINVAL);
	assert_int_equal(pop3_client_pass(&mc.engine, &mc.out, blank), 0);
}

static void no_argument_is_empty(void **state)
{
	struct pop3_slice none = pop3_slice_of(NULL, 0);
	struct pop3_slice good = POP3_LITERAL("a");
	(void)state;

	assert_refused(pop3_client_user(&mc.engine, &mc.out, none),
		       POP3_EINVAL);
	assert_refused(pop3_client_pass(&mc.engine, &mc.out, none),
		       POP3_EINVAL);
	assert_refused(pop3_client_apop(&mc.engine, &mc.out, good, none),
		       POP3_EINVAL);
	assert_refused(pop3_client_auth(&mc.engine, &mc.out, none, NULL),
		       POP3_EINVAL);
	assert_refused(pop3_client_retr(&mc.engine, &mc.out, 0), POP3_EINVAL);
	assert_refused(pop3_client_top(&mc.engine, &mc.out, 0, 1), POP3_EINVAL);
	assert_refused(pop3_client_dele(&mc.engine, &mc.out, 0), POP3_EINVAL);
	assert_refused(pop3_client_list_one(&mc.engine, &mc.out, 0),
		       POP3_EINVAL);
	assert_refused(pop3_client_uidl_one(&mc.engine, &mc.out, 0),
		       POP3_EINVAL);
}

/* "PASS ", 248 octets, CRLF: 255. */
static void a_line_has_255_octets(void **state)
{
	uint8_t at[20000];
	(void)state;

	memset(at, 'x', sizeof(at));
	assert_refused(
	    pop3_client_pass(&mc.engine, &mc.out, pop3_slice_of(at, 249)),
	    POP3_ELINE);
	assert_refused(pop3_client_user(&mc.engine, &mc.out,
					pop3_slice_of(at, sizeof(at))),
		       POP3_ELINE);
	assert_int_equal(
	    pop3_client_pass(&mc.engine, &mc.out, pop3_slice_of(at, 248)), 0);
	assert_int_equal(memclient_said(&mc).len, POP3_LINE_MAX);
}

/* "AUTH PLAIN ", 240 of base64 for 180 octets, CRLF: 253. */
static void an_initial_response_may_be_too_long(void **state)
{
	uint8_t at[181];
	struct pop3_slice fits = pop3_slice_of(at, 180);
	struct pop3_slice too_long = pop3_slice_of(at, 181);
	struct pop3_slice huge = pop3_slice_of(at, SIZE_MAX);
	struct pop3_slice plain = POP3_LITERAL("PLAIN");
	(void)state;

	memset(at, 'x', sizeof(at));
	assert_refused(pop3_client_auth(&mc.engine, &mc.out, plain, &too_long),
		       POP3_ELINE);
	/* a length that base64's would overflow; no octet is looked at */
	assert_refused(pop3_client_auth(&mc.engine, &mc.out, plain, &huge),
		       POP3_ELINE);
	assert_int_equal(pop3_client_auth(&mc.engine, &mc.out, plain, &fits),
			 0);
	assert_int_equal(memclient_said(&mc).len, 253);
}

/* --- room --- */

static void nothing_is_put_by_halves(void **state)
{
	uint8_t at[64];
	struct pop3_slice secret = POP3_LITERAL("secret");
	struct pop3_slice plain = POP3_LITERAL("PLAIN");
	(void)state;

	memset(at, 0, sizeof(at));
	for (size_t cap = 0; cap < sizeof("PASS secret\r\n") - 1; cap++) {
		mc.out = pop3_writer_of(at, cap);
		assert_refused(pop3_client_pass(&mc.engine, &mc.out, secret),
			       POP3_ENOSPC);
		assert_false(mc.out.full);
		assert_int_equal(at[0], 0);
	}
	for (size_t cap = 0; cap < sizeof("AUTH PLAIN c2VjcmV0\r\n") - 1;
	     cap++) {
		mc.out = pop3_writer_of(at, cap);
		assert_refused(
		    pop3_client_auth(&mc.engine, &mc.out, plain, &secret),
		    POP3_ENOSPC);
		assert_int_equal(at[0], 0);
	}
	mc.out = pop3_writer_of(at, sizeof("AUTH PLAIN c2VjcmV0\r\n") - 1);
	assert_int_equal(pop3_client_auth(&mc.engine, &mc.out, plain, &secret),
			 0);
	assert_slice(memclient_said(&mc), "AUTH PLAIN c2VjcmV0\r\n");
}

static void a_full_writer_takes_nothing(void **state)
{
	(void)state;
	mc.out.full = true;
	assert_int_equal(pop3_client_noop(&mc.engine, &mc.out), POP3_ENOSPC);
	assert_int_equal(pop3_client_awaited(&mc.engine), 0);
}

/* The ring goes round, and answers find their commands. */
static void so_many_may_wait(void **state)
{
	(void)state;
	for (uint32_t i = 1; i <= POP3_CLIENT_QUEUE_MAX; i++) {
		assert_int_equal(pop3_client_dele(&mc.engine, &mc.out, i), 0);
	}
	assert_int_equal(pop3_client_noop(&mc.engine, &mc.out), POP3_ENOSPC);
	assert_int_equal(pop3_client_awaited(&mc.engine),
			 POP3_CLIENT_QUEUE_MAX);
	mc.trace.len = 0;
	for (uint32_t i = 1; i <= 3; i++) {
		memclient_hear_str(&mc, "+OK\r\n");
		assert_int_equal(
		    pop3_client_dele(&mc.engine, &mc.out, 1000 + i), 0);
	}
	assert_slice(memclient_trace(&mc), "REPLY DELE 1 + \"\"\n"
					   "REPLY DELE 2 + \"\"\n"
					   "REPLY DELE 3 + \"\"\n");
	for (uint32_t i = 0; i < POP3_CLIENT_QUEUE_MAX - 1; i++) {
		memclient_hear_str(&mc, "+OK\r\n");
	}
	mc.trace.len = 0;
	memclient_hear_str(&mc, "-ERR\r\n");
	assert_slice(memclient_trace(&mc), "REPLY DELE 1003 - \"\"\n");
	assert_int_equal(pop3_client_awaited(&mc.engine), 0);
}

/* --- order --- */

static void nothing_goes_before_the_greeting(void **state)
{
	struct memclient early;
	(void)state;

	memclient_begin(&early);
	assert_int_equal(pop3_client_awaits(&early.engine), POP3_ASK_GREETING);
	assert_int_equal(memclient_say_str(&early, "CAPA"), POP3_EINVAL);
	assert_int_equal(memclient_said(&early).len, 0);
	memclient_finish(&early);
}

static void nothing_follows_some_commands(void **state)
{
	static const char *const last[] = { "STLS", "AUTH PLAIN", "QUIT" };
	(void)state;

	for (size_t i = 0; i < COUNT_OF(last); i++) {
		assert_int_equal(memclient_say(&mc, client_str(last[i])), 0);
		(void)memclient_said(&mc);
		assert_int_equal(memclient_say_str(&mc, "NOOP"), POP3_EINVAL);
		assert_int_equal(memclient_say_str(&mc, "QUIT"), POP3_EINVAL);
		assert_int_equal(memclient_said(&mc).len, 0);
		memclient_hear_str(&mc, "-ERR\r\n");
	}
}

static void verbs_have_names(void **state)
{
	(void)state;
	assert_string_equal(pop3_client_verb_name(POP3_ASK_UIDL_ONE), "UIDL");
	assert_string_equal(pop3_client_verb_name(POP3_ASK_GREETING), "");
	for (int i = 0; i < POP3_ASK_COUNT; i++) {
		assert_non_null(pop3_client_verb_name((enum pop3_verb_asked)i));
	}
}

#define T(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_octets_of_each_command),
		T(no_second_line_is_smuggled_in),
		T(blanks_are_for_passwords_only),
		T(no_argument_is_empty),
		T(a_line_has_255_octets),
		T(an_initial_response_may_be_too_long),
		T(nothing_is_put_by_halves),
		T(a_full_writer_takes_nothing),
		T(so_many_may_wait),
		T(nothing_goes_before_the_greeting),
		T(nothing_follows_some_commands),
		T(verbs_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
