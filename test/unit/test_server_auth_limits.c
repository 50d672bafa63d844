// SPDX-License-Identifier: ISC
/*
 * test_server_auth_limits.c - the server engine: how long the lines of AUTH may
 * be, and what its caller may rely on.
 */
#include "served.h"

static const struct memserver_options sasl = { .out_cap = 4096, .sasl = true };

/* --- limits --- */

/* Feeds a response of len octets and then end. */
static void respond(size_t len, const char *end)
{
	struct octets line = { 0 };

	for (size_t i = 0; i < len; i++) {
		octets_add_str(&line, "A");
	}
	octets_add_str(&line, end);
	memserver_feed(&server, octets_all(&line));
	octets_finish(&line);
}

static void the_longest_response(void **state)
{
	(void)state;
	begin(sasl);
	say("AUTH PLAIN");
	(void)news();
	assert_int_equal(pop3_server_line_max(&server.engine),
			 POP3_SASL_LINE_MAX);
	respond(POP3_SASL_LINE_MAX - 2, "\r\n");
	assert_slice(news(), "-ERR Not as the mechanism has it\r\n");
	assert_int_equal(pop3_server_line_max(&server.engine), POP3_LINE_MAX);
	memserver_end(&server);
}

static void a_longer_response_is_refused_once(void **state)
{
	(void)state;
	begin(sasl);
	say("AUTH PLAIN");
	(void)news();
	server.trace.len = 0;
	respond(POP3_SASL_LINE_MAX - 1, "");
	assert_int_equal(news().len, 0);
	respond(1, "");
	assert_slice(news(), "-ERR The response is too long\r\n");
	assert_slice(octets_all(&server.trace), "CANCEL\n");
	respond(3 * POP3_SASL_LINE_MAX, "");
	assert_int_equal(news().len, 0);
	assert_says("\r\nAUTH PLAIN AHRlc3QAc2VjcmV0",
		    "+OK 3 messages (41 octets)");
	memserver_end(&server);
}

static void the_command_itself_is_a_line_as_any(void **state)
{
	(void)state;
	begin(sasl);
	(void)news();
	memserver_feed(&server, POP3_LITERAL("AUTH PLAIN   "));
	respond(POP3_LINE_MAX - 16, "=\r\n");
	assert_slice(news(), "-ERR Not as the mechanism has it\r\n");
	memserver_feed(&server, POP3_LITERAL("AUTH PLAIN   "));
	respond(POP3_LINE_MAX - 15, "=\r\n");
	assert_slice(news(), "-ERR Command is too long\r\n");
	memserver_end(&server);
}

/* --- the caller's side --- */

static void begin_exchange(struct bare *b, const char *input)
{
	config.mechanisms = "SCRAM-SHA-256-PLUS SCRAM-SHA-256 X";
	bare_begin(b);
	assert_int_equal(bare_run(b, input), POP3_EV_AUTH);
}

static void end_exchange(struct bare *b)
{
	pop3_server_finish(&b->engine);
	config.mechanisms = NULL;
}

static void the_mechanism_is_the_configured_name(void **state)
{
	struct bare b;
	(void)state;

	begin_exchange(&b, "AUTH scram-sha-256\r\n");
	assert_slice(b.ev.mechanism, "SCRAM-SHA-256");
	assert_ptr_equal(b.ev.mechanism.at, config.mechanisms + 19);
	assert_false(b.ev.has_response);
	assert_int_equal(b.ev.response.len, 0);
	end_exchange(&b);
	begin_exchange(&b, "AUTH x =\r\n");
	assert_slice(b.ev.mechanism, "X");
	assert_true(b.ev.has_response);
	assert_int_equal(b.ev.response.len, 0);
	end_exchange(&b);
}

