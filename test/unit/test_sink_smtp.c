// SPDX-License-Identifier: ISC
/*
 * test_sink_smtp.c - delivery by LMTP and SMTP, against scripts of servers:
 * what is said, and what refusals mean.
 */
#include "played_smtp.h"

#include "fetch/limits.h"
#include "fetch/sink/smtp_name.h"

static void test_lmtp(void **state)
{
	static const char *const script[] = {
		LMTP_HELLO,
		ASK,
		GRANTED,
		"C: Subject: a",
		"C: ",
		"C: ..",
		"C: ..x",
		"C: From me",
		"C: no end",
		"C: .",
		"S: 250 2.0.0 saved",
		ASK,
		GRANTED,
		MESSAGE,
		"S: 250 2.0.0 saved",
		QUIT,
	};
	struct played_smtp m;
	struct sink_item *items[2];

	(void)state;
	played_init(&m, DESTINATION_LMTP, script);
	items[0] = play_put(&m.p, "Subject: a\n\n.\n.x\nFrom me\nno end");
	items[1] = play_put(&m.p, "a\n");
	play_through(&m.p, items, 2);
	played_finish(&m);
}

static void test_smtp_step_by_step(void **state)
{
	static const char *const script[] = {
		SMTP_HELLO,      "C: MAIL FROM:<me@example.org>",
		"S: 250 a",      "C: RCPT TO:<you@example.net>",
		"S: 251 b",      "C: DATA",
		"S: 354 c",      MESSAGE,
		"S: 250 queued", QUIT,
	};
	struct played_smtp m;

	(void)state;
	played_init(&m, DESTINATION_SMTP, script);
	played_expect(&m, "a\n", WHY_NONE, "");
	played_finish(&m);
}

static void test_helo(void **state)
{
	static const char *const script[] = {
		"A",
		"S: 220-old",
		"S: 220 one",
		"C* EHLO [[]127.0.0.1]",
		"S: 502 what?",
		"C* HELO [[]127.0.0.1]",
		"S: 250 smtp",
		"C: MAIL FROM:<me@example.org>",
		"S: 450 no",
		"C: RSET",
		"S: 250 a",
		QUIT,
	};
	struct played_smtp m;
	char host[256] = "";

	(void)state;
	gethostname(host, sizeof(host) - 1);
	if (strchr(host, '.') != NULL) {
		skip();
	}
	played_init(&m, DESTINATION_SMTP, script);
	played_expect(&m, "a\n", WHY_TEMP, "450 \"no\"");
	played_finish(&m);
}

static void test_size_and_8bitmime(void **state)
{
	static const char *const script[] = {
		"A",
		"S: 220 smtp",
		"C* EHLO ?*",
		"S: 250-smtp",
		"S: 250-size 20",
		"S: 250 8bitmime",
		"C: MAIL FROM:<me@example.org> SIZE=7 BODY=8BITMIME",
		"S: 250 a",
		"C: RCPT TO:<you@example.net>",
		"S: 250 b",
		"C: DATA",
		"S: 354 c",
		"C: \xc3\xbc",
		"C: ..",
		"C: .",
		"S: 250 d",
		"C: RSET", /* for the group of the large one */
		"S: 250 e",
		"C: RSET",
		"S: 250 f",
		"C: MAIL FROM:<me@example.org> SIZE=20",
		"S: 552 5.3.4 too large all the same",
		"C: RSET",
		"S: 250 g",
		QUIT,
	};
	struct played_smtp m;

	(void)state;
	played_init(&m, DESTINATION_SMTP, script);
	/* With CRLF and the last one; the dot's double is not counted. */
	played_expect(&m, "\xc3\xbc\n.", WHY_NONE, "");
	played_expect(&m, "012345678901234567\nx", WHY_MESSAGE, "20 octets");
	played_expect(&m, "012345678901234567", WHY_MESSAGE, "552");
	played_finish(&m);
}

