// SPDX-License-Identifier: ISC
/*
 * test_server_tls.c - the server engine: STLS, and that nothing crosses the
 * boundary between clear text and TLS.
 */
#include "served.h"

static const struct memserver_options offered = {
	.out_cap = 4096,
	.sasl = true,
	.stls = true,
	.utf8 = true,
};

static void tls_begins_once(void **state)
{
	(void)state;
	begin(offered);
	(void)news();
	assert_says("STLS now", "-ERR Wrong number of arguments");
	assert_says("stls", "+OK Begin TLS now");
	assert_slice(octets_all(&server.trace), "STLS\n");
	assert_says("STLS", "-ERR TLS has begun already");
	assert_says("USER test", "+OK Send PASS");
	assert_says("PASS secret", "+OK 3 messages (41 octets)");
	assert_says("STLS", "-ERR Already logged in");
	memserver_end(&server);
}

static void where_it_is_not_offered_it_is_refused(void **state)
{
	(void)state;
	begin(plain);
	(void)news();
	assert_says("STLS", "-ERR TLS is not offered here, or here already");
	assert_says("USER test", "+OK Send PASS");
	memserver_end(&server);
}

/* --- what came behind it --- */

static void anything_behind_it_ends_the_connection(void **state)
{
	static const char tail[] = "USER test\r\nPASS secret\r\n";
	(void)state;
	for (size_t len = 1; len < sizeof(tail); len++) {
		struct octets in = { 0 };

		begin(offered);
		(void)news();
		octets_add_str(&in, "STLS\r\n");
		octets_add(&in, pop3_slice_of(tail, len));
		memserver_feed(&server, octets_all(&in));
		assert_slice(news(), "-ERR Nothing may follow STLS before TLS "
				     "has begun\r\n");
		assert_slice(octets_all(&server.trace), "CLOSE\n");
		octets_finish(&in);
		memserver_end(&server);
	}
}

static void a_refused_one_is_a_command_as_any(void **state)
{
	(void)state;
	begin(plain);
	(void)news();
	assert_says("STLS\r\nCAPA x",
		    "-ERR TLS is not offered here, or here already\r\n"
		    "-ERR Wrong number of arguments");
	assert_false(server.is_closed);
	memserver_end(&server);
}

/* --- what was said before it --- */

static void a_name_is_forgotten(void **state)
{
	(void)state;
	begin(offered);
	(void)news();
	assert_says("USER test", "+OK Send PASS");
	assert_says("STLS", "+OK Begin TLS now");
	assert_says("PASS secret", "-ERR Send USER first");
	memserver_end(&server);
}

static void nothing_of_the_client_is_left_in_the_engine(void **state)
{
	static const struct pop3_server_config secured = { .greeting = "x" };
	static const uint8_t nothing[POP3_LINE_MAX];
	struct bare b;
	(void)state;

	config.offers_stls = config.utf8 = true;
	bare_begin(&b);
	assert_int_equal(bare_run(&b, "UTF8\r\nUSER someone\r\nSTLS\r\n"),
			 POP3_EV_STLS);
	assert_true(b.ev.is_utf8);
	pop3_server_tls_begun(&b.engine, &secured);
	assert_memory_equal(b.engine.user, nothing, sizeof(nothing));
	assert_ptr_equal(b.engine.config, &secured);
	assert_int_equal(b.engine.state, POP3_ST_AUTHORIZATION);
	assert_int_equal(bare_run(&b, "USER a\r\nPASS b\r\n"), POP3_EV_LOGIN);
	assert_false(b.ev.is_utf8);
	pop3_server_finish(&b.engine);
	config.offers_stls = config.utf8 = false;
}

static void a_try_to_log_in_comes_too_late(void **state)
{
	static const char *const tries[] = {
		"USER test\r\nPASS wrong\r\n",
		"APOP test " MEMSERVER_DIGEST "\r\n",
		"AUTH PLAIN !\r\n",
		"AUTH PLAIN\r\n*\r\n",
		"AUTH PLAIN\r\nAHRlc3QAd3Jvbmc=\r\n",
		"AUTH LOGIN\r\ndGVzdA==\r\n*\r\n",
	};
	struct memserver_options options = offered;
	(void)state;

	options.stamp = MEMSERVER_STAMP;
	options.refuse = POP3_CODE_IN_USE; /* even if it is no failure */
	for (size_t i = 0; i < COUNT_OF(tries); i++) {
		begin(options);
		memserver_feed(&server,
			       pop3_slice_of(tries[i], strlen(tries[i])));
		(void)news();
		assert_says("STLS", "-ERR STLS must come before any log-in");
		assert_false(server.is_closed);
		memserver_end(&server);
	}
}

