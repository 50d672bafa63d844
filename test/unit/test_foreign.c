// SPDX-License-Identifier: ISC
/*
 * test_foreign.c - who is known as a client of another protocol, and that the
 * connection then ends, after one reply that repeats nothing.
 */
#include "served.h"
#include "command.h"
#include "foreign.h"

static const struct {
	const char *line;
	enum foreign is;
} lines[] = {
	{ "", FOREIGN_NOT },
	{ " ", FOREIGN_NOT },
	{ "USER test", FOREIGN_NOT },
	{ "STAT", FOREIGN_NOT },
	{ "DELE 1", FOREIGN_NOT },
	{ "QUIT", FOREIGN_NOT },
	{ "HELP", FOREIGN_NOT },
	{ "NOOP", FOREIGN_NOT },
	{ "a001 LOGIN test secret", FOREIGN_NOT },
	{ "GETS", FOREIGN_NOT },
	{ "GE", FOREIGN_NOT },
	{ " GET /", FOREIGN_NOT },
	{ "HTTP/1.1", FOREIGN_NOT },
	{ " HTTP/1.1", FOREIGN_NOT },
	{ "PASS HTTP/1.", FOREIGN_NOT },
	{ "PASS HTTP/2.0", FOREIGN_NOT },
	{ "PASS xHTTP/1.1", FOREIGN_NOT },
	{ "GET", FOREIGN_HTTP },
	{ "GET / HTTP/1.1", FOREIGN_HTTP },
	{ "get /", FOREIGN_HTTP },
	{ "POST /x", FOREIGN_HTTP },
	{ "HEAD /", FOREIGN_HTTP },
	{ "PUT /", FOREIGN_HTTP },
	{ "DELETE /", FOREIGN_HTTP },
	{ "OPTIONS *", FOREIGN_HTTP },
	{ "CONNECT a:110", FOREIGN_HTTP },
	{ "PATCH /", FOREIGN_HTTP },
	{ "TRACE /", FOREIGN_HTTP },
	{ "PRI * HTTP/2.0", FOREIGN_HTTP },
	{ "Host: pop.example.com", FOREIGN_HTTP },
	{ "PROPFIND / HTTP/1.1", FOREIGN_HTTP },
	{ "x HTTP/1.0", FOREIGN_HTTP },
	{ "EHLO example.com", FOREIGN_SMTP },
	{ "helo", FOREIGN_SMTP },
	{ "LHLO x", FOREIGN_SMTP },
	{ "MAIL FROM:<>", FOREIGN_SMTP },
	{ "RCPT TO:<a@b>", FOREIGN_SMTP },
	{ "DATA", FOREIGN_SMTP },
	{ "BDAT 1", FOREIGN_SMTP },
	{ "VRFY root", FOREIGN_SMTP },
	{ "EXPN root", FOREIGN_SMTP },
	{ "ETRN x", FOREIGN_SMTP },
};

static void each_line_is_known_for_what_it_is(void **state)
{
	struct guard g;
	(void)state;

	guard_init(&g, 64);
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		struct pop3_slice line =
		    pop3_slice_of(lines[i].line, strlen(lines[i].line));

		assert_int_equal(pop3_foreign_line(guard_copy(&g, line)),
				 lines[i].is);
		assert_int_equal(pop3_foreign_line(guard_copy_front(&g, line)),
				 lines[i].is);
	}
	guard_finish(&g);
}

static void no_verb_of_ours_is_foreign(void **state)
{
	(void)state;
	for (int verb = 1; verb < POP3_VERB_COUNT; verb++) {
		const char *name = pop3_verbs[verb].name;

		assert_int_equal(
		    pop3_foreign_line(pop3_slice_of(name, strlen(name))),
		    FOREIGN_NOT);
	}
}

static const char *reply_to(enum foreign protocol)
{
	return protocol == FOREIGN_HTTP
		   ? "-ERR This is a POP3 server, and no web server\r\n"
		   : "-ERR This is a POP3 server; mail is sent to an SMTP "
		     "server, on another port\r\n";
}

static void one_reply_and_the_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		const char *line = lines[i].line;
		struct octets input = { 0 };

		begin(plain);
		(void)news();
		octets_add_str(&input, "CAPA\r\n");
		octets_add_str(&input, line);
		octets_add_str(&input, "\r\nUSER test\r\nPASS secret\r\n");
		memserver_feed(&server, pop3_slice_of(input.at, 6));
		(void)news();
		memserver_feed(&server, pop3_slice_tail(octets_all(&input), 6));
		if (lines[i].is != FOREIGN_NOT) {
			assert_text(news(), reply_to(lines[i].is));
			assert_slice(octets_all(&server.trace), "CLOSE\n");
		}
		assert_int_equal(
		    server.is_closed,
		    lines[i].is != FOREIGN_NOT ||
			pop3_slice_equal(pop3_slice_of(line, strlen(line)),
					 POP3_LITERAL("QUIT")));
		octets_finish(&input);
		memserver_end(&server);
	}
}

static void feed_long(const char *head)
{
	struct octets line = { 0 };

	octets_add_str(&line, head);
	while (line.len < 400) {
		octets_add_str(&line, "x");
	}
	octets_add_str(&line, "\r\n");
	memserver_feed(&server, octets_all(&line));
	octets_finish(&line);
}

static void a_long_request_is_known_too(void **state)
{
	(void)state;
	begin(plain);
	(void)news();
	feed_long("SEARCH /");
	assert_slice(news(), "-ERR Command is too long\r\n");
	feed_long("GET /");
	assert_text(news(), reply_to(FOREIGN_HTTP));
	assert_true(server.is_closed);
	memserver_end(&server);
}

