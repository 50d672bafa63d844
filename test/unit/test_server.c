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

/* --- every verb in every state --- */

static const char *arguments_of(enum pop3_verb verb)
{
	static const char *const arguments[POP3_VERB_COUNT] = {
		[POP3_VERB_USER] = " test", [POP3_VERB_PASS] = " secret",
		[POP3_VERB_AUTH] = " X",    [POP3_VERB_RETR] = " 1",
		[POP3_VERB_TOP] = " 1 0",   [POP3_VERB_DELE] = " 1",
	};

	return arguments[verb] == NULL ? "" : arguments[verb];
}

static void try_verb(enum pop3_verb verb)
{
	unsigned here = POP3_IN(server.engine.state);
	bool is_allowed = (pop3_verbs[verb].states & here) != 0;
	bool is_ok = is_allowed && verb != POP3_VERB_AUTH;
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
	(void)state;
	for (int verb = 1; verb < POP3_VERB_COUNT; verb++) {
		begin(plain);
		if (verb == POP3_VERB_PASS) {
			say("USER test");
		}
		(void)news();
		try_verb((enum pop3_verb)verb);
		memserver_end(&server);

		log_in(plain);
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
		with_drop(every_verb_in_every_state),
		cmocka_unit_test(stamps_are_for_every_client),
		with_drop(greeting_has_the_stamp_last),
		cmocka_unit_test(a_config_that_no_reply_can_hold_is_refused),
		cmocka_unit_test(finish_leaves_nothing),
		cmocka_unit_test(the_secret_stays_in_the_input),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
