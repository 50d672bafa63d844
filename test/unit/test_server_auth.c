// SPDX-License-Identifier: ISC
/*
 * test_server_auth.c - the server engine: AUTH and the exchange behind it (RFC
 * 5034).
 */
#include "served.h"

static const struct memserver_options sasl = { .out_cap = 4096, .sasl = true };

#define RIGHT "AHRlc3QAc2VjcmV0" /* test, secret */
#define WRONG "AHRlc3QAd3Jvbmc=" /* test, wrong */
#define IN    "+OK 3 messages (41 octets)"

/* --- exchanges that succeed --- */

static void plain_with_its_response(void **state)
{
	(void)state;
	begin(sasl);
	(void)news();
	assert_says("AUTH PLAIN " RIGHT, IN);
	assert_slice(octets_all(&server.trace), "AUTH with PLAIN|" RIGHT "\n");
	assert_says("AUTH PLAIN " RIGHT, "-ERR Already logged in");
	assert_says("STAT", "+OK 3 41");
	memserver_end(&server);
}

static void plain_in_two_steps(void **state)
{
	(void)state;
	begin(sasl);
	(void)news();
	assert_says("auth plain", "+ ");
	assert_says(RIGHT, IN);
	assert_slice(octets_all(&server.trace),
		     "AUTH PLAIN|\nRESPONSE " RIGHT "|\n");
	memserver_end(&server);
}

static void login_in_three_steps(void **state)
{
	(void)state;
	begin(sasl);
	(void)news();
	assert_says("AUTH LOGIN", "+ VXNlciBOYW1l");
	assert_says("dGVzdA==", "+ UGFzc3dvcmQ=");
	assert_says("c2VjcmV0", IN);
	memserver_end(&server);
}

static void pipelined_responses_belong_to_the_exchange(void **state)
{
	(void)state;
	begin(sasl);
	(void)news();
	assert_says("AUTH LOGIN\r\ndGVzdA==\r\nc2VjcmV0\r\nSTAT",
		    "+ VXNlciBOYW1l\r\n+ UGFzc3dvcmQ=\r\n" IN "\r\n+OK 3 41");
	memserver_end(&server);
}

static void a_bare_lf_ends_a_response(void **state)
{
	(void)state;
	begin(sasl);
	(void)news();
	memserver_feed(&server, POP3_LITERAL("AUTH PLAIN\n" RIGHT "\n"));
	assert_slice(news(), "+ \r\n" IN "\r\n");
	memserver_end(&server);
}

static void an_empty_response_is_one(void **state)
{
	(void)state;
	begin(sasl);
	(void)news();
	assert_says("AUTH LOGIN =", "+ UGFzc3dvcmQ="); /* no name, then */
	assert_says("", "-ERR [AUTH] Log-in failed");
	assert_slice(octets_all(&server.trace),
		     "AUTH with LOGIN|\nRESPONSE |\n");
	memserver_end(&server);
}

/* Both come in one run: what was wrong with one is nothing to the other. */
static void a_response_is_only_of_its_own_command(void **state)
{
	(void)state;
	begin(sasl);
	(void)news();
	assert_says("AUTH PLAIN !\r\nAUTH PLAIN\r\n" RIGHT,
		    "-ERR The response is not base64\r\n+ \r\n" IN);
	assert_slice(octets_all(&server.trace),
		     "AUTH PLAIN|\nRESPONSE " RIGHT "|\n");
	memserver_end(&server);
}

/* --- mechanisms --- */

static void unknown_mechanisms_begin_nothing(void **state)
{
	(void)state;
	begin(sasl);
	(void)news();
	for (unsigned n = 0; n < 2 * MEMSERVER_TRIES_MAX; n++) {
		assert_says("AUTH X", "-ERR No such mechanism");
		assert_says("AUTH PLAI " RIGHT, "-ERR No such mechanism");
		assert_says("AUTH LOGIN\tx", "-ERR No such mechanism");
	}
	assert_says("AUTH", "-ERR Wrong number of arguments");
	assert_says("AUTH ", "-ERR Wrong number of arguments");
	assert_says("AUTH PLAIN a b", "-ERR Wrong number of arguments");
	assert_int_equal(server.trace.len, 0);
	memserver_end(&server);

	begin(plain);
	(void)news();
	assert_says("AUTH PLAIN", "-ERR No such mechanism");
	memserver_end(&server);
}

