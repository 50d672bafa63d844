// SPDX-License-Identifier: ISC
/*
 * test_client_probe.c - messages whose end cannot be seen, because the server
 * sent no line end before the last dot, or a bare LF: the client asks, and is
 * not taken in by what a mail may hold.
 */
#include "client_play.h"

static void begin(struct memclient *mc, const char *hear)
{
	memclient_begin(mc);
	memclient_hear_str(mc, "+OK\r\n");
	assert_int_equal(memclient_say_str(mc, "RETR 1"), 0);
	memclient_hear(mc, client_str(hear));
}

static int probe(struct memclient *mc)
{
	return pop3_client_probe(&mc->engine, &mc->out);
}

static void assert_may_be_over(const char *hear, bool want)
{
	for (int cut = MEMCLIENT_WHOLE; cut <= MEMCLIENT_OCTETS; cut++) {
		struct memclient mc;

		memclient_begin(&mc);
		mc.cut = (enum memclient_cut)cut;
		memclient_hear_str(&mc, "+OK\r\n");
		assert_int_equal(memclient_say_str(&mc, "RETR 1"), 0);
		memclient_hear(&mc, client_str(hear));
		assert_int_equal(pop3_client_text_may_be_over(&mc.engine),
				 want);
		assert_int_equal(probe(&mc), want ? 0 : POP3_EINVAL);
		memclient_finish(&mc);
	}
}

static void what_may_be_the_end(void **state)
{
	(void)state;
	assert_may_be_over("+OK\r\nlast.\r\n", true);
	assert_may_be_over("+OK\r\nlast\n.\r\n", true);
	assert_may_be_over("+OK\r\nlast\n.\n", true);
	assert_may_be_over("+OK\r\nlast\r\n.\n", true);
	assert_may_be_over("+OK\r\n.\n", true);
	assert_may_be_over("+OK\nlast.\n", true);
	assert_may_be_over("+OK\nlast.\r\n", true);
	assert_may_be_over("", false);
	assert_may_be_over("+OK\r\n", false);
	assert_may_be_over("+OK\r\n.", false);
	assert_may_be_over("+OK\r\nlast\r\n", false);
	assert_may_be_over("+OK\r\nlast.", false);
	assert_may_be_over("+OK\r\nlast.\r", false);
	assert_may_be_over("+OK\r\n.\r\n", false); /* it is */
	assert_may_be_over("-ERR no.\r\n", false);
}

