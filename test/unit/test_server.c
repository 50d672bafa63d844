// SPDX-License-Identifier: ISC
/*
 * test_server.c - the server engine: what it says, in every state, and how it
 * begins and ends.
 */
#include "served.h"
#include "command.h"

/* --- replies, word for word --- */

static void replies_word_for_word(void **state)
{
	(void)state;
	begin(plain);
	assert_slice(news(), "+OK restante ready\r\n");
	assert_says("USER test", "+OK Send PASS");
	assert_says("PASS nonsense", "-ERR [AUTH] Log-in failed");
	assert_says("PASS secret", "-ERR Send USER first");
	assert_says("STAT", "-ERR Log in first");
	assert_says("USER test", "+OK Send PASS");
	assert_says("PASS secret", "+OK 3 messages (41 octets)");
	assert_says("USER test", "-ERR Already logged in");
	assert_says("STAT", "+OK 3 41");
	assert_says("LIST", "+OK 3 messages (41 octets)\r\n1 13\r\n2 13\r\n"
			    "3 15\r\n.");
	assert_says("LIST 3", "+OK 3 15");
	assert_says("UIDL", "+OK 3 unique-ids\r\n1 uid-1\r\n2 uid-2\r\n"
			    "3 uid-3\r\n.");
	assert_says("UIDL 2", "+OK 2 uid-2");
	assert_says("RETR 1", "+OK 13 octets\r\nS: 1\r\n\r\none\r\n.");
	assert_says("TOP 1 0", "+OK Top of message follows\r\nS: 1\r\n\r\n.");
	assert_says("TOP 1 x", "-ERR Number of lines expected");
	assert_says("DELE 1", "+OK 1 deleted");
	assert_says("DELE 1", "-ERR Message is deleted");
	assert_says("DELE 4", "-ERR No such message");
	assert_says("RSET", "+OK 3 messages (41 octets)");
	assert_says("NOOP", "+OK Nothing done");
	assert_says("FOO", "-ERR Unknown command");
	assert_says("STAT 1", "-ERR Wrong number of arguments");
	assert_says("QUIT", "+OK Goodbye");
	assert_true(server.is_closed);
	memserver_end(&server);
}

static void languages_word_for_word(void **state)
{
	struct memserver_options options = plain;
	(void)state;

	options.utf8 = true;
	begin(options);
	(void)news();
	assert_says("LANG", "+OK Languages follow\r\nen English\r\n.");
	assert_says("LANG *", "+OK en This is English");
	assert_says("LANG En", "+OK en This is English");
	assert_says("LANG de", "-ERR No such language");
	assert_says("LANG en-US", "-ERR No such language");
	assert_says("LANG e", "-ERR No such language");
	assert_says("LANG en de", "-ERR Wrong number of arguments");
	assert_says("UTF8 USER", "-ERR Wrong number of arguments");
	assert_says("UTF8", "+OK UTF-8 it is");
	assert_says("UTF8", "+OK UTF-8 it is");
	assert_says("USER test", "+OK Send PASS");
	assert_says("UTF8", "+OK UTF-8 it is");
	assert_says("PASS secret", "+OK 3 messages (41 octets)");
	assert_says("UTF8", "-ERR Already logged in");
	assert_says("LANG", "+OK Languages follow\r\nen English\r\n.");
	memserver_end(&server);

	begin(plain);
	(void)news();
	assert_says("UTF8", "-ERR UTF8 is not offered here");
	assert_says("LANG", "-ERR LANG is not offered here");
	assert_says("LANG *", "-ERR LANG is not offered here");
	memserver_end(&server);
}

static void utf8_is_told_with_each_event(void **state)
{
	struct bare b;
	(void)state;

	config.utf8 = true;
	bare_begin(&b);
	assert_int_equal(bare_run(&b, "USER a\r\nPASS b\r\n"), POP3_EV_LOGIN);
	assert_false(b.ev.is_utf8);
	pop3_server_login_refused(&b.engine, POP3_CODE_AUTH, "No");
	assert_int_equal(bare_run(&b, "UTF8\r\nUSER a\r\nPASS b\r\n"),
			 POP3_EV_LOGIN);
	assert_true(b.ev.is_utf8);
	pop3_server_finish(&b.engine);
	config.utf8 = false;
}