static void test_utf8_addresses(void **state)
{
	static const char *const able[] = {
		"A",
		"S: 220 smtp",
		"C* EHLO ?*",
		"S: 250-smtp",
		"S: 250 SMTPUTF8",
		"C: MAIL FROM:<me@example.org> SMTPUTF8",
		"S: 250 a",
		"C: RCPT TO:<j\xc3\xbcrg@example.net>",
		"S: 250 b",
		"C: DATA",
		"S: 354 c",
		MESSAGE,
		"S: 250 d",
		QUIT,
	};
	static const char *const unable[] = { SMTP_HELLO, "C: RSET", "S: 250 a",
					      QUIT };
	struct played_smtp m;

	(void)state;
	played_init(&m, DESTINATION_SMTP, able);
	m.p.to.recipient = (char *)(uintptr_t) "j\xc3\xbcrg@example.net";
	played_expect(&m, "a\n", WHY_NONE, "");
	played_finish(&m);
	played_init(&m, DESTINATION_SMTP, unable);
	m.p.to.recipient = (char *)(uintptr_t) "j\xc3\xbcrg@example.net";
	played_expect(&m, "a\n", WHY_CONFIG, "ASCII");
	played_finish(&m);
}

/* Asked in one go, all is answered, though the recipient is refused: nothing is
 * sent of the message, to nobody an empty one. */
static void test_recipient_refused(void **state)
{
	static const char *const script[] = {
		LMTP_HELLO,
		ASK,
		"S: 250 a",
		"S: 550-5.1.1 nobody",
		"S: 550 5.1.1 of that name",
		"S: 354 c",
		"C: .",
		"S: 554 no recipients",
		"C: RSET",
		"S: 250 d",
		"C: RSET",
		"S: 250 e",
		ASK,
		"S: 250 a",
		"S: 452 4.2.2 full",
		"S: 503 what?",
		"C: RSET",
		"S: 250 f",
		QUIT,
	};
	struct played_smtp m;

	(void)state;
	played_init(&m, DESTINATION_LMTP, script);
	played_expect(&m, "a\n", WHY_DELIVERY,
		      "the recipient: 550 \"5.1.1 nobody 5.1.1 of that name\"");
	played_expect(&m, "a\n", WHY_TEMP, "452");
	played_finish(&m);
}

static void expect_end(const char *reply, enum why_kind kind, const char *said)
{
	const char *const script[] = {
		LMTP_HELLO, ASK, GRANTED, MESSAGE, reply,      "C: RSET",
		"S: 250 d", ASK, GRANTED, MESSAGE, "S: 250 e", QUIT,
	};
	struct played_smtp m;
	struct sink_item *items[2];

	played_init(&m, DESTINATION_LMTP, script);
	items[0] = play_put(&m.p, "a\n");
	items[1] = play_put(&m.p, "a\n");
	play_ready(&m.p, items, 2);
	assert_int_equal(sink_deliver(m.p.sink, items[0], &m.p.why), -1);
	assert_int_equal(m.p.why.kind, kind);
	assert_non_null(strstr(m.p.why.text, said));
	play_ok(&m.p, sink_deliver(m.p.sink, items[1], &m.p.why));
	play_ok(&m.p, sink_settle(m.p.sink, items, 2, &m.p.why));
	sink_release(m.p.sink, &items[0]);
	sink_release(m.p.sink, &items[1]);
	played_finish(&m);
}

/* The others go on over the same connection. */
static void test_message_refused(void **state)
{
	(void)state;
	expect_end("S: 554 5.6.0 no", WHY_MESSAGE, "the message: 554");
	expect_end("S: 550 5.7.1 spam", WHY_MESSAGE, "\"5.7.1 spam\"");
	expect_end("S: 552 5.2.3 large", WHY_MESSAGE, "552");
	expect_end("S: 552 5.2.2 quota", WHY_LATER, "quota");
	expect_end("S: 452 4.2.2 quota", WHY_LATER, "quota");
	expect_end("S: 452 full", WHY_LATER, "full");
	expect_end("S: 451 4.3.0 filter", WHY_LATER, "filter");
	expect_end("S: 450 4.7.1 later", WHY_LATER, "later");
	expect_end("S: 550 5.2.1 disabled", WHY_DELIVERY, "disabled");
}

/* What is the server's, and not the message's. */
static void test_server_out_of_order(void **state)
{
	(void)state;
	expect_end("S: 452 4.3.1 disk", WHY_TEMP, "disk");
	expect_end("S: 451 4.3.2 going down", WHY_TEMP, "down");
	expect_end("S: 451 4.3.5 set up wrongly", WHY_TEMP, "wrongly");
	expect_end("S: 450 4.2.1 disabled", WHY_TEMP, "disabled");
}

/* To its end, too: before the line is closed it says so. */
static void test_421_to_the_message(void **state)
{
	static const char *const script[] = {
		LMTP_HELLO, ASK, GRANTED, MESSAGE, "S: 421 4.3.0 closing",
		"X",        NULL
	};
	struct played_smtp m;

	(void)state;
	played_init(&m, DESTINATION_LMTP, script);
	played_expect(&m, "a\n", WHY_TEMP, "421");
	played_finish(&m);
}