/* The dot and its line end belong to no message then. */
static void it_was_over(void **state)
{
	static const struct {
		const char *hear, *answer, *want;
	} cases[] = {
		{ "+OK\r\na\r\nlast.\r\n", "+OK\r\n",
		  "TEXT RETR 1 \"a\\r\\nlast\"\n"
		  "REPLY RETR 1 + \"\"\nREPLY NOOP + \"\"\n" },
		{ "+OK 3 octets\r\nlast\n.\n", "-ERR what\r\n",
		  "TEXT RETR 1 \"last\\n\"\n"
		  "REPLY RETR 1 + octets=3 \"\"\nREPLY NOOP - \"what\"\n" },
		{ "+OK\r\n.\n", "+\n",
		  "REPLY RETR 1 + \"\"\nREPLY NOOP + \"\"\n" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		for (int cut = 0; cut <= MEMCLIENT_OCTETS; cut++) {
			struct memclient mc;

			begin(&mc, cases[i].hear);
			mc.cut = (enum memclient_cut)cut;
			mc.trace.len = 0;
			assert_int_equal(probe(&mc), 0);
			assert_slice(pop3_slice_tail(memclient_said(&mc), 8),
				     "NOOP\r\n");
			memclient_hear(&mc, client_str(cases[i].answer));
			assert_text(memclient_trace(&mc), cases[i].want);
			assert_int_equal(memclient_say_str(&mc, "RETR 2"), 0);
			memclient_hear_str(&mc, "+OK\r\n.\r\n");
			assert_int_equal(pop3_client_awaited(&mc.engine), 0);
			memclient_finish(&mc);
		}
	}
}

/* The server was slow: what follows is text, whatever it looks like, and NOOP
 * is answered behind it. */
static void it_was_not_over(void **state)
{
	static const struct {
		const char *hear, *more, *want;
	} cases[] = {
		{ "+OK\r\na.\r\n", "b\r\n.\r\n+OK\r\n",
		  "TEXT RETR 1 \"a.\\r\\nb\\r\\n\"\n" },
		{ "+OK\r\na.\r\n", "+b\r\nc\r\n.\r\n+OK\r\n",
		  "TEXT RETR 1 \"a.\\r\\n+b\\r\\nc\\r\\n\"\n" },
		{ "+OK\r\na\n.\n", "-b\n.\n..c\r\n.\r\n+OK\r\n",
		  "TEXT RETR 1 \"a\\n.\\n-b\\n.\\n..c\\r\\n\"\n" },
		{ "+OK\r\n.\n", "+b\r\n..\r\n.\r\n+OK\r\n",
		  "TEXT RETR 1 \"\\n+b\\r\\n.\\r\\n\"\n" },
		{ "+OK\r\na.\r\n", ".\r\n+OK\r\n",
		  "TEXT RETR 1 \"a.\\r\\n\"\n" },
		{ "+OK\r\na.\r\n", "..\r\n.\r\n+OK\r\n",
		  "TEXT RETR 1 \"a.\\r\\n.\\r\\n\"\n" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct memclient mc;
		struct octets want = { 0 };

		begin(&mc, cases[i].hear);
		mc.trace.len = 0;
		assert_int_equal(probe(&mc), 0);
		assert_false(pop3_client_text_may_be_over(&mc.engine));
		memclient_hear(&mc, client_str(cases[i].more));
		octets_add_str(&want, cases[i].want);
		octets_add_str(&want, "REPLY RETR 1 + \"\"\n"
				      "REPLY NOOP + \"\"\n");
		assert_same(memclient_trace(&mc), octets_all(&want));
		octets_finish(&want);
		memclient_finish(&mc);
	}
}

/* A line that looks like an answer, in pieces, and then more with its end. */
static void pieces_of_a_line_that_is_text(void **state)
{
	struct memclient mc;
	(void)state;

	begin(&mc, "+OK\r\na.\r\n");
	mc.trace.len = 0;
	assert_int_equal(probe(&mc), 0);
	memclient_hear_str(&mc, "+");
	memclient_hear_str(&mc, "b.");
	memclient_hear_str(&mc, "\r");
	memclient_hear_str(&mc, "\nc");
	memclient_hear_str(&mc, "\r\n.\r\n+OK\r\n");
	assert_slice(memclient_trace(&mc),
		     "TEXT RETR 1 \"a.\\r\\n+b.\\r\\nc\\r\\n\"\n"
		     "REPLY RETR 1 + \"\"\nREPLY NOOP + \"\"\n");
	memclient_finish(&mc);
}

/* One that is longer than a reply can be. */
static void a_long_line_is_text(void **state)
{
	static uint8_t line[POP3_CLIENT_LINE_MAX + 100];
	struct memclient mc;
	(void)state;

	memset(line, 'x', sizeof(line));
	line[0] = '+';
	for (int cut = 0; cut <= MEMCLIENT_OCTETS; cut++) {
		begin(&mc, "+OK\r\na.\r\n");
		mc.cut = (enum memclient_cut)cut;
		assert_int_equal(probe(&mc), 0);
		memclient_hear(&mc, pop3_slice_of(line, sizeof(line)));
		memclient_hear_str(&mc, "\r\n.\r\n+OK\r\n");
		assert_int_equal(mc.all_text.len, 4 + sizeof(line) + 2);
		assert_memory_equal(mc.all_text.at + 4, line, sizeof(line));
		assert_int_equal(pop3_client_awaited(&mc.engine), 0);
		memclient_finish(&mc);
	}
}

/* Behind other commands their answers would have come, as text: so nothing can
 * be learnt, and nothing is asked; nor twice. */
static void only_the_last_can_be_probed(void **state)
{
	struct memclient mc;
	(void)state;

	begin(&mc, "+OK\r\na.\r\n");
	assert_int_equal(memclient_say_str(&mc, "RETR 2"), 0);
	assert_false(pop3_client_text_may_be_over(&mc.engine));
	assert_int_equal(probe(&mc), POP3_EINVAL);
	memclient_finish(&mc);

	begin(&mc, "+OK\r\na.\r\n");
	assert_int_equal(probe(&mc), 0);
	assert_int_equal(probe(&mc), POP3_EINVAL);
	memclient_hear_str(&mc, "b.\r\n");
	assert_false(pop3_client_text_may_be_over(&mc.engine));
	memclient_finish(&mc);

	begin(&mc, "+OK\r\na.\r\n");
	mc.out = pop3_writer_of(mc.out_at, 5);
	assert_int_equal(probe(&mc), POP3_ENOSPC);
	assert_true(pop3_client_text_may_be_over(&mc.engine));
	memclient_finish(&mc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_may_be_the_end),
		cmocka_unit_test(it_was_over),
		cmocka_unit_test(it_was_not_over),
		cmocka_unit_test(pieces_of_a_line_that_is_text),
		cmocka_unit_test(a_long_line_is_text),
		cmocka_unit_test(only_the_last_can_be_probed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