static const char capabilities_of_all[] = "+OK Capability list follows\r\n"
					  "TOP\r\n"
					  "USER\r\n"
					  "SASL " MEMSASL_MECHANISMS "\r\n"
					  "UIDL\r\n"
					  "RESP-CODES\r\n"
					  "LOGIN-DELAY 900\r\n"
					  "PIPELINING\r\n"
					  "AUTH-RESP-CODE\r\n"
					  "EXPIRE NEVER\r\n"
					  "UTF8 USER\r\n"
					  "LANG\r\n"
					  "IMPLEMENTATION restante-test\r\n"
					  ".\r\n";

/* The same in both states; of STLS test_server_tls.c has more. */
static void capabilities_word_for_word(void **state)
{
	struct memserver_options options = plain;
	(void)state;

	options.sasl = options.utf8 = true;
	options.login_delay_s = 900;
	begin(options);
	(void)news();
	say("CAPA");
	assert_text(news(), capabilities_of_all);
	say("USER test\r\nPASS secret");
	(void)news();
	say("CAPA");
	assert_text(news(), capabilities_of_all);
	memserver_end(&server);
}

/* The longest line that CAPA may have, in the least room. */
static void the_longest_capability_fits(void **state)
{
	char many[POP3_MECHANISMS_MAX + 1];
	struct bare b;
	size_t sent = 0;
	enum pop3_event_type type;
	(void)state;

	memset(many, 'M', sizeof(many));
	for (size_t i = 19; i < POP3_MECHANISMS_MAX - 1; i += 20) {
		many[i] = ' ';
	}
	many[POP3_MECHANISMS_MAX] = '\0';
	config.mechanisms = many;
	bare_begin(&b);
	b.out.cap = POP3_OUT_MIN;
	type = bare_run(&b, "CAPA\r\n");
	while (type == POP3_EV_OUTPUT) {
		assert_true(b.out.len != 0);
		sent += b.out.len;
		b.out.len = 0;
		type = bare_run(&b, sent < 12 ? "CAPA\r\n" : "");
	}
	assert_int_equal(type, POP3_EV_INPUT);
	assert_false(b.out.full);
	assert_true(sent + b.out.len > POP3_MECHANISMS_MAX + 60);
	pop3_server_finish(&b.engine);
	config.mechanisms = NULL;
}

/* --- every verb in every state --- */

static const char *arguments_of(enum pop3_verb verb)
{
	static const char *const arguments[POP3_VERB_COUNT] = {
		[POP3_VERB_USER] = " test",
		[POP3_VERB_PASS] = " secret",
		[POP3_VERB_APOP] = " test " MEMSERVER_DIGEST,
		[POP3_VERB_AUTH] = " PLAIN AHRlc3QAc2VjcmV0",
		[POP3_VERB_LANG] = " *",
		[POP3_VERB_RETR] = " 1",
		[POP3_VERB_TOP] = " 1 0",
		[POP3_VERB_DELE] = " 1",
	};

	return arguments[verb] == NULL ? "" : arguments[verb];
}

static void try_verb(enum pop3_verb verb)
{
	unsigned here = POP3_IN(server.engine.state);
	bool is_ok = (pop3_verbs[verb].states & here) != 0;
	struct octets line = { 0 };
	struct pop3_slice reply;

	octets_add_str(&line, pop3_verbs[verb].name);
	octets_add_str(&line, arguments_of(verb));
	octets_add_str(&line, "\r\n");
	memserver_feed(&server, octets_all(&line));
	reply = news();
	assert_true(reply.len >= 5);
	assert_text(pop3_slice_of(reply.at, 4), is_ok ? "+OK " : "-ERR");
	octets_finish(&line);
}

