// SPDX-License-Identifier: ISC
/*
 * test_text.c - wire text: what becomes of odd text, as pop3/text.h has it in
 * words.
 */
#include "text_play.h"

static struct octets wire_of(struct pop3_slice text, bool is_top,
			     uint64_t lines)
{
	struct texts_run run = {
		.impl = pop3_text_best(), .in = &in, .out = &out, .room = 1024
	};
	struct octets wire = { 0 };

	run.is_top = is_top;
	run.body_lines = lines;
	(void)texts_stuff(&run, text, &wire);
	return wire;
}

#define assert_wire(text, want)                                                \
	do {                                                                   \
		struct octets wire_ = wire_of(POP3_LITERAL(text), false, 0);   \
		assert_slice(octets_all(&wire_), want);                        \
		octets_finish(&wire_);                                         \
	} while (0)

#define assert_top(text, lines, want)                                          \
	do {                                                                   \
		struct octets wire_ =                                          \
		    wire_of(POP3_LITERAL(text), true, (lines));                \
		assert_slice(octets_all(&wire_), want);                        \
		octets_finish(&wire_);                                         \
	} while (0)

static void odd_text_becomes(void **state)
{
	(void)state;
	assert_wire("", ".\r\n");
	assert_wire("a", "a\r\n.\r\n");
	assert_wire("a\n", "a\r\n.\r\n");
	assert_wire("a\r\n", "a\r\n.\r\n");
	assert_wire("a\r", "a\r\r\n.\r\n");
	assert_wire("a\rb\n", "a\rb\r\n.\r\n");
	assert_wire("\r.\n", "\r.\r\n.\r\n");
	assert_wire("a\r\r\n", "a\r\r\n.\r\n");
	assert_wire(".", "..\r\n.\r\n");
	assert_wire("a\n.\n", "a\r\n..\r\n.\r\n");
	assert_wire("a\n.\r\nb", "a\r\n..\r\nb\r\n.\r\n");
	assert_wire("a.\n", "a.\r\n.\r\n");
	assert_wire("a\0b\n", "a\0b\r\n.\r\n");
}

static void top_becomes(void **state)
{
	(void)state;
	assert_top("H: 1\n\nb1\nb2\nb3\n", 0, "H: 1\r\n\r\n.\r\n");
	assert_top("H: 1\n\nb1\nb2\nb3\n", 2, "H: 1\r\n\r\nb1\r\nb2\r\n.\r\n");
	assert_top("H: 1\n\nb1\nb2", 2, "H: 1\r\n\r\nb1\r\nb2\r\n.\r\n");
	assert_top("H: 1\n\nb1", 9, "H: 1\r\n\r\nb1\r\n.\r\n");
	assert_top("H: 1\n\n\n\nb", 1, "H: 1\r\n\r\n\r\n.\r\n");
	assert_top("H: 1\r\n\r\n.b\r\n", 1, "H: 1\r\n\r\n..b\r\n.\r\n");
	assert_top("no body", 0, "no body\r\n.\r\n");
	assert_top("no body\n", 3, "no body\r\n.\r\n");
	assert_top("\nbody\n", 0, "\r\n.\r\n");
	/* a CR alone makes no empty line */
	assert_top("H: 1\n\rx\n\nb\n", 0, "H: 1\r\n\rx\r\n\r\n.\r\n");
}

static void end_wants_its_room(void **state)
{
	uint8_t at[5];
	struct pop3_writer w = pop3_writer_of(at, 4);
	struct pop3_stuff st;
	(void)state;

	pop3_stuff_init(&st);
	assert_int_equal(pop3_stuff_end(&st, &w), POP3_ENOSPC);
	assert_int_equal(w.len, 0);
	assert_false(w.full);
	w.cap = 5;
	assert_int_equal(pop3_stuff_end(&st, &w), 0);
	assert_slice(pop3_slice_of(w.at, w.len), ".\r\n");
}

/* 64-bit all the way: 5 GiB of counts, without 5 GiB of text. */
static void counts_do_not_wrap(void **state)
{
	static const uint8_t text[1024] = { [1023] = '\n' };
	struct pop3_measure m;
	(void)state;

	pop3_measure_init(&m);
	m.octets = UINT32_MAX - 100;
	pop3_measure_add(&m, pop3_slice_of(text, sizeof(text)));
	assert_true(pop3_measure_end(&m) == (uint64_t)UINT32_MAX + 925);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(odd_text_becomes),
		cmocka_unit_test(top_becomes),
		cmocka_unit_test(end_wants_its_room),
		cmocka_unit_test(counts_do_not_wrap),
	};
	return cmocka_run_group_tests(tests, open_guards, close_guards);
}