static void the_longest_challenge_is_a_reply(void **state)
{
	uint8_t octets[POP3_CHALLENGE_MAX], back[POP3_CHALLENGE_MAX];
	struct pop3_writer w = pop3_writer_of(back, sizeof(back));
	struct bare b;
	size_t line_len = POP3_BASE64_LEN(POP3_CHALLENGE_MAX) + 4;
	(void)state;

	for (size_t i = 0; i < sizeof(octets); i++) {
		octets[i] = (uint8_t)(i * 7);
	}
	begin_exchange(&b, "AUTH X\r\n");
	b.out.len = 0;
	pop3_server_auth_challenge(&b.engine,
				   pop3_slice_of(octets, sizeof(octets)));
	assert_int_equal(bare_run(&b, ""), POP3_EV_INPUT);
	assert_int_equal(b.out.len, line_len);
	assert_true(line_len <= POP3_REPLY_MAX);
	assert_slice(pop3_slice_of(b.at, 2), "+ ");
	assert_slice(pop3_slice_of(b.at + line_len - 2, 2), "\r\n");
	assert_int_equal(
	    pop3_base64_decode(pop3_slice_of(b.at + 2, line_len - 4), &w), 0);
	assert_memory_equal(back, octets, sizeof(octets));
	end_exchange(&b);
}

static void a_challenge_waits_for_room(void **state)
{
	uint8_t octets[] = { 'x' };
	struct bare b;
	(void)state;

	begin_exchange(&b, "AUTH X\r\n");
	pop3_server_auth_challenge(&b.engine, pop3_slice_of(octets, 1));
	b.out.len = sizeof(b.at) - POP3_OUT_MIN + 1;
	assert_int_equal(bare_run(&b, ""), POP3_EV_OUTPUT);
	assert_int_equal(pop3_server_line_max(&b.engine), POP3_SASL_LINE_MAX);
	b.out.len = 0;
	assert_int_equal(bare_run(&b, ""), POP3_EV_INPUT);
	assert_slice(pop3_slice_of(b.at, b.out.len), "+ eA==\r\n");
	assert_ptr_equal(b.engine.challenge.at, NULL);
	end_exchange(&b);
}

static void the_response_stays_in_the_input(void **state)
{
	static const char input[] = "c2VjcmV0\r\nSTAT\r\n";
	struct pop3_slice in = pop3_slice_of(input, sizeof(input) - 1);
	const uint8_t *begin_at = in.at;
	struct bare b;
	(void)state;

	begin_exchange(&b, "AUTH X\r\n");
	pop3_server_auth_challenge(&b.engine, pop3_slice_of(NULL, 0));
	assert_int_equal(pop3_server_run(&b.engine, &in, &b.out, &b.ev),
			 POP3_EV_RESPONSE);
	assert_slice(b.ev.response, "c2VjcmV0");
	assert_ptr_equal(b.ev.response.at, begin_at);
	assert_slice(in, "STAT\r\n");
	end_exchange(&b);
}

static void abort_within_an_exchange(void **state)
{
	struct bare b;
	(void)state;

	begin_exchange(&b, "AUTH X\r\n");
	pop3_server_auth_challenge(&b.engine, pop3_slice_of(NULL, 0));
	assert_int_equal(bare_run(&b, ""), POP3_EV_INPUT);
	b.out.len = 0;
	pop3_server_abort(&b.engine, POP3_CODE_SYS_TEMP, "Going down");
	assert_int_equal(bare_run(&b, ""), POP3_EV_CLOSE);
	assert_slice(pop3_slice_of(b.at, b.out.len),
		     "-ERR [SYS/TEMP] Going down\r\n");
	end_exchange(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		with_drop(the_longest_response),
		with_drop(a_longer_response_is_refused_once),
		with_drop(the_command_itself_is_a_line_as_any),
		cmocka_unit_test(the_mechanism_is_the_configured_name),
		cmocka_unit_test(the_longest_challenge_is_a_reply),
		cmocka_unit_test(a_challenge_waits_for_room),
		cmocka_unit_test(the_response_stays_in_the_input),
		cmocka_unit_test(abort_within_an_exchange),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