static void every_verb_in_every_state(void **state)
{
	static const struct memserver_options all = {
		.out_cap = 4096,
		.stamp = MEMSERVER_STAMP,
		.sasl = true,
		.stls = true,
		.utf8 = true,
	};
	(void)state;
	for (int verb = 1; verb < POP3_VERB_COUNT; verb++) {
		begin(all);
		if (verb == POP3_VERB_PASS) {
			say("USER test");
		}
		(void)news();
		try_verb((enum pop3_verb)verb);
		memserver_end(&server);

		log_in(all);
		try_verb((enum pop3_verb)verb);
		memserver_end(&server);
	}
}

/* --- begin and end --- */

static void stamps_are_for_every_client(void **state)
{
	static const char *const good[] = { "<1.2@example.com>", "<a@b>",
					    "<1896.697170952@dbc.mtview>" };
	static const char *const bad[] = {
		"",        "<",       "<>",      "<@>",     "<a>",
		"<a@>",    "<@b>",    "a@b",     "<a@b",    "<a@b>x",
		"<a_b@c>", "<a-b@c>", "<a b@c>", "<a@b@c>", "<a@b\n>",
	};
	struct pop3_server s;
	char long_one[POP3_STAMP_MAX + 2];
	(void)state;

	for (size_t i = 0; i < COUNT_OF(good); i++) {
		assert_int_equal(pop3_server_init(&s, &config, good[i]), 0);
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		assert_int_equal(pop3_server_init(&s, &config, bad[i]),
				 POP3_EINVAL);
	}
	memset(long_one, 'a', sizeof(long_one));
	memcpy(long_one, "<a@", 3);
	memcpy(long_one + POP3_STAMP_MAX - 1, ">", 2);
	assert_int_equal(pop3_server_init(&s, &config, long_one), 0);
	memcpy(long_one + POP3_STAMP_MAX - 1, "a>", 3);
	assert_int_equal(pop3_server_init(&s, &config, long_one), POP3_EINVAL);
}

static void greeting_has_the_stamp_last(void **state)
{
	struct memserver_options options = plain;
	(void)state;

	options.stamp = "<1.2@example.com>";
	begin(options);
	assert_slice(news(), "+OK restante ready <1.2@example.com>\r\n");
	memserver_end(&server);
}

static void a_config_that_no_reply_can_hold_is_refused(void **state)
{
	char text[POP3_GREETING_MAX + 2];
	struct pop3_server_config c = { .greeting = text };
	struct pop3_server s;
	(void)state;

	memset(text, 'g', sizeof(text));
	text[POP3_GREETING_MAX + 1] = '\0';
	assert_int_equal(pop3_server_init(&s, &c, NULL), POP3_EINVAL);
	text[POP3_GREETING_MAX] = '\0';
	assert_int_equal(pop3_server_init(&s, &c, NULL), 0);
	text[1] = '\n';
	assert_int_equal(pop3_server_init(&s, &c, NULL), POP3_EINVAL);
	c.greeting = "[IN-USE] ready";
	assert_int_equal(pop3_server_init(&s, &c, NULL), POP3_EINVAL);
	c.greeting = "ready <now>";
	assert_int_equal(pop3_server_init(&s, &c, NULL), POP3_EINVAL);
	c.greeting = "";
	assert_int_equal(pop3_server_init(&s, &c, NULL), 0);
	memset(text, 'i', sizeof(text));
	text[POP3_IMPLEMENTATION_MAX] = '\0';
	c.implementation = text;
	assert_int_equal(pop3_server_init(&s, &c, NULL), 0);
	text[POP3_IMPLEMENTATION_MAX] = 'i';
	text[POP3_IMPLEMENTATION_MAX + 1] = '\0';
	assert_int_equal(pop3_server_init(&s, &c, NULL), POP3_EINVAL);
}

