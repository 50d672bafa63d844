// SPDX-License-Identifier: ISC
/*
 * test_server.c - the server engine: what its caller sees of it, and what no
 * transcript can bring about: refusals, failures of the maildrop, limits.
 */
#include "unit.h"
#include "command.h"
#include "memserver.h"

static struct memdrop drop;
static struct memserver server;
static size_t taken;

static const struct memserver_options plain = { .out_cap = 4096 };

static int fill_drop(void **state)
{
	(void)state;
	(void)memdrop_add(&drop, "uid-1", POP3_LITERAL("S: 1\n\none\n"));
	(void)memdrop_add(&drop, "uid-2", POP3_LITERAL("S: 2\n\ntwo\n"));
	(void)memdrop_add(&drop, "uid-3", POP3_LITERAL("S: 3\n\nthree\n"));
	return 0;
}

static int empty_drop(void **state)
{
	(void)state;
	memdrop_finish(&drop);
	return 0;
}

static void begin(struct memserver_options options)
{
	memserver_begin(&server, &drop, options);
	taken = 0;
}

/* What was sent since the last look. */
static struct pop3_slice news(void)
{
	struct pop3_slice all = octets_all(&server.sent);
	struct pop3_slice new = pop3_slice_tail(all, taken);

	taken = all.len;
	return new;
}

#define say(text) memserver_feed(&server, POP3_LITERAL(text "\r\n"))

#define assert_says(text, reply)                                               \
	do {                                                                   \
		say(text);                                                     \
		assert_slice(news(), reply "\r\n");                            \
	} while (0)

static void log_in(struct memserver_options options)
{
	begin(options);
	say("USER test");
	say("PASS secret");
	(void)news();
	assert_int_equal(server.engine.state, POP3_ST_TRANSACTION);
}

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

/* --- log-in --- */

