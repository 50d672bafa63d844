// SPDX-License-Identifier: ISC
/*
 * fuzz_text.c - any text, by every implementation, in any pieces, into any
 * room: the same wire text as by the plain rules, what was announced is what
 * is sent, and the receiver gets it back; and the ways back, of the same text.
 *
 * The input's first four octets are: cut, piece, room, and TOP's lines (0: not
 * TOP); the rest is the text.
 */
#include "fuzz.h"
#include "must.h"
#include "naive.h"
#include "texts.h"

#define HEAD 4u

static struct guard in_guard, out_guard;

static void check(const struct texts_run *run, struct pop3_slice text,
		  struct pop3_slice normal, struct pop3_slice want)
{
	struct octets wire = { 0 };
	uint64_t octets = texts_stuff(run, text, &wire);
	bool is_wire;

	must(pop3_slice_equal(octets_all(&wire), want), "the wire text");
	must(octets == normal.len, "octets sent");
	if (!run->is_top) {
		must(texts_measure(run, text, &is_wire) == octets,
		     "octets announced");
		must(is_wire == naive_is_wire(text), "stored as sent");
	}
	octets_finish(&wire);
}

/* From the wire: the text is taken as what a client got. */
static void check_back(const struct texts_run *run, struct pop3_slice text)
{
	struct octets want = { 0 }, stored = { 0 };
	struct pop3_slice in = guard_copy(run->in, text);

	for (int how = 0; how < 4; how++) {
		bool after_cr = (how & 1) != 0, lf_ends = (how & 2) != 0;

		must(run->impl->find_dot(in, after_cr, lf_ends) ==
			 naive_find_dot(text, after_cr, lf_ends),
		     "the next dot that begins a line");
	}
	naive_unwire(text, &want);
	texts_unwire(run, text, &stored);
	must(pop3_slice_equal(octets_all(&stored), octets_all(&want)),
	     "the stored text");
	octets_finish(&want);
	octets_finish(&stored);
}

static void check_all(struct texts_run run, struct pop3_slice text)
{
	struct octets normal = { 0 }, wire = { 0 }, got = { 0 };

	naive_normal(text, run.is_top ? run.body_lines : NAIVE_ALL, &normal);
	naive_wire(octets_all(&normal), &wire);
	must(naive_receive(octets_all(&wire), &got) &&
		 pop3_slice_equal(octets_all(&got), octets_all(&normal)),
	     "received as sent");
	for (size_t i = 0; pop3_text_impls[i] != NULL; i++) {
		run.impl = pop3_text_impls[i];
		if (run.impl->is_here()) {
			check(&run, text, octets_all(&normal),
			      octets_all(&wire));
			check_back(&run, text);
		}
	}
	octets_finish(&normal);
	octets_finish(&wire);
	octets_finish(&got);
}

static void need_guards(size_t len)
{
	if (in_guard.at == NULL) {
		guard_init(&out_guard, 2048);
	} else if (in_guard.cap < len) {
		guard_finish(&in_guard);
	}
	if (in_guard.at == NULL) {
		guard_init(&in_guard, 2 * len + 4096);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct texts_run run = { .in = &in_guard, .out = &out_guard };

	if (size < HEAD) {
		return 0;
	}
	need_guards(size);
	run.cut = data[0];
	run.piece = data[1];
	run.room = 5 + 4 * (size_t)data[2];
	run.is_top = data[3] != 0;
	run.body_lines = data[3] == 255 ? UINT64_MAX - 1 : data[3] - 1u;
	check_all(run, pop3_slice_of(data + HEAD, size - HEAD));
	return 0;
}
