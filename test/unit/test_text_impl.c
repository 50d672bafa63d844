// SPDX-License-Identifier: ISC
/*
 * test_text_impl.c - wire text: every implementation that this machine has,
 * against rules written down a second time (naive.c), over texts that are
 * nothing but corners.
 */
#include "text_play.h"
#include "naive.h"

#define LEN_MAX   300u /* several blocks of the widest kernel */
#define ALIGN_MAX 64u

static struct texts_run run_of(const struct text_impl *impl)
{
	return (struct texts_run){
		.impl = impl, .in = &in, .out = &out, .room = 1024
	};
}

/* The implementation that is tested: all that are here, by turns. */
static const struct text_impl *nth_impl(size_t n)
{
	size_t i = 0;

	for (; pop3_text_impls[i] != NULL; i++) {
		if (pop3_text_impls[i]->is_here() && n-- == 0) {
			return pop3_text_impls[i];
		}
	}
	return NULL;
}

static size_t impl_count(void)
{
	size_t n = 0;

	while (nth_impl(n) != NULL) {
		n++;
	}
	return n;
}

/* What is true of a text, however it is run. */
struct truth {
	struct octets normal, wire;
	bool is_wire;
};

static struct truth truth_of(struct pop3_slice text, uint64_t lines)
{
	struct truth t = { .is_wire = naive_is_wire(text) };
	struct octets received = { 0 };

	naive_normal(text, lines, &t.normal);
	naive_wire(octets_all(&t.normal), &t.wire);
	/* the terminator stands at the end, only there, and un-stuffing gives
	 * the text back */
	assert_true(naive_receive(octets_all(&t.wire), &received));
	assert_same(octets_all(&received), octets_all(&t.normal));
	/* stored so, it can be sent so: all but the terminator */
	assert_true(!t.is_wire || lines != NAIVE_ALL ||
		    (t.wire.len == text.len + 3 &&
		     memcmp(t.wire.at, text.at, text.len) == 0));
	octets_finish(&received);
	return t;
}

static void truth_finish(struct truth *t)
{
	octets_finish(&t->normal);
	octets_finish(&t->wire);
}

static void check(const struct texts_run *run, struct pop3_slice text,
		  const struct truth *t)
{
	struct octets wire = { 0 };
	uint64_t octets = texts_stuff(run, text, &wire);
	bool is_wire;

	assert_same(octets_all(&wire), octets_all(&t->wire));
	assert_int_equal(octets, t->normal.len);
	if (!run->is_top) {
		/* what LIST announces is what RETR sends */
		assert_int_equal(texts_measure(run, text, &is_wire), octets);
		assert_int_equal(is_wire, t->is_wire);
	}
	octets_finish(&wire);
}

static void check_everywhere(struct pop3_slice text, uint64_t lines,
			     bool is_top, size_t room)
{
	struct truth t = truth_of(text, is_top ? lines : NAIVE_ALL);

	for (size_t n = 0; n < impl_count(); n++) {
		struct texts_run run = run_of(nth_impl(n));

		run.is_top = is_top;
		run.body_lines = lines;
		run.room = room;
		for (run.cut = 0; run.cut <= text.len; run.cut++) {
			check(&run, text, &t);
		}
	}
	truth_finish(&t);
}

/* --- all short texts --- */

#define SPELL_MAX 8u

static void spell(size_t number, uint8_t *at)
{
	for (size_t i = 0; i < SPELL_MAX; i++) {
		at[i] = (uint8_t) "\r\n.a"[number % 4];
		number /= 4;
	}
}

static void every_short_text_at_every_cut(void **state)
{
	uint8_t at[SPELL_MAX];
	(void)state;

	for (size_t len = 0; len <= 7; len++) {
		for (size_t number = 0; number < (size_t)1 << 2 * len;
		     number++) {
			spell(number, at);
			check_everywhere(pop3_slice_of(at, len), 0, false,
					 5 + number % 4);
		}
	}
}

static void every_short_text_by_top(void **state)
{
	static const uint64_t lines[] = { 0, 1, 2, UINT64_MAX };
	uint8_t at[SPELL_MAX];
	(void)state;

	for (size_t len = 0; len <= 6; len++) {
		for (size_t number = 0; number < (size_t)1 << 2 * len;
		     number++) {
			spell(number, at);
			check_everywhere(pop3_slice_of(at, len),
					 lines[number % COUNT_OF(lines)], true,
					 5 + number % 3);
		}
	}
}

/* --- longer ones: nasty, dense and like mail --- */

static const struct pop3_slice alphabets[] = {
	{ (const uint8_t *)"\r\n.a\0\xFF", 6 },
	{ (const uint8_t *)"\n", 1 },
	{ (const uint8_t *)"\r", 1 },
	{ (const uint8_t *)".", 1 },
	{ (const uint8_t *)"\r\n", 2 },
	{ (const uint8_t *)"\n.", 2 },
	{ (const uint8_t *)"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n.\r", 33 },
	/* one bit beside CR, LF and the dot */
	{ (const uint8_t *)"\x0A\x0B\x0D\x0C\x2E\x2F\x8A\x8D\xAE", 9 },
};

