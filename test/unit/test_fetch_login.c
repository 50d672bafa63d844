// SPDX-License-Identifier: ISC
/*
 * test_fetch_login.c - login.c: the exchanges of all mechanisms but SCRAM,
 * with servers of a few lines and with our own engine; when the next way is
 * tried, and when not.
 */
#include "logged.h"

#include "memserver.h"

#define PLAIN_RESPONSE "AHRlc3QAc2VjcmV0"
#define PLAIN_LINE     "AUTH PLAIN " PLAIN_RESPONSE "\r\n"

static void assert_sent(const char *want)
{
	assert_slice_at(octets_all(&g.sent), pop3_slice_of(want, strlen(want)),
			__FILE__, __LINE__);
}

static void ask_for(const char *mechanisms)
{
	g.account.mechanisms = (char *)(uintptr_t)mechanisms;
}

/* --- exchanges --- */

static void test_user_and_pass(void **state)
{
	(void)state;
	without_capa();
	assert_log_in("+OK test is welcome", "+GOODMORNING logged in");
	assert_sent("USER test\r\nPASS secret\r\n");
}

static void test_plain(void **state)
{
	(void)state;
	announce("PLAIN");
	assert_log_in("+OK");
	assert_sent(PLAIN_LINE);
}

/* What has no room in the line of AUTH comes when it is asked for. */
static void test_plain_in_two_steps(void **state)
{
	char user[200];

	(void)state;
	memset(user, 'u', sizeof(user) - 1);
	user[sizeof(user) - 1] = '\0';
	g.account.user = user;
	announce("PLAIN");
	assert_log_in("+ ", "+OK");
	assert_true(has_sent("AUTH PLAIN\r\nAHV1dXV1"));
}

static void test_login(void **state)
{
	(void)state;
	announce("LOGIN");
	assert_log_in("+ VXNlciBOYW1lAA==", "+ UGFzc3dvcmQA", "+OK");
	assert_sent("AUTH LOGIN\r\ndGVzdA==\r\nc2VjcmV0\r\n");
}

static void test_external(void **state)
{
	(void)state;
	announce("EXTERNAL");
	g.options.password = NULL;
	g.options.has_certificate = true;
	assert_log_in("+OK");
	assert_sent("AUTH EXTERNAL =\r\n");
}

/* [rfc2195/2] the example's. */
static void test_cram_md5(void **state)
{
	(void)state;
	announce("CRAM-MD5");
	ask_for("CRAM-MD5");
	g.account.user = (char *)(uintptr_t) "tim";
	assert_true(secret_set(&g.password, "tanstaaftanstaaf", 16));
	assert_log_in("+ PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5u"
		      "ZXQ+",
		      "+OK");
	assert_sent("AUTH CRAM-MD5\r\n"
		    "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw\r\n");
}

/* [rfc1939/7/apop] the example's. */
static void test_apop(void **state)
{
	(void)state;
	greet("+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>\r\n",
	      "-ERR\r\n");
	ask_for("APOP");
	g.account.user = (char *)(uintptr_t) "mrose";
	assert_true(secret_set(&g.password, "tanstaaf", 8));
	assert_log_in("+OK maildrop has 1 message (369 octets)");
	assert_sent("APOP mrose c4c9334bac560ecc979e58001b3e22fb\r\n");
}

/* --- with our own engine --- */

static struct memserver server;
static size_t taken;

static void serve_engine(struct logged *l, struct pop3_slice said,
			 struct octets *answer)
{
	(void)l;
	memserver_feed(&server, said);
	octets_add(answer, pop3_slice_tail(octets_all(&server.sent), taken));
	taken = server.sent.len;
}

static struct memdrop drop;

static void with_engine(struct memserver_options options)
{
	struct octets answer = { NULL, 0, 0 };

	options.out_cap = 4096;
	memserver_begin(&server, &drop, options);
	taken = 0;
	serve_engine(&g, pop3_slice_of(NULL, 0), &answer);
	logged_hear(octets_all(&answer));
	octets_finish(&answer);
	assert_int_equal(pop3_client_capa(&g.client, &g.out), 0);
	serve_engine(&g, pop3_slice_of(g.out.at, g.out.len), &answer);
	g.out.len = 0;
	logged_hear(octets_all(&answer));
	octets_finish(&answer);
	g.serve = serve_engine;
}

