// SPDX-License-Identifier: ISC
/*
 * test_client_text.c - the text of a message as it comes: stuffing, line ends,
 * and where it ends; also where the server is careless about that.
 */
#include "client_play.h"
#include "naive.h"
#include "texts.h"

/* --- in words --- */

#define DONE "REPLY RETR 1 + \"\"\n"

static void stuffing_is_taken_away(void **state)
{
	(void)state;
	assert_answer("RETR 1", "+OK\r\n.\r\n", DONE);
	assert_answer("RETR 1", "+OK\r\n..\r\n.\r\n",
		      "TEXT RETR 1 \".\\r\\n\"\n" DONE);
	assert_answer("RETR 1", "+OK\r\na\r\n...b.\r\n..\r\n\r\n.\r\n",
		      "TEXT RETR 1 \"a\\r\\n..b.\\r\\n.\\r\\n\\r\\n\"\n" DONE);
	/* which no server should send: RFC 1939, section 3, says what it is */
	assert_answer("RETR 1", "+OK\r\n.a\r\n.\r\n",
		      "TEXT RETR 1 \"a\\r\\n\"\n" DONE);
	assert_answer("RETR 1", "+OK\r\n.\ra\r\n.\r\n",
		      "TEXT RETR 1 \"\\ra\\r\\n\"\n" DONE);
	assert_answer("RETR 1", "+OK\r\n.\r\r\n.\r\n",
		      "TEXT RETR 1 \"\\r\\r\\n\"\n" DONE);
}

/* What anybody can write into a mail never passes for its end. */
static void a_bare_lf_ends_no_line(void **state)
{
	(void)state;
	assert_answer("RETR 1",
		      "+OK\r\na\n.\n+OK\nb\n.\r\n+OK\r\n\n..\r\n.\r\n",
		      "TEXT RETR 1 \"a\\n.\\n+OK\\nb\\n.\\r\\n+OK\\r\\n"
		      "\\n..\\r\\n\"\n" DONE);
	assert_answer("RETR 1", "+OK\r\na\r.\r\r\n.\r\n",
		      "TEXT RETR 1 \"a\\r.\\r\\r\\n\"\n" DONE);
	assert_answer("RETR 1", "+OK\r\n.\nb\r\n.\r\n",
		      "TEXT RETR 1 \"\\nb\\r\\n\"\n" DONE);
}

/* But where all the server's lines end so. */
static void lf_is_a_line_end_where_it_ends_replies(void **state)
{
	(void)state;
	assert_answer("RETR 1", "+OK\na\n..b\n.c\n.\n",
		      "TEXT RETR 1 \"a\\n.b\\nc\\n\"\n" DONE);
	assert_answer("RETR 1", "+OK\na\r\n..b\r\n.\r\n",
		      "TEXT RETR 1 \"a\\r\\n.b\\r\\n\"\n" DONE);
	assert_answer("RETR 1", "+OK\n.\n", DONE);
	assert_answer("RETR 1", "+OK\nx.\ny.\r\n.\r\n",
		      "TEXT RETR 1 \"x.\\ny.\\r\\n\"\n" DONE);
}

static void every_octet_passes(void **state)
{
	uint8_t all[256 + 12] = "+OK\r\n";
	struct memclient mc;
	(void)state;

	for (size_t i = 0; i < 256; i++) {
		all[5 + i] = (uint8_t)i;
	}
	memcpy(all + 5 + 256, "\r\n.\r\n", 5);
	for (size_t cut = 0; cut <= sizeof(all) - 2; cut++) {
		memclient_begin(&mc);
		mc.cut = MEMCLIENT_AT;
		mc.cut_at = 5 + cut;
		memclient_hear_str(&mc, "+OK\r\n");
		assert_int_equal(memclient_say_str(&mc, "RETR 1"), 0);
		memclient_hear(&mc, pop3_slice_of(all, 5 + 256 + 5));
		assert_same(octets_all(&mc.all_text),
			    pop3_slice_of(all + 5, 256 + 2));
		assert_int_equal(pop3_client_awaited(&mc.engine), 0);
		memclient_finish(&mc);
	}
}

/* --- against the rules, written down a second time --- */

static struct guard in;

static int open_guard(void **state)
{
	(void)state;
	guard_init(&in, 8192);
	return 0;
}

static int close_guard(void **state)
{
	(void)state;
	guard_finish(&in);
	return 0;
}

struct taken {
	struct octets text;
	size_t len; /* NAIVE_NO_END */
};

static void begin_message(struct pop3_client *c, bool lf_ends)
{
	uint8_t room[64];
	struct pop3_writer out = pop3_writer_of(room, sizeof(room));
	struct pop3_slice greeting = POP3_LITERAL("+OK\r\n");
	struct pop3_slice reply =
	    lf_ends ? POP3_LITERAL("+OK\n") : POP3_LITERAL("+OK\r\n");
	struct pop3_client_event ev;

	pop3_client_init(c);
	assert_int_equal(pop3_client_run(c, &greeting, &ev), POP3_CEV_GREETING);
	assert_int_equal(pop3_client_retr(c, &out, 1), 0);
	assert_int_equal(pop3_client_run(c, &reply, &ev), POP3_CEV_INPUT);
}

/* Returns true at the end of the message. */
static bool take_piece(struct pop3_client *c, struct pop3_slice piece,
		       struct taken *t)
{
	struct pop3_slice rest = guard_copy(&in, piece);
	struct pop3_client_event ev;