static void mechanisms_are_names_with_blanks_between(void **state)
{
	static const char *const good[] = {
		"",
		"A",
		"PLAIN",
		"SCRAM-SHA-256-PLUS SCRAM-SHA-256 X_1 LOGIN",
		"ABCDEFGHIJKLMNOPQRST",
	};
	static const char *const bad[] = {
		" ",     " PLAIN",     "PLAIN ", "PLAIN  LOGIN",
		"plain", "PLAIN\n",    "A,B",    "ABCDEFGHIJKLMNOPQRSTU",
		"A\tB",  "A \xC3\x84",
	};
	struct pop3_server_config c = { .greeting = "ready" };
	char many[POP3_MECHANISMS_MAX + 2];
	struct pop3_server s;
	(void)state;

	for (size_t i = 0; i < COUNT_OF(good); i++) {
		c.mechanisms = good[i];
		assert_int_equal(pop3_server_init(&s, &c, NULL), 0);
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		c.mechanisms = bad[i];
		assert_int_equal(pop3_server_init(&s, &c, NULL), POP3_EINVAL);
	}
	for (size_t i = 0; i < sizeof(many); i++) {
		many[i] = i % 20 == 19 ? ' ' : 'M';
	}
	c.mechanisms = many;
	many[POP3_MECHANISMS_MAX - 1] = 'M';
	many[POP3_MECHANISMS_MAX] = '\0';
	assert_int_equal(pop3_server_init(&s, &c, NULL), 0);
	many[POP3_MECHANISMS_MAX - 1] = ' ';
	many[POP3_MECHANISMS_MAX] = 'M';
	many[POP3_MECHANISMS_MAX + 1] = '\0';
	assert_int_equal(pop3_server_init(&s, &c, NULL), POP3_EINVAL);
}

static void a_config_keeps_its_own_promise(void **state)
{
	struct pop3_server_config c = { .greeting = "ready",
					.no_plaintext = true };
	struct pop3_server s;
	(void)state;

	c.mechanisms = "SCRAM-SHA-256 X-PLAIN";
	assert_int_equal(pop3_server_init(&s, &c, NULL), 0);
	c.mechanisms = "SCRAM-SHA-256 PLAIN";
	assert_int_equal(pop3_server_init(&s, &c, NULL), POP3_EINVAL);
	c.mechanisms = "LOGIN";
	assert_int_equal(pop3_server_init(&s, &c, NULL), POP3_EINVAL);
	c.no_plaintext = false;
	assert_int_equal(pop3_server_init(&s, &c, NULL), 0);
}

static void finish_leaves_nothing(void **state)
{
	static const struct pop3_server nothing;
	struct bare b;
	(void)state;

	bare_begin(&b);
	(void)bare_run(&b, "USER someone\r\n");
	pop3_server_finish(&b.engine);
	assert_memory_equal(&b.engine, &nothing, sizeof(nothing));
}

static void the_secret_stays_in_the_input(void **state)
{
	static const char input[] = "USER a\r\nPASS hunter2\r\nSTAT\r\n";
	struct pop3_slice in = pop3_slice_of(input, sizeof(input) - 1);
	const uint8_t *begin_at = in.at, *end_at = in.at + in.len;
	struct bare b;
	(void)state;

	bare_begin(&b);
	assert_int_equal(pop3_server_run(&b.engine, &in, &b.out, &b.ev),
			 POP3_EV_LOGIN);
	assert_slice(b.ev.user, "a");
	assert_slice(b.ev.secret, "hunter2");
	assert_true(b.ev.secret.at > begin_at && b.ev.secret.at < end_at);
	assert_slice(in, "STAT\r\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		with_drop(replies_word_for_word),
		with_drop(languages_word_for_word),
		cmocka_unit_test(utf8_is_told_with_each_event),
		with_drop(capabilities_word_for_word),
		cmocka_unit_test(the_longest_capability_fits),
		with_drop(every_verb_in_every_state),
		cmocka_unit_test(stamps_are_for_every_client),
		with_drop(greeting_has_the_stamp_last),
		cmocka_unit_test(a_config_that_no_reply_can_hold_is_refused),
		cmocka_unit_test(mechanisms_are_names_with_blanks_between),
		cmocka_unit_test(a_config_keeps_its_own_promise),
		cmocka_unit_test(finish_leaves_nothing),
		cmocka_unit_test(the_secret_stays_in_the_input),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