static void test_421_ends_the_connection(void **state)
{
	static const char *const script[] = {
		SMTP_HELLO,       "C: MAIL FROM:<me@example.org>",
		"S: 421 closing", "X",
		SMTP_HELLO,       "C: MAIL FROM:<me@example.org>",
		"S: 451 no",      "C: RSET",
		"S: 250 a",       QUIT,
	};
	struct played_smtp m;

	(void)state;
	played_init(&m, DESTINATION_SMTP, script);
	played_expect(&m, "a\n", WHY_TEMP, "421");
	played_expect(&m, "a\n", WHY_TEMP, "451");
	played_finish(&m);
}

/* Between groups it may go: nothing is lost by connecting again. */
static void test_server_gone_between_groups(void **state)
{
	static const char *const script[] = {
		LMTP_HELLO, ASK,           GRANTED,    MESSAGE,    "S: 250 d",
		"X",        LMTP_HELLO,    ASK,        GRANTED,    MESSAGE,
		"S: 250 d", "S: 421 idle", "X",        LMTP_HELLO, ASK,
		GRANTED,    MESSAGE,       "S: 250 d", "C: RSET",  "S: 250 e",
		ASK,        GRANTED,       MESSAGE,    "S: 250 d", QUIT,
	};
	struct played_smtp m;

	(void)state;
	played_init(&m, DESTINATION_LMTP, script);
	for (int i = 0; i < 4; i++) {
		played_expect(&m, "a\n", WHY_NONE, "");
	}
	played_finish(&m);
}

/* Longer than all buffers, with a dot at every line. */
static void test_large(void **state)
{
	enum {
		LINES = 200000
	};
	static const char *script[LINES + 40] = { LMTP_HELLO, ASK, GRANTED };
	size_t at = 12;
	char *text = malloc(LINES * 4 + 1);
	struct played_smtp m;

	(void)state;
	assert_non_null(text);
	assert_string_equal(script[at - 1], "S: 354 c");
	for (size_t i = 0; i < LINES; i++) {
		memcpy(text + i * 4, ".ab\n", 5);
		script[at++] = "C: ..ab";
	}
	script[at++] = "C: .";
	script[at++] = "S: 250 d";
	script[at++] = "C: QUIT";
	script[at++] = "X";
	played_init(&m, DESTINATION_LMTP, script);
	played_expect(&m, text, WHY_NONE, "");
	played_finish(&m);
	free(text);
}

static void expect_no_open(struct sink_play *p)
{
	memset(&p->why, 0, sizeof(p->why));
	assert_int_equal(sink_open(&p->to, &p->sink, &p->why), -1);
	assert_int_equal(p->why.kind, WHY_CONFIG);
}

static void test_addresses(void **state)
{
	char long_one[FETCH_SMTP_ADDRESS_MAX + 2];
	const char *const wrong[] = { "a b",       "a>b",  "<a",
				      "a\r\nDATA", "a\n",  "a\tb",
				      "a\x7f",     "\x01", long_one };
	struct sink_play p;

	(void)state;
	memset(long_one, 'a', sizeof(long_one) - 1);
	long_one[sizeof(long_one) - 1] = '\0';
	play_init(&p, DESTINATION_SMTP);
	expect_no_open(&p);
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		assert_false(smtp_is_address(wrong[i], true));
		p.to.recipient = (char *)(uintptr_t)wrong[i];
		p.to.sender = NULL;
		expect_no_open(&p);
		p.to.recipient = (char *)(uintptr_t) "you@example.net";
		p.to.sender = (char *)(uintptr_t)wrong[i];
		expect_no_open(&p);
	}
	assert_false(smtp_is_address("", true));
	assert_true(smtp_is_address("", false));
	assert_true(smtp_is_address("you", true));
	play_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lmtp),
		cmocka_unit_test(test_smtp_step_by_step),
		cmocka_unit_test(test_helo),
		cmocka_unit_test(test_size_and_8bitmime),
		cmocka_unit_test(test_utf8_addresses),
		cmocka_unit_test(test_recipient_refused),
		cmocka_unit_test(test_message_refused),
		cmocka_unit_test(test_server_out_of_order),
		cmocka_unit_test(test_421_to_the_message),
		cmocka_unit_test(test_421_ends_the_connection),
		cmocka_unit_test(test_server_gone_between_groups),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_addresses),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