static void assert_engine(enum login_step want, const char *way)
{
	if (logged_run() != want) {
		print_error("says: %s\n", g.why.text);
	}
	assert_int_equal(g.step, want);
	assert_string_equal(login_way(g.login), way);
	assert_int_equal(server.engine.state == POP3_ST_TRANSACTION,
			 want == LOGIN_DONE);
	memserver_end(&server);
}

static void test_engine_user(void **state)
{
	(void)state;
	with_engine((struct memserver_options){ .sasl = false });
	assert_engine(LOGIN_DONE, "USER");
}

static void test_engine_plain(void **state)
{
	(void)state;
	ask_for("PLAIN");
	with_engine((struct memserver_options){ .sasl = true });
	assert_engine(LOGIN_DONE, "PLAIN");
}

static void test_engine_login(void **state)
{
	(void)state;
	ask_for("LOGIN");
	with_engine((struct memserver_options){ .sasl = true });
	assert_engine(LOGIN_DONE, "LOGIN");
}

static void test_engine_apop(void **state)
{
	(void)state;
	ask_for("APOP");
	with_engine((struct memserver_options){ .stamp = MEMSERVER_STAMP });
	assert_engine(LOGIN_DONE, "APOP");
}

static void test_engine_refuses(void **state)
{
	(void)state;
	assert_true(secret_set(&g.password, "wrong", 5));
	with_engine((struct memserver_options){ .sasl = false });
	assert_engine(LOGIN_REFUSED, "USER");
	assert_why(WHY_LOGIN, "pop.test refuses the log-in \"Log-in failed\"");
}

static void test_engine_is_busy(void **state)
{
	(void)state;
	with_engine((struct memserver_options){ .refuse = POP3_CODE_IN_USE });
	assert_engine(LOGIN_REFUSED, "USER");
	assert_why(WHY_TEMP, "another session has the mailbox");
}

/* The server has SCRAM, and says no to everybody: nothing weaker is tried. */
static void test_engine_refuses_scram(void **state)
{
	(void)state;
	with_engine((struct memserver_options){ .sasl = true });
	assert_engine(LOGIN_REFUSED, "SCRAM-SHA-256");
	assert_false(has_sent(PLAIN_RESPONSE));
	assert_false(has_sent("secret"));
}

/* --- from way to way --- */

static void test_the_next_when_it_is_not_known(void **state)
{
	(void)state;
	announce("SCRAM-SHA-256 PLAIN LOGIN");
	assert_log_in("-ERR Unknown mechanism", "-ERR unsupported", "+ ", "+ ",
		      "+OK");
	assert_string_equal(login_way(g.login), "LOGIN");
}

/* Asked for, and the server told nothing: no secret goes out before it has
 * said that it knows the mechanism. */
static void test_asked_blindly(void **state)
{
	(void)state;
	without_capa();
	ask_for("PLAIN LOGIN USER");
	assert_log_in("-ERR what?", "-ERR what?", "+OK", "+OK");
	assert_sent("AUTH PLAIN\r\nAUTH LOGIN\r\nUSER test\r\nPASS secret\r\n");
}

static void test_asked_blindly_and_known(void **state)
{
	(void)state;
	without_capa();
	ask_for("PLAIN USER");
	assert_log_in("+ ", "+OK");
	assert_sent("AUTH PLAIN\r\n" PLAIN_RESPONSE "\r\n");
}

static void test_never_the_next_after_a_refusal(void **state)
{
	static const char *const words[] = {
		"-ERR [AUTH] no",
		"-ERR Authentication failed",
		"-ERR",
		"-ERR unknown user",
		"-ERR [AUTH] unknown mechanism",
		"-ERR [SYS/TEMP] unsupported today",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		const char *answers[] = { words[i], NULL };

		announce("SCRAM-SHA-256 PLAIN LOGIN");
		g.answers = answers;
		assert_int_equal(logged_run(), LOGIN_REFUSED);
		assert_false(has_sent("PLAIN"));
		assert_string_equal(login_way(g.login), "SCRAM-SHA-256");
		logged_end();
		logged_begin();
	}
}

