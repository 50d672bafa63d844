// SPDX-License-Identifier: ISC
/*
 * test_text_back.c - from wire text back to what is stored: every
 * implementation that this machine has, against rules written down a second
 * time (naive.c), at every cut and between guard pages.
 */
#include "text_play.h"
#include "naive.h"

#define LEN_MAX 300u /* several blocks of the widest kernel */

/* --- unwire --- */

struct cutting {
	size_t cut;   /* the first piece ends there */
	size_t piece; /* the others have so many octets; 0: all */
	size_t room;  /* of output at a time */
};

static void check_unwire(const struct text_impl *impl, struct pop3_slice wire,
			 struct cutting how)
{
	struct texts_run run = { .impl = impl,
				 .in = &in,
				 .out = &out,
				 .room = how.room,
				 .cut = how.cut,
				 .piece = how.piece };
	struct octets want = { 0 }, stored = { 0 };

	naive_unwire(wire, &want);
	texts_unwire(&run, wire, &stored);
	assert_same(octets_all(&stored), octets_all(&want));
	octets_finish(&want);
	octets_finish(&stored);
}

/* --- find_dot --- */

static void check_find(const struct text_impl *impl, struct pop3_slice text)
{
	for (int how = 0; how < 4; how++) {
		bool after_cr = (how & 1) != 0, lf_ends = (how & 2) != 0;
		size_t want = naive_find_dot(text, after_cr, lf_ends);

		assert_int_equal(
		    impl->find_dot(guard_copy(&in, text), after_cr, lf_ends),
		    want);
		assert_int_equal(impl->find_dot(guard_copy_front(&in, text),
						after_cr, lf_ends),
				 want);
	}
}

/* --- texts --- */

static void check_both(const struct text_impl *impl, struct pop3_slice text,
		       struct cutting how)
{
	check_unwire(impl, text, how);
	if (how.cut <= 1) { /* it has no cuts */
		check_find(impl, text);
	}
}

static void by_all(struct pop3_slice text, struct cutting how)
{
	for (size_t i = 0; pop3_text_impls[i] != NULL; i++) {
		if (pop3_text_impls[i]->is_here()) {
			check_both(pop3_text_impls[i], text, how);
		}
	}
}

static void every_short_text_at_every_cut(void **state)
{
	uint8_t at[6];
	(void)state;

	for (size_t len = 0; len <= sizeof(at); len++) {
		for (size_t number = 0; number < (size_t)1 << 2 * len;
		     number++) {
			for (size_t i = 0; i < len; i++) {
				at[i] = (uint8_t) "\r\n.a"[number >> 2 * i & 3];
			}
			for (size_t cut = 0; cut <= len; cut++) {
				by_all(pop3_slice_of(at, len),
				       (struct cutting){ cut, number % 3,
							 1 + number % 4 });
			}
		}
	}
}

static const struct pop3_slice alphabets[] = {
	{ (const uint8_t *)"\r\n.a\0\xFF", 6 },
	{ (const uint8_t *)"\n", 1 },
	{ (const uint8_t *)"\r", 1 },
	{ (const uint8_t *)"\r\n", 2 },
	{ (const uint8_t *)"\n.", 2 },
	{ (const uint8_t *)"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n.\r", 33 },
	/* one bit beside CR, LF and the dot */
	{ (const uint8_t *)"\x0A\x0B\x0D\x0C\x2E\x2F\x8A\x8D\xAE", 9 },
};

static void every_length(void **state)
{
	uint64_t seed = 0x9E3779B97F4A7C15;
	uint8_t at[LEN_MAX];
	(void)state;

	for (size_t len = 0; len <= LEN_MAX; len++) {
		for (size_t a = 0; a < COUNT_OF(alphabets); a++) {
			struct pop3_slice text = pop3_slice_of(at, len);

			texts_fill(&seed, alphabets[a], at, len);
			by_all(text, (struct cutting){ 0, 0, 8192 });
			by_all(text, (struct cutting){
					 texts_random(&seed) % (len + 1), 0,
					 1 + texts_random(&seed) % 400 });
		}
	}
}

/* One line end, or one dot that begins a line, at each place of a block. */
static void at_every_place(void **state)
{
	static const char *const marks[] = { "\r\n.", "\n.",    "\r\n",
					     "\r.",   "\r\r\n", "\r" };
	uint8_t at[LEN_MAX];
	(void)state;

	for (size_t i = 0; i < LEN_MAX; i++) {
		for (size_t m = 0; m < COUNT_OF(marks); m++) {
			size_t len = strlen(marks[m]);

			len = len < LEN_MAX - i ? len : LEN_MAX - i;
			memset(at, 'a', sizeof(at));
			memcpy(at + i, marks[m], len);
			by_all(pop3_slice_of(at, LEN_MAX),
			       (struct cutting){ 0, 0, 8192 });
			by_all(pop3_slice_of(at, LEN_MAX),
			       (struct cutting){ i + 1, 0, 200 });
		}
	}
}

static void octet_by_octet(void **state)
{
	uint64_t seed = 88172645463325252;
	uint8_t at[LEN_MAX];
	(void)state;

	for (size_t a = 0; a < COUNT_OF(alphabets); a++) {
		texts_fill(&seed, alphabets[a], at, LEN_MAX);
		by_all(pop3_slice_of(at, LEN_MAX), (struct cutting){ 1, 1, 1 });
	}
}

/* A CR that came last waits for room, and is put once. */
static void the_last_cr(void **state)
{
	struct pop3_slice wire = POP3_LITERAL("\r");
	uint8_t room[1];
	struct pop3_writer w = pop3_writer_of(room, 1);
	struct pop3_writer none = pop3_writer_of(room, 0);
	struct pop3_unwire un;
	(void)state;

	pop3_unwire_init(&un);
	pop3_unwire_run(&un, &wire, &w);
	assert_int_equal(wire.len, 0);
	assert_int_equal(w.len, 0);
	assert_int_equal(pop3_unwire_end(&un, &none), POP3_ENOSPC);
	assert_false(none.full);
	assert_int_equal(pop3_unwire_end(&un, &w), 0);
	assert_slice(pop3_slice_of(w.at, w.len), "\r");
	assert_int_equal(pop3_unwire_end(&un, &none), 0);
}

/* What is sent and turned back is the text that was stored, if that had LF
 * only and no line end too few. */
static void there_and_back(void **state)
{
	struct pop3_slice text = POP3_LITERAL("S: 1\n\nlast\n");
	struct octets wire = { 0 };
	uint8_t room[64];
	struct pop3_writer w = pop3_writer_of(room, sizeof(room));
	struct pop3_unwire un;
	struct pop3_slice rest;
	(void)state;

	naive_normal(text, NAIVE_ALL, &wire);
	rest = octets_all(&wire);
	pop3_unwire_init(&un);
	pop3_unwire_run(&un, &rest, &w);
	assert_int_equal(pop3_unwire_end(&un, &w), 0);
	assert_same(pop3_slice_of(w.at, w.len), text);
	octets_finish(&wire);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_short_text_at_every_cut),
		cmocka_unit_test(every_length),
		cmocka_unit_test(at_every_place),
		cmocka_unit_test(octet_by_octet),
		cmocka_unit_test(the_last_cr),
		cmocka_unit_test(there_and_back),
	};

	return cmocka_run_group_tests(tests, open_guards, close_guards);
}