static void a_secret_in_clear_text_gets_a_hint(void **state)
{
	struct memserver_options options = sasl;
	(void)state;

	options.no_plaintext = true;
	begin(options);
	(void)news();
	for (unsigned n = 0; n < 2 * MEMSERVER_TRIES_MAX; n++) {
		assert_says("AUTH plain", "-ERR [SYS/PERM] A password in clear "
					  "text is not accepted here");
		assert_says("AUTH LOGIN dGVzdA==",
			    "-ERR [SYS/PERM] A password in clear text is not "
			    "accepted here");
	}
	assert_says("AUTH CRAM-MD5", "-ERR No such mechanism");
	assert_int_equal(server.trace.len, 0);
	memserver_end(&server);
}

/* --- exchanges that fail --- */

static void failures_count_as_tries(void **state)
{
	(void)state;
	begin(sasl);
	(void)news();
	assert_says("AUTH PLAIN " WRONG, "-ERR [AUTH] Log-in failed");
	assert_says("AUTH PLAIN\r\n*", "+ \r\n-ERR Cancelled");
	assert_false(server.is_closed);
	assert_says("USER test\r\nPASS wrong",
		    "+OK Send PASS\r\n-ERR [AUTH] Log-in failed");
	assert_true(server.is_closed);
	memserver_end(&server);
}

static void every_kind_of_failure_ends_in_a_close(void **state)
{
	static const struct {
		const char *said, *reply;
	} kinds[] = {
		{ "AUTH PLAIN " WRONG, "-ERR [AUTH] Log-in failed" },
		{ "AUTH PLAIN !", "-ERR The response is not base64" },
		{ "AUTH PLAIN =", "-ERR Not as the mechanism has it" },
		{ "AUTH PLAIN\r\n*", "+ \r\n-ERR Cancelled" },
		{ "AUTH PLAIN\r\n=", "+ \r\n-ERR The response is not base64" },
		{ "AUTH PLAIN\r\nAA=A",
		  "+ \r\n-ERR The response is not base64" },
		{ "AUTH PLAIN\r\n", "+ \r\n-ERR Not as the mechanism has it" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		struct octets line = { 0 }, want = { 0 };

		octets_add_str(&line, kinds[i].said);
		octets_add_str(&line, "\r\n");
		octets_add_str(&want, kinds[i].reply);
		octets_add_str(&want, "\r\n");
		begin(sasl);
		(void)news();
		for (unsigned n = 0; n < MEMSERVER_TRIES_MAX; n++) {
			assert_false(server.is_closed);
			memserver_feed(&server, octets_all(&line));
			assert_same(news(), octets_all(&want));
		}
		assert_true(server.is_closed);
		octets_finish(&line);
		octets_finish(&want);
		memserver_end(&server);
	}
}

static void a_cancelled_exchange_is_told_once(void **state)
{
	(void)state;
	begin(sasl);
	(void)news();
	assert_says("AUTH PLAIN\r\n*\r\nAUTH PLAIN " RIGHT,
		    "+ \r\n-ERR Cancelled\r\n" IN);
	assert_slice(octets_all(&server.trace),
		     "AUTH PLAIN|\nCANCEL\nAUTH with PLAIN|" RIGHT "\n");
	memserver_end(&server);
}

static void commands_within_an_exchange_are_no_commands(void **state)
{
	(void)state;
	begin(sasl);
	(void)news();
	say("AUTH PLAIN");
	(void)news();
	assert_says("CAPA", "-ERR Not as the mechanism has it"); /* base64! */
	say("AUTH PLAIN");
	(void)news();
	assert_says("QUIT ", "-ERR The response is not base64");
	assert_says("QUIT", "+OK Goodbye");
	memserver_end(&server);
}

static void refusals_that_are_no_failures(void **state)
{
	struct memserver_options options = sasl;
	(void)state;

	options.refuse = POP3_CODE_LOGIN_DELAY;
	begin(options);
	(void)news();
	for (unsigned n = 0; n < 2 * MEMSERVER_TRIES_MAX; n++) {
		assert_says("AUTH PLAIN " RIGHT, "-ERR [LOGIN-DELAY] Not now");
	}
	server.options.refuse = POP3_CODE_NONE;
	assert_says("AUTH PLAIN " RIGHT, IN);
	memserver_end(&server);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		with_drop(plain_with_its_response),
		with_drop(plain_in_two_steps),
		with_drop(login_in_three_steps),
		with_drop(pipelined_responses_belong_to_the_exchange),
		with_drop(a_bare_lf_ends_a_response),
		with_drop(an_empty_response_is_one),
		with_drop(a_response_is_only_of_its_own_command),
		with_drop(unknown_mechanisms_begin_nothing),
		with_drop(a_secret_in_clear_text_gets_a_hint),
		with_drop(failures_count_as_tries),
		with_drop(every_kind_of_failure_ends_in_a_close),
		with_drop(a_cancelled_exchange_is_told_once),
		with_drop(commands_within_an_exchange_are_no_commands),
		with_drop(refusals_that_are_no_failures),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