/* Once the exchange has begun it is known, whatever is said then. */
static void test_never_the_next_within_an_exchange(void **state)
{
	(void)state;
	announce("LOGIN");
	assert_no_log_in("+ ", "+ ", "-ERR unsupported");
	assert_why(WHY_LOGIN, "unsupported");
	logged_end();
	logged_begin();
	without_capa();
	ask_for("PLAIN USER");
	assert_no_log_in("+ ", "-ERR unknown command");
	assert_false(has_sent("USER"));
}

static void test_a_refused_password_is_the_end(void **state)
{
	(void)state;
	without_capa();
	assert_no_log_in("+OK", "-ERR unknown command");
	assert_why(WHY_LOGIN, "pop.test refuses the log-in "
			      "\"unknown command\"");
}

static void test_nothing_is_known(void **state)
{
	(void)state;
	announce("PLAIN");
	ask_for("PLAIN");
	assert_no_log_in("-ERR unknown mechanism");
	assert_int_equal(g.why.kind, WHY_LOGIN);
}

/* --- servers that say odd things --- */

static void test_a_challenge_too_many(void **state)
{
	(void)state;
	announce("PLAIN");
	assert_no_log_in("+ bW9yZQ==", "-ERR cancelled");
	assert_why(WHY_PROTOCOL, "behind the end of the mechanism");
	assert_sent(PLAIN_LINE "*\r\n");
}

static void test_a_challenge_that_is_none(void **state)
{
	(void)state;
	announce("LOGIN");
	assert_no_log_in("+ User name?", "-ERR cancelled");
	assert_why(WHY_PROTOCOL, "not base64");
	assert_sent("AUTH LOGIN\r\n*\r\n");
}

/* It was cancelled, and the server says that we are in: we are not, were the
 * engine not to find that out first. */
static void test_success_behind_a_cancel(void **state)
{
	struct pop3_client_event ev = { .type = POP3_CEV_REPLY,
					.verb = POP3_ASK_AUTH,
					.is_ok = true };

	(void)state;
	announce("LOGIN");
	assert_int_equal(login_begin(&g.options, &g.out, &g.login, &g.why),
			 LOGIN_GOES_ON);
	hear_text("+ User name?\r\n");
	assert_int_equal(g.step, LOGIN_GOES_ON);
	assert_int_equal(login_go_on(g.login, &ev, &g.out, &g.why),
			 LOGIN_REFUSED);
	assert_why(WHY_PROTOCOL, "not base64");
}

static void test_a_long_password(void **state)
{
	char octets[400];

	(void)state;
	memset(octets, 'p', sizeof(octets));
	assert_true(secret_set(&g.password, octets, sizeof(octets)));
	without_capa();
	assert_no_log_in("+OK");
	assert_why(WHY_CONFIG, "too long");
}

/* Events of other commands are none of its business. */
static void test_other_replies(void **state)
{
	struct pop3_client_event ev = { .type = POP3_CEV_REPLY,
					.verb = POP3_ASK_CAPA,
					.is_ok = false };

	(void)state;
	announce("PLAIN");
	assert_int_equal(login_begin(&g.options, &g.out, &g.login, &g.why),
			 LOGIN_GOES_ON);
	assert_int_equal(login_go_on(g.login, &ev, &g.out, &g.why),
			 LOGIN_GOES_ON);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_login(test_user_and_pass),
		with_login(test_plain),
		with_login(test_plain_in_two_steps),
		with_login(test_login),
		with_login(test_external),
		with_login(test_cram_md5),
		with_login(test_apop),
		with_login(test_engine_user),
		with_login(test_engine_plain),
		with_login(test_engine_login),
		with_login(test_engine_apop),
		with_login(test_engine_refuses),
		with_login(test_engine_is_busy),
		with_login(test_engine_refuses_scram),
		with_login(test_the_next_when_it_is_not_known),
		with_login(test_asked_blindly),
		with_login(test_asked_blindly_and_known),
		with_login(test_never_the_next_after_a_refusal),
		with_login(test_never_the_next_within_an_exchange),
		with_login(test_a_refused_password_is_the_end),
		with_login(test_nothing_is_known),
		with_login(test_a_challenge_too_many),
		with_login(test_a_challenge_that_is_none),
		with_login(test_success_behind_a_cancel),
		with_login(test_a_long_password),
		with_login(test_other_replies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