/* Who has logged in has shown what protocol this is. */
static void in_transaction_they_are_only_unknown(void **state)
{
	(void)state;
	log_in(plain);
	assert_says("GET / HTTP/1.1", "-ERR Unknown command");
	assert_says("EHLO x", "-ERR Unknown command");
	assert_says("\x16\x03\x01", "-ERR Unknown command");
	feed_long("GET /");
	assert_slice(news(), "-ERR Command is too long\r\n");
	assert_says("STAT", "+OK 3 41");
	memserver_end(&server);
}

static void within_an_exchange_they_are_no_base64(void **state)
{
	struct memserver_options options = plain;
	(void)state;

	options.sasl = true;
	begin(options);
	say("AUTH PLAIN");
	(void)news();
	assert_says("GET / HTTP/1.1", "-ERR The response is not base64");
	say("AUTH PLAIN");
	(void)news();
	assert_says("\x16\x03\x01", "-ERR The response is not base64");
	assert_false(server.is_closed);
	memserver_end(&server);
}

/* --- TLS --- */

#define HELLO "\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03"

static const char tls_reply[] =
    "-ERR TLS does not begin here: connect to port 995\r\n";

static void tls_is_known_before_its_line_ends(void **state)
{
	(void)state;
	begin(plain);
	(void)news();
	memserver_feed(&server, POP3_LITERAL("\x16"));
	assert_int_equal(news().len, 0);
	assert_false(server.is_closed);
	memserver_feed(&server, POP3_LITERAL("\x03"));
	assert_text(news(), tls_reply);
	assert_true(server.is_closed);
	memserver_end(&server);
}

static void each_record_is_known(void **state)
{
	static const struct {
		const char *octets;
		size_t len;
	} rows[] = {
		{ "\x14\x03\x03\x00\x01\x01", 6 },
		{ "\x15\x03\x01\x00\x02\x02\x28", 7 },
		{ "\x16\x03\x01", 3 },
		{ "\x17\x03\x03\x00\x20", 5 },
		{ "\x18\x03\x02\x00\x03", 5 },
		{ "\x80\x2E\x01\x03\x01", 5 },
		{ "\x80\x2E\x01\x00\x02", 5 },
		{ "\xFF\xFF\x01", 3 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		for (size_t cut = 0; cut <= rows[i].len; cut++) {
			begin(plain);
			(void)news();
			memserver_feed(&server,
				       pop3_slice_of(rows[i].octets, cut));
			memserver_feed(&server,
				       pop3_slice_of(rows[i].octets + cut,
						     rows[i].len - cut));
			memserver_feed(&server,
				       POP3_LITERAL("NOOP\r\nNOOP\r\n"));
			assert_text(news(), tls_reply);
			assert_true(server.is_closed);
			memserver_end(&server);
		}
	}
}

static void what_only_resembles_one_is_a_line(void **state)
{
	static const char *const rows[] = {
		"\x13\x03\x01", "\x19\x03\x01", "\x15\x02\x01", "\x15x\x03",
		"\x80\x2E\x02", "\x7F\x2E\x01", "\x80\x2E",     "\x80",
	};
	struct guard g;

	(void)state;
	guard_init(&g, 8);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct pop3_slice octets =
		    pop3_slice_of(rows[i], strlen(rows[i]));

		assert_false(pop3_foreign_is_tls(guard_copy(&g, octets)));
		begin(plain);
		(void)news();
		memserver_feed(&server, octets);
		memserver_feed(&server, POP3_LITERAL("\r\nNOOP\r\n"));
		assert_false(server.is_closed);
		memserver_end(&server);
	}
	assert_false(
	    pop3_foreign_is_tls(guard_copy(&g, POP3_LITERAL("\x80\n\x01"))));
	guard_finish(&g);
}

static void tls_is_known_behind_other_lines(void **state)
{
	(void)state;
	begin(plain);
	(void)news();
	say("FOO");
	(void)news();
	memserver_feed(&server, POP3_LITERAL(HELLO "\nUSER test\n"));
	assert_text(news(), tls_reply);
	memserver_end(&server);

	begin(plain);
	feed_long("x");
	(void)news();
	memserver_feed(&server, POP3_LITERAL(HELLO "\nUSER test\n"));
	assert_text(news(), tls_reply);
	memserver_end(&server);
}

static void within_a_line_the_same_octets_are_nothing(void **state)
{
	(void)state;
	begin(plain);
	(void)news();
	assert_says("FOO \x16\x03\x01", "-ERR Unknown command");
	assert_says("\x16\x02\x01", "-ERR Unknown command");
	feed_long("x\x16\x03\x16\x03");
	assert_slice(news(), "-ERR Command is too long\r\n");
	assert_false(server.is_closed);
	memserver_end(&server);
}

static void where_stls_is_offered_the_reply_says_so(void **state)
{
	struct memserver_options options = plain;
	(void)state;

	options.stls = true;
	begin(options);
	(void)news();
	memserver_feed(&server, POP3_LITERAL(HELLO));
	assert_slice(news(), "-ERR This port begins in clear text: begin TLS "
			     "with STLS, or connect to port 995\r\n");
	assert_true(server.is_closed);
	memserver_end(&server);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_is_known_for_what_it_is),
		cmocka_unit_test(no_verb_of_ours_is_foreign),
		with_drop(one_reply_and_the_end),
		with_drop(a_long_request_is_known_too),
		with_drop(in_transaction_they_are_only_unknown),
		with_drop(within_an_exchange_they_are_no_base64),
		with_drop(tls_is_known_before_its_line_ends),
		with_drop(each_record_is_known),
		with_drop(what_only_resembles_one_is_a_line),
		with_drop(tls_is_known_behind_other_lines),
		with_drop(within_a_line_the_same_octets_are_nothing),
		with_drop(where_stls_is_offered_the_reply_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
