// SPDX-License-Identifier: ISC
/*
 * test_client_auth.c - the client's side of AUTH (RFC 5034) and of STLS (RFC
 * 2595).
 */
#include "client_play.h"

/* --- AUTH --- */

static void exchanges(void **state)
{
	static const struct client_line lines[] = {
		GREETING,
		{ "AUTH PLAIN", .hear = "+ \r\n" },
		{ "AGEAYg==", .hear = "-ERR [AUTH] no\r\n" },
		/* some leave the blank out */
		{ "AUTH PLAIN", .hear = "+\r\n" },
		{ "", .hear = "-ERR empty\r\n" },
		{ "AUTH LOGIN", .hear = "+  VXNlcg== \r\n" },
		{ "dGVzdA==", .hear = "+ UGFzcw==\n" },
		{ "c2VjcmV0", .hear = "+OK in\r\n" },
		{ "AUTH EXTERNAL =", .hear = "-ERR once is enough\r\n" },
	};
	(void)state;

	assert_client(lines, GREETING_TOLD "CHALLENGE \"\"\n"
					   "REPLY AUTH - [AUTH] \"no\"\n"
					   "CHALLENGE \"\"\n"
					   "REPLY AUTH - \"empty\"\n"
					   "CHALLENGE \"VXNlcg==\"\n"
					   "CHALLENGE \"UGFzcw==\"\n"
					   "REPLY AUTH + \"in\"\n"
					   "REPLY AUTH - \"once is enough\"\n");
}

/* [rfc5034/4] "If the client cannot BASE64 decode any of the server's
 * challenges, it MUST cancel the authentication using the "*" response": the
 * caller learns that, and can. */
static void a_challenge_that_is_no_base64(void **state)
{
	static const char *const bad[] = { "+ a\r\n",     "+ VXNlcg=\r\n",
					   "+ VX Nl\r\n", "+ VXNl=AAA\r\n",
					   "+ VXN*\r\n",  "+ VXNlch==\r\n" };
	(void)state;

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		const struct client_line lines[] = {
			GREETING,
			{ "AUTH LOGIN", .hear = bad[i] },
			{ "*", .hear = "-ERR cancelled\r\n" },
			{ "NOOP", .hear = "+OK\r\n" },
		};

		assert_client(lines,
			      GREETING_TOLD "CHALLENGE malformed \"\"\n"
					    "REPLY AUTH - \"cancelled\"\n"
					    "REPLY NOOP + \"\"\n");
	}
}

static void what_a_response_is_on_the_wire(void **state)
{
	static uint8_t big[12289];
	struct memclient mc;
	struct pop3_slice raw = POP3_LITERAL("\0a\0b");
	(void)state;

	memclient_begin(&mc);
	memclient_hear_str(&mc, "+OK\r\n");
	assert_int_equal(memclient_say_str(&mc, "AUTH X"), 0);
	/* not before it is asked for */
	assert_int_equal(pop3_client_auth_response(&mc.engine, &mc.out, raw),
			 POP3_EINVAL);
	assert_int_equal(pop3_client_auth_cancel(&mc.engine, &mc.out),
			 POP3_EINVAL);
	memclient_hear_str(&mc, "+ \r\n");
	(void)memclient_said(&mc);
	assert_int_equal(
	    pop3_client_auth_response(&mc.engine, &mc.out,
				      pop3_slice_of(big, sizeof(big))),
	    POP3_ELINE);
	assert_int_equal(pop3_client_auth_response(&mc.engine, &mc.out, raw),
			 0);
	assert_slice(memclient_said(&mc), "AGEAYg==\r\n");
	/* nor twice */
	assert_int_equal(pop3_client_auth_response(&mc.engine, &mc.out, raw),
			 POP3_EINVAL);
	memclient_hear_str(&mc, "+ \r\n");
	assert_int_equal(pop3_client_auth_response(&mc.engine, &mc.out,
						   pop3_slice_of(NULL, 0)),
			 0);
	assert_slice(memclient_said(&mc), "\r\n");
	memclient_hear_str(&mc, "+ \r\n");
	assert_int_equal(
	    pop3_client_auth_response(&mc.engine, &mc.out,
				      pop3_slice_of(big, sizeof(big) - 1)),
	    0);
	assert_int_equal(memclient_said(&mc).len, POP3_SASL_LINE_MAX);
	memclient_hear_str(&mc, "+ \r\n");
	assert_int_equal(pop3_client_auth_cancel(&mc.engine, &mc.out), 0);
	assert_slice(memclient_said(&mc), "*\r\n");
	memclient_finish(&mc);
}

static void a_response_is_not_put_by_halves(void **state)
{
	uint8_t at[16] = { 0 };
	struct memclient mc;
	(void)state;

	memclient_begin(&mc);
	memclient_hear_str(&mc, "+OK\r\n");
	assert_int_equal(memclient_say_str(&mc, "AUTH X"), 0);
	memclient_hear_str(&mc, "+ \r\n");
	for (size_t cap = 0; cap < 10; cap++) {
		mc.out = pop3_writer_of(at, cap);
		assert_int_equal(pop3_client_auth_response(
				     &mc.engine, &mc.out, POP3_LITERAL("abcd")),
				 POP3_ENOSPC);
		assert_int_equal(at[0], 0);
		assert_true(mc.engine.has_challenge);
	}
	mc.out = pop3_writer_of(at, 2);
	assert_int_equal(pop3_client_auth_cancel(&mc.engine, &mc.out),
			 POP3_ENOSPC);
	assert_true(mc.engine.has_challenge);
	mc.out = pop3_writer_of(at, 10);
	assert_int_equal(pop3_client_auth_response(&mc.engine, &mc.out,
						   POP3_LITERAL("abcd")),
			 0);
	memclient_finish(&mc);
}