/* The cut moves the second piece's alignment. */
static void check_alignments(struct pop3_slice text, uint64_t *seed)
{
	struct truth t = truth_of(text, NAIVE_ALL);

	for (size_t n = 0; n < impl_count(); n++) {
		struct texts_run run = run_of(nth_impl(n));

		for (run.cut = 0; run.cut < ALIGN_MAX; run.cut++) {
			run.room = 5 + texts_random(seed) % 700;
			check(&run, text, &t);
		}
	}
	truth_finish(&t);
}

static void every_length_and_alignment(void **state)
{
	uint64_t seed = 0x9E3779B97F4A7C15;
	uint8_t text[LEN_MAX];
	(void)state;

	for (size_t len = 0; len <= LEN_MAX; len++) {
		for (size_t a = 0; a < COUNT_OF(alphabets); a++) {
			texts_fill(&seed, alphabets[a], text, len);
			check_alignments(pop3_slice_of(text, len), &seed);
		}
	}
}

/* Lines as they are sent, LEN_MAX octets of them. */
static void fill_wire(uint64_t *seed, uint8_t *at)
{
	size_t left = texts_random(seed) % 90;

	for (size_t i = 0; i < LEN_MAX; i++) {
		at[i] = 'a';
		if (left == 1) {
			at[i] = '\r';
		} else if (left == 0 && i != 0 && at[i - 1] == '\r') {
			at[i] = '\n';
			left = 2 + texts_random(seed) % 90;
		}
		left -= left != 0;
	}
	at[LEN_MAX - 2] = '\r';
	at[LEN_MAX - 1] = '\n';
}

/* Just one octet decides whether it can be sent as stored: that is found
 * wherever it is, and nothing else is taken for it. */
static void one_octet_off_the_wire(void **state)
{
	static const uint8_t octets[] = { '.', '\n', '\r', 'b' };
	uint64_t seed = 0x5851F42D4C957F2D;
	uint8_t at[LEN_MAX];
	(void)state;

	for (size_t i = 0; i < LEN_MAX; i++) {
		for (size_t o = 0; o < COUNT_OF(octets); o++) {
			struct pop3_slice text = pop3_slice_of(at, LEN_MAX);
			struct truth t;

			fill_wire(&seed, at);
			at[i] = octets[o];
			t = truth_of(text, NAIVE_ALL);
			for (size_t n = 0; n < impl_count(); n++) {
				struct texts_run run = run_of(nth_impl(n));

				run.cut = texts_random(&seed) % LEN_MAX;
				check(&run, text, &t);
			}
			truth_finish(&t);
		}
	}
}

static void every_cut_of_long_ones(void **state)
{
	uint64_t seed = 0xD1B54A32D192ED03;
	uint8_t text[LEN_MAX];
	(void)state;

	for (size_t a = 0; a < COUNT_OF(alphabets); a++) {
		texts_fill(&seed, alphabets[a], text, LEN_MAX);
		check_everywhere(pop3_slice_of(text, LEN_MAX), 0, false, 701);
		check_everywhere(pop3_slice_of(text, LEN_MAX), 0, false, 193);
		check_everywhere(pop3_slice_of(text, LEN_MAX), a, true, 255);
	}
}

/* Each alignment in memory, with nothing readable before the text. */
static void nothing_before_the_text_is_read(void **state)
{
	uint64_t seed = 0x2545F4914F6CDD1D;
	uint8_t text[LEN_MAX];
	(void)state;

	for (size_t len = 1; len <= LEN_MAX; len++) {
		struct pop3_slice front;

		texts_fill(&seed, alphabets[0], text, len);
		front = guard_copy_front(&in, pop3_slice_of(text, len));
		for (size_t n = 0; n < impl_count(); n++) {
			struct pop3_measure m;

			pop3_measure_init(&m);
			nth_impl(n)->measure(&m, front);
			assert_int_equal(m.is_wire && m.at_line,
					 naive_is_wire(front));
		}
	}
}

static void octet_by_octet(void **state)
{
	uint64_t seed = 88172645463325252;
	uint8_t at[LEN_MAX];
	struct pop3_slice text = pop3_slice_of(at, LEN_MAX);
	(void)state;

	for (size_t a = 0; a < COUNT_OF(alphabets); a++) {
		struct truth t;

		texts_fill(&seed, alphabets[a], at, LEN_MAX);
		t = truth_of(text, NAIVE_ALL);
		for (size_t n = 0; n < impl_count(); n++) {
			struct texts_run run = run_of(nth_impl(n));

			run.cut = run.piece = 1;
			for (run.room = 5; run.room < 12; run.room++) {
				check(&run, text, &t);
			}
		}
		truth_finish(&t);
	}
}

static void there_is_a_portable_one(void **state)
{
	(void)state;
	assert_ptr_equal(nth_impl(impl_count() - 1), &pop3_text_portable);
	assert_ptr_equal(pop3_text_best(), nth_impl(0));
	for (size_t n = 0; n < impl_count(); n++) {
		print_message("here: %s\n", nth_impl(n)->name);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_is_a_portable_one),
		cmocka_unit_test(every_short_text_at_every_cut),
		cmocka_unit_test(every_short_text_by_top),
		cmocka_unit_test(every_length_and_alignment),
		cmocka_unit_test(one_octet_off_the_wire),
		cmocka_unit_test(every_cut_of_long_ones),
		cmocka_unit_test(nothing_before_the_text_is_read),
		cmocka_unit_test(octet_by_octet),
	};
	return cmocka_run_group_tests(tests, open_guards, close_guards);
}