static void what_is_no_try_does_not_hinder(void **state)
{
	struct memserver_options options = offered;
	(void)state;

	options.no_plaintext = true;
	begin(options);
	say("FOO\r\nUTF8\r\nCAPA\r\nUSER test\r\nAUTH PLAIN\r\nAUTH LOGIN x\r\n"
	    "AUTH X\r\nAUTH\r\nPASS x\r\nAPOP a b\r\nLANG");
	(void)news();
	assert_says("STLS", "+OK Begin TLS now");
	assert_says("AUTH PLAIN AHRlc3QAc2VjcmV0",
		    "+OK 3 messages (41 octets)");
	memserver_end(&server);
}

/* --- what CAPA says of it --- */

static bool capa_has(const char *line)
{
	struct pop3_slice text;
	size_t len = strlen(line);

	say("CAPA");
	text = news();
	for (size_t i = 2; i + len + 2 <= text.len; i++) {
		if (memcmp(text.at + i - 2, "\r\n", 2) == 0 &&
		    memcmp(text.at + i, line, len) == 0 &&
		    memcmp(text.at + i + len, "\r\n", 2) == 0) {
			return true;
		}
	}
	return false;
}

static void capa_offers_it_while_it_may_be_used(void **state)
{
	(void)state;
	begin(offered);
	assert_true(capa_has("STLS"));
	say("STLS");
	assert_false(capa_has("STLS"));
	memserver_end(&server);

	begin(offered);
	say("USER test\r\nPASS wrong");
	assert_false(capa_has("STLS"));
	say("USER test\r\nPASS secret");
	assert_false(capa_has("STLS"));
	memserver_end(&server);

	begin(plain);
	assert_false(capa_has("STLS"));
	memserver_end(&server);
}

static void a_secret_is_wanted_only_under_tls(void **state)
{
	struct memserver_options options = offered;
	(void)state;

	options.no_plaintext = true;
	begin(options);
	(void)news();
	assert_false(capa_has("USER"));
	assert_false(capa_has("SASL " MEMSASL_MECHANISMS));
	assert_says("USER test", "-ERR [SYS/PERM] A password in clear text is "
				 "not accepted here; begin TLS first, with "
				 "STLS");
	assert_says("AUTH LOGIN", "-ERR [SYS/PERM] A password in clear text is "
				  "not accepted here; begin TLS first, with "
				  "STLS");
	say("STLS");
	(void)news();
	assert_true(capa_has("USER"));
	assert_true(capa_has("SASL " MEMSASL_MECHANISMS));
	assert_says("USER test", "+OK Send PASS");
	memserver_end(&server);
}

/* The client would take a reply for a part of the handshake. */
static void abort_before_tls_has_begun(void **state)
{
	struct bare b;
	(void)state;

	config.offers_stls = true;
	bare_begin(&b);
	assert_int_equal(bare_run(&b, "STLS\r\n"), POP3_EV_STLS);
	pop3_server_abort(&b.engine, POP3_CODE_SYS_TEMP, "Going down");
	assert_int_equal(bare_run(&b, ""), POP3_EV_CLOSE);
	assert_slice(pop3_slice_of(b.at, b.out.len),
		     "+OK ready\r\n+OK Begin TLS now\r\n");
	pop3_server_finish(&b.engine);
	config.offers_stls = false;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		with_drop(tls_begins_once),
		with_drop(where_it_is_not_offered_it_is_refused),
		with_drop(anything_behind_it_ends_the_connection),
		with_drop(a_refused_one_is_a_command_as_any),
		with_drop(a_name_is_forgotten),
		cmocka_unit_test(nothing_of_the_client_is_left_in_the_engine),
		with_drop(a_try_to_log_in_comes_too_late),
		with_drop(what_is_no_try_does_not_hinder),
		with_drop(capa_offers_it_while_it_may_be_used),
		with_drop(a_secret_is_wanted_only_under_tls),
		cmocka_unit_test(abort_before_tls_has_begun),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