/* A server that says success before it has heard the response is none. */
static void out_of_turn(void **state)
{
	static const struct client_line success[] = {
		GREETING,
		{ "AUTH PLAIN", .hear = "+ \r\n+OK\r\n" },
	};
	static const struct client_line challenge[] = {
		GREETING,
		{ "AUTH PLAIN", .hear = "+ \r\n+ YQ==\r\n" },
	};
	static const struct client_line cancelled[] = {
		GREETING,
		{ "AUTH PLAIN", .hear = "+ \r\n" },
		{ "*", .hear = "+OK in\r\n" },
	};
	static const struct client_line refused[] = {
		GREETING,
		{ "AUTH PLAIN", .hear = "+ \r\n-ERR too late\r\n" },
		{ "NOOP", .hear = "+OK\r\n" },
	};
	(void)state;

	assert_client(success, GREETING_TOLD
		      "CHALLENGE \"\"\nBROKEN CHALLENGE at AUTH \"\"\n");
	assert_client(challenge,
		      GREETING_TOLD "CHALLENGE \"\"\n"
				    "BROKEN CHALLENGE at AUTH \"YQ==\"\n");
	assert_client(cancelled,
		      GREETING_TOLD "CHALLENGE \"\"\n"
				    "BROKEN CHALLENGE at AUTH \"in\"\n");
	assert_client(refused, GREETING_TOLD "CHALLENGE \"\"\n"
					     "REPLY AUTH - \"too late\"\n"
					     "REPLY NOOP + \"\"\n");
}

/* --- STLS --- */

static void begin_stls(struct memclient *mc)
{
	memclient_begin(mc);
	memclient_hear_str(mc, "+OK\r\n");
	assert_int_equal(memclient_say_str(mc, "CAPA"), 0);
	memclient_hear_str(mc, "+OK\r\nPIPELINING\r\nSTLS\r\n.\r\n");
	assert_int_equal(memclient_say_str(mc, "STLS"), 0);
	mc->trace.len = 0;
}

static void tls_begins(void **state)
{
	struct memclient mc;
	(void)state;

	begin_stls(&mc);
	memclient_hear_str(&mc, "+OK go\r\n");
	assert_slice(memclient_trace(&mc), "REPLY STLS + \"go\"\n");
	assert_int_equal(memclient_say_str(&mc, "CAPA"), POP3_EINVAL);
	assert_true(mc.engine.capabilities.stls);
	pop3_client_tls_begun(&mc.engine);
	/* what was said before may have been anybody's */
	assert_false(mc.engine.capabilities.is_known);
	assert_false(mc.engine.capabilities.stls);
	assert_false(mc.engine.capabilities.pipelining);
	assert_int_equal(memclient_say_str(&mc, "CAPA"), 0);
	mc.trace.len = 0;
	memclient_hear_str(&mc, "+OK\r\nTOP\r\n.\r\n");
	assert_slice(memclient_trace(&mc),
		     "CAPABILITY \"TOP\"\nREPLY CAPA + \"\"\n");
	memclient_finish(&mc);
}

static void tls_is_refused(void **state)
{
	struct memclient mc;
	(void)state;

	begin_stls(&mc);
	memclient_hear_str(&mc, "-ERR not here\r\n");
	assert_int_equal(memclient_say_str(&mc, "QUIT"), 0);
	memclient_hear_str(&mc, "+OK\r\n");
	assert_slice(memclient_trace(&mc), "REPLY STLS - \"not here\"\n"
					   "REPLY QUIT + \"\"\n");
	memclient_finish(&mc);
}

/* Octets that an attacker has put behind the reply never count as secured: at
 * every cut it is a fault, be it in place of the reply or behind it. */
static void nothing_passes_the_boundary(void **state)
{
	static const char behind[] = "+OK\r\n+OK\r\n";
	(void)state;

	for (size_t cut = 0; cut < sizeof(behind); cut++) {
		struct memclient mc;

		begin_stls(&mc);
		mc.cut = MEMCLIENT_AT;
		mc.cut_at = mc.heard + cut;
		memclient_hear_str(&mc, behind);
		assert_true(mc.is_broken);
		assert_int_equal(mc.engine.fault, POP3_FAULT_BEHIND_STLS);
		if (cut != 5) {
			assert_slice(memclient_trace(&mc),
				     "BROKEN BEHIND_STLS at STLS \"\"\n");
		} else {
			assert_slice(memclient_trace(&mc),
				     "REPLY STLS + \"\"\n"
				     "BROKEN BEHIND_STLS at REST \"\"\n");
		}
		memclient_finish(&mc);
	}
}

/* Half a line from before TLS is not the beginning of one behind it: behind a
 * refusal it is a fault as any. */
static void half_a_line_does_not_pass(void **state)
{
	struct memclient mc;
	(void)state;

	begin_stls(&mc);
	memclient_hear_str(&mc, "+OK\r\n+");
	assert_int_equal(mc.engine.fault, POP3_FAULT_BEHIND_STLS);
	memclient_finish(&mc);
	begin_stls(&mc);
	memclient_hear_str(&mc, "-ERR\r\n+OK\r\n");
	assert_int_equal(mc.engine.fault, POP3_FAULT_UNASKED);
	memclient_finish(&mc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exchanges),
		cmocka_unit_test(a_challenge_that_is_no_base64),
		cmocka_unit_test(what_a_response_is_on_the_wire),
		cmocka_unit_test(a_response_is_not_put_by_halves),
		cmocka_unit_test(out_of_turn),
		cmocka_unit_test(tls_begins),
		cmocka_unit_test(tls_is_refused),
		cmocka_unit_test(nothing_passes_the_boundary),
		cmocka_unit_test(half_a_line_does_not_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