	while (pop3_client_run(c, &rest, &ev) == POP3_CEV_TEXT) {
		assert_int_not_equal(ev.octets_of_text.len, 0);
		octets_add(&t->text, ev.octets_of_text);
	}
	t->len += piece.len - rest.len;
	return ev.type == POP3_CEV_REPLY;
}

/* First cut octets, then pieces of so many; 0: all. */
static struct taken take(struct pop3_slice wire, bool lf_ends, size_t cut,
			 size_t piece)
{
	struct pop3_client c;
	struct taken t = { { 0 }, 0 };
	size_t len = cut < wire.len ? cut : wire.len;

	begin_message(&c, lf_ends);
	for (;;) {
		if (take_piece(&c, pop3_slice_of(wire.at, len), &t)) {
			return t;
		}
		wire = pop3_slice_tail(wire, len);
		if (wire.len == 0) {
			break;
		}
		len = piece == 0 || piece > wire.len ? wire.len : piece;
	}
	t.len = NAIVE_NO_END;
	return t;
}

static void check_at(struct pop3_slice wire, bool lf_ends, size_t cut,
		     size_t piece)
{
	struct octets want = { 0 };
	size_t len = naive_take_message(wire, lf_ends, &want);
	struct taken t = take(wire, lf_ends, cut, piece);

	assert_int_equal(t.len, len);
	assert_same(octets_all(&t.text), octets_all(&want));
	octets_finish(&want);
	octets_finish(&t.text);
}

#define END     "\r\n.\r\n"
#define END_LEN 5u
#define LEN_MAX 300u

static void every_short_text_at_every_cut(void **state)
{
	uint8_t at[7 + END_LEN];
	(void)state;

	for (size_t len = 0; len <= 6; len++) {
		for (size_t number = 0; number < (size_t)1 << 2 * len;
		     number++) {
			for (size_t i = 0; i < len; i++) {
				at[i] = (uint8_t) "\r\n.a"[number >> 2 * i & 3];
			}
			memcpy(at + len, END, END_LEN);
			for (size_t cut = 0; cut < len + END_LEN; cut++) {
				struct pop3_slice wire =
				    pop3_slice_of(at, len + END_LEN);

				check_at(wire, false, cut, 0);
				check_at(wire, true, cut, 0);
				check_at(wire, false, 1, cut);
				check_at(wire, true, 1, cut);
			}
		}
	}
}

static const struct pop3_slice alphabets[] = {
	{ (const uint8_t *)"\r\n.a\0\xFF", 6 },
	{ (const uint8_t *)"\r\n", 2 },
	{ (const uint8_t *)"\n.", 2 },
	{ (const uint8_t *)"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n.\r", 38 },
};

static void long_ones(void **state)
{
	uint64_t seed = 0x9E3779B97F4A7C15;
	uint8_t at[LEN_MAX + END_LEN];
	(void)state;

	for (size_t len = 0; len <= LEN_MAX; len++) {
		for (size_t a = 0; a < COUNT_OF(alphabets); a++) {
			struct pop3_slice wire =
			    pop3_slice_of(at, len + END_LEN);
			size_t cut = texts_random(&seed) % (len + 1);

			texts_fill(&seed, alphabets[a], at, len);
			memcpy(at + len, END, END_LEN);
			check_at(wire, false, cut, 0);
			check_at(wire, true, cut, 0);
			check_at(wire, false, cut, texts_random(&seed) % 90);
		}
	}
}

/* Lines as they are, with each single dot and line end at each place of the
 * kernels' blocks. */
static void lines_at_every_place(void **state)
{
	uint8_t at[LEN_MAX + END_LEN];
	(void)state;

	for (size_t i = 0; i < LEN_MAX - 4; i++) {
		memset(at, 'a', LEN_MAX);
		memcpy(at + i, "\r\n..", 4);
		memcpy(at + LEN_MAX, END, END_LEN);
		check_at(pop3_slice_of(at, sizeof(at)), false, LEN_MAX, 0);
		memcpy(at + i, "\n..\n", 4);
		check_at(pop3_slice_of(at, sizeof(at)), false, LEN_MAX, 0);
		check_at(pop3_slice_of(at, sizeof(at)), true, LEN_MAX, 0);
	}
}

/* The octets are told where they lie. */
static void a_whole_text_is_one_run(void **state)
{
	static const char text[] = "S: 1\r\n\r\nbody\r\n.\r\n";
	struct pop3_slice rest = POP3_LITERAL(text);
	const uint8_t *at = rest.at;
	struct pop3_client c;
	struct pop3_client_event ev;
	(void)state;

	begin_message(&c, false);
	assert_int_equal(pop3_client_run(&c, &rest, &ev), POP3_CEV_TEXT);
	assert_ptr_equal(ev.octets_of_text.at, at);
	assert_int_equal(ev.octets_of_text.len, sizeof(text) - 1 - 3);
	assert_int_equal(ev.msn, 1);
	assert_int_equal(pop3_client_run(&c, &rest, &ev), POP3_CEV_REPLY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stuffing_is_taken_away),
		cmocka_unit_test(a_bare_lf_ends_no_line),
		cmocka_unit_test(lf_is_a_line_end_where_it_ends_replies),
		cmocka_unit_test(every_octet_passes),
		cmocka_unit_test(every_short_text_at_every_cut),
		cmocka_unit_test(long_ones),
		cmocka_unit_test(lines_at_every_place),
		cmocka_unit_test(a_whole_text_is_one_run),
	};

	return cmocka_run_group_tests(tests, open_guard, close_guard);
}