static void refusals_that_are_no_failures(void **state)
{
	static const struct {
		enum pop3_code code;
		const char *reply;
	} refusals[] = {
		{ POP3_CODE_IN_USE, "-ERR [IN-USE] Not now\r\n" },
		{ POP3_CODE_SYS_TEMP, "-ERR [SYS/TEMP] Not now\r\n" },
		{ POP3_CODE_SYS_PERM, "-ERR [SYS/PERM] Not now\r\n" },
		{ POP3_CODE_LOGIN_DELAY, "-ERR [LOGIN-DELAY] Not now\r\n" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(refusals); i++) {
		struct memserver_options options = plain;

		options.refuse = refusals[i].code;
		begin(options);
		for (unsigned n = 0; n < 3 * MEMSERVER_TRIES_MAX; n++) {
			say("USER test");
			(void)news();
			say("PASS secret");
			assert_text(news(), refusals[i].reply);
		}
		/* and then the way is free */
		server.options.refuse = POP3_CODE_NONE;
		assert_says("USER test", "+OK Send PASS");
		assert_says("PASS secret", "+OK 3 messages (41 octets)");
		memserver_end(&server);
	}
}

static void too_many_failures_close(void **state)
{
	(void)state;
	begin(plain);
	for (unsigned n = 1; n <= MEMSERVER_TRIES_MAX; n++) {
		assert_false(server.is_closed);
		say("USER test");
		(void)news();
		assert_says("PASS wrong", "-ERR [AUTH] Log-in failed");
	}
	assert_true(server.is_closed);
	memserver_end(&server);
}

static void no_limit_is_no_limit(void **state)
{
	(void)state;
	begin(plain);
	server.config.login_tries_max = 0;
	for (unsigned n = 0; n < 100; n++) {
		say("USER test\r\nPASS wrong");
	}
	assert_false(server.is_closed);
	memserver_end(&server);
}

static void users_are_revealed_only_if_told(void **state)
{
	struct memserver_options options = plain;
	(void)state;

	options.reveal_users = true;
	begin(options);
	(void)news();
	assert_says("USER nobody", "-ERR [AUTH] No such user");
	assert_says("PASS secret", "-ERR Send USER first");
	assert_says("USER test", "+OK Send PASS");
	assert_says("PASS secret", "+OK 3 messages (41 octets)");
	memserver_end(&server);

	begin(options);
	say("USER nobody\r\nUSER nobody\r\nUSER nobody");
	assert_true(server.is_closed);
	memserver_end(&server);

	begin(plain);
	(void)news();
	assert_says("USER nobody", "+OK Send PASS");
	memserver_end(&server);
}

/* --- when the maildrop fails --- */

static void quit_says_what_stayed(void **state)
{
	(void)state;
	drop.messages[1].is_stuck = true;
	log_in(plain);
	say("DELE 1\r\nDELE 2");
	(void)news();
	assert_says("QUIT", "-ERR [SYS/TEMP] 1 messages not removed, 1 "
			    "removed");
	assert_true(server.is_closed);
	assert_true(drop.messages[0].is_gone);
	assert_false(drop.messages[1].is_gone);
	memserver_end(&server);
}

static void commit_comes_before_the_reply(void **state)
{
	struct pop3_event ev;
	struct pop3_slice in = POP3_LITERAL("QUIT\r\n");
	uint8_t at[POP3_OUT_MIN];
	struct pop3_writer out = pop3_writer_of(at, sizeof(at));
	(void)state;

	log_in(plain);
	assert_int_equal(pop3_server_run(&server.engine, &in, &out, &ev),
			 POP3_EV_COMMIT);
	assert_int_equal(out.len, 0);
	pop3_server_committed(&server.engine, 0, 0);
	assert_int_equal(pop3_server_run(&server.engine, &in, &out, &ev),
			 POP3_EV_CLOSE);
	assert_slice(pop3_slice_of(out.at, out.len), "+OK Goodbye\r\n");
	assert_int_equal(pop3_server_run(&server.engine, &in, &out, &ev),
			 POP3_EV_CLOSE);
	memserver_end(&server);
}

static void one_message_that_fails_fails_alone(void **state)
{
	(void)state;
	drop.messages[1].is_missing = true;
	log_in(plain);
	assert_says("RETR 2", "-ERR [SYS/TEMP] Message cannot be read");
	assert_says("TOP 2 0", "-ERR [SYS/TEMP] Message cannot be read");
	assert_says("RETR 1", "+OK 13 octets\r\nS: 1\r\n\r\none\r\n.");
	assert_says("DELE 2", "+OK 2 deleted");
	memserver_end(&server);
}

static void late_listings_are_asked_for_once(void **state)
{
	struct memserver_options options = plain;
	(void)state;

	options.lists_late = true;
	log_in(options);
	say("STAT\r\nTOP 1 0\r\nRETR 9\r\nLIST 0\r\nNOOP\r\nRSET");
	assert_false(server.engine.has_listing);
	server.trace.len = 0;
	say("LIST 1\r\nUIDL\r\nDELE 1\r\nRETR 2");
	assert_slice(octets_all(&server.trace),
		     "LISTING\nMESSAGE all 1 0\nBODY all 1 0\n");
	memserver_end(&server);
}

static void listings_that_fail_hurt_nothing_else(void **state)
{
	struct memserver_options options = plain;
	(void)state;

	options.lists_late = options.list_fails = true;
	log_in(options);
	assert_says("LIST", "-ERR [SYS/TEMP] No listing");
	assert_says("LIST 1", "-ERR [SYS/TEMP] No listing");
	assert_says("UIDL", "-ERR [SYS/TEMP] No listing");
	assert_says("DELE 1", "-ERR [SYS/TEMP] No listing");
	assert_says("RETR 1", "-ERR [SYS/TEMP] No listing");
	assert_says("STAT", "+OK 3 41");
	server.options.list_fails = false;
	assert_says("DELE 1", "+OK 1 deleted");
	assert_says("STAT", "+OK 2 28");
	memserver_end(&server);
}

static void an_empty_maildrop_needs_no_listing(void **state)
{
	struct memserver_options options = plain;
	(void)state;

	memdrop_finish(&drop);
	options.lists_late = true;
	log_in(options);
	assert_says("LIST", "+OK 0 messages (0 octets)\r\n.");
	assert_says("UIDL", "+OK 0 unique-ids\r\n.");
	memserver_end(&server);
}

static void a_mark_that_fails_counts_nothing(void **state)
{
	(void)state;
	log_in(plain);
	server.snapshot.has_no_memory = true;
	assert_says("DELE 1", "-ERR [SYS/TEMP] Out of memory");
	assert_says("STAT", "+OK 3 41");
	memserver_end(&server);
}

/* --- abort --- */

static void abort_says_why_and_closes(void **state)
{
	(void)state;
	log_in(plain);
	say("DELE 1");
	(void)news();
	pop3_server_abort(&server.engine, POP3_CODE_SYS_TEMP, "Shutting down");
	/* what comes after it is not read any more */
	assert_says("QUIT", "-ERR [SYS/TEMP] Shutting down");
	assert_true(server.is_closed);
	assert_false(drop.messages[0].is_gone);
	pop3_server_abort(&server.engine, POP3_CODE_SYS_TEMP, "Again");
	memserver_end(&server);
}

/* A server without a caller around it, to stop it where one wants. */
static struct pop3_server_config config = {
	.implementation = NULL,
	.greeting = "ready",
};

struct bare {
	struct pop3_server engine;
	struct pop3_event ev;
	uint8_t at[2048];
	struct pop3_writer out;
};

static void bare_begin(struct bare *b)
{
	assert_int_equal(pop3_server_init(&b->engine, &config, NULL), 0);
	b->out = pop3_writer_of(b->at, sizeof(b->at));
}

static enum pop3_event_type bare_run(struct bare *b, const char *input)
{
	struct pop3_slice in = pop3_slice_of(input, strlen(input));

	return pop3_server_run(&b->engine, &in, &b->out, &b->ev);
}

static void abort_in_place_of_the_greeting(void **state)
{
	struct bare b;
	(void)state;

	bare_begin(&b);
	pop3_server_abort(&b.engine, POP3_CODE_SYS_TEMP, "Too many");
	assert_int_equal(bare_run(&b, ""), POP3_EV_CLOSE);
	assert_slice(pop3_slice_of(b.at, b.out.len),
		     "-ERR [SYS/TEMP] Too many\r\n");
}

static void abort_while_an_answer_is_owed(void **state)
{
	struct bare b;
	(void)state;

	bare_begin(&b);
	assert_int_equal(bare_run(&b, "USER a\r\nPASS b\r\n"), POP3_EV_LOGIN);
	b.out.len = 0;
	pop3_server_abort(&b.engine, POP3_CODE_SYS_TEMP, "Restart");
	assert_int_equal(bare_run(&b, ""), POP3_EV_CLOSE);
	assert_slice(pop3_slice_of(b.at, b.out.len),
		     "-ERR [SYS/TEMP] Restart\r\n");
}

/* --- maildrops larger than any memory: only numbers --- */

static uint64_t huge_octets(void *ctx, uint32_t idx)
{
	(void)ctx, (void)idx;
	return UINT64_MAX / 2;
}

static struct pop3_slice huge_uid(void *ctx, uint32_t idx)
{
	(void)ctx, (void)idx;
	return POP3_LITERAL("0123456789012345678901234567890123456789"
			    "012345678901234567890123456789");
}

static bool huge_is_marked(void *ctx, uint32_t idx)
{
	(void)ctx, (void)idx;
	return false;
}

static bool huge_mark(void *ctx, uint32_t idx)
{
	*(uint32_t *)ctx = idx;
	return true;
}

static void huge_unmark_all(void *ctx)
{
	(void)ctx;
}

static const struct pop3_maildrop_ops huge_ops = {
	huge_octets, huge_uid, huge_is_marked, huge_mark, huge_unmark_all,
};

static void huge_begin(struct bare *b, uint32_t *marked)
{
	bare_begin(b);
	assert_int_equal(bare_run(b, "USER a\r\nPASS b\r\n"), POP3_EV_LOGIN);
	pop3_server_login_ok(&b->engine, UINT32_MAX, UINT64_MAX, true,
			     &huge_ops, marked);
	assert_int_equal(bare_run(b, ""), POP3_EV_INPUT);
	b->out.len = 0;
}

static void numbers_do_not_wrap(void **state)
{
	uint32_t marked = 0;
	struct bare b;
	(void)state;

	huge_begin(&b, &marked);
	(void)bare_run(&b, "STAT\r\n");
	(void)bare_run(&b, "DELE 4294967296\r\n");
	(void)bare_run(&b, "DELE 4294967295\r\n");
	assert_int_equal(marked, UINT32_MAX - 1);
	/* parts that are more than their total leave nothing, not much */
	(void)bare_run(&b, "DELE 1\r\nDELE 2\r\nSTAT\r\nRSET\r\n");
	assert_slice(pop3_slice_of(b.at, b.out.len),
		     "+OK 4294967295 18446744073709551615\r\n"
		     "-ERR No such message\r\n"
		     "+OK 4294967295 deleted\r\n"
		     "+OK 1 deleted\r\n+OK 2 deleted\r\n"
		     "+OK 4294967292 0\r\n"
		     "+OK 4294967295 messages (18446744073709551615 "
		     "octets)\r\n");
}

static void abort_within_a_listing_only_closes(void **state)
{
	uint32_t marked = 0;
	struct bare b;
	(void)state;

	huge_begin(&b, &marked);
	assert_int_equal(bare_run(&b, "UIDL\r\n"), POP3_EV_OUTPUT);
	assert_in_range(b.out.len, sizeof(b.at) - 100, sizeof(b.at));
	b.out.len = 0;
	pop3_server_abort(&b.engine, POP3_CODE_SYS_TEMP, "Time-out");
	assert_int_equal(bare_run(&b, ""), POP3_EV_CLOSE);
	assert_int_equal(b.out.len, 0);
}

static void a_full_output_stops_all(void **state)
{
	uint8_t at[POP3_OUT_MIN];
	struct pop3_writer out = pop3_writer_of(at, sizeof(at));
	struct pop3_slice in = POP3_LITERAL("NOOP\r\n");
	struct bare b;
	(void)state;

	bare_begin(&b);
	out.len = 1;
	assert_int_equal(pop3_server_run(&b.engine, &in, &out, &b.ev),
			 POP3_EV_OUTPUT);
	assert_int_equal(in.len, 6);
	assert_int_equal(out.len, 1);
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

#define with_drop(test)                                                        \
	cmocka_unit_test_setup_teardown(test, fill_drop, empty_drop)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		with_drop(replies_word_for_word),
		with_drop(every_verb_in_every_state),
		with_drop(refusals_that_are_no_failures),
		with_drop(too_many_failures_close),
		with_drop(no_limit_is_no_limit),
		with_drop(users_are_revealed_only_if_told),
		with_drop(quit_says_what_stayed),
		with_drop(commit_comes_before_the_reply),
		with_drop(one_message_that_fails_fails_alone),
		with_drop(late_listings_are_asked_for_once),
		with_drop(listings_that_fail_hurt_nothing_else),
		with_drop(an_empty_maildrop_needs_no_listing),
		with_drop(a_mark_that_fails_counts_nothing),
		with_drop(abort_says_why_and_closes),
		cmocka_unit_test(abort_in_place_of_the_greeting),
		cmocka_unit_test(abort_while_an_answer_is_owed),
		cmocka_unit_test(abort_within_a_listing_only_closes),
		cmocka_unit_test(numbers_do_not_wrap),
		cmocka_unit_test(a_full_output_stops_all),
		cmocka_unit_test(stamps_are_for_every_client),
		with_drop(greeting_has_the_stamp_last),
		cmocka_unit_test(a_config_that_no_reply_can_hold_is_refused),
		cmocka_unit_test(finish_leaves_nothing),
		cmocka_unit_test(the_secret_stays_in_the_input),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
