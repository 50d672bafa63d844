// SPDX-License-Identifier: ISC
/*
 * texts.c - one way to run wire text for tests.
 * Runs in: tests.
 */
#include "texts.h"
#include "must.h"

static struct pop3_slice next_piece(const struct texts_run *run,
				    struct pop3_slice *text, bool is_first)
{
	size_t len = is_first ? run->cut : run->piece;
	struct pop3_slice piece;

	if (len > text->len || (!is_first && len == 0)) {
		len = text->len;
	}
	piece = guard_copy(run->in, pop3_slice_of(text->at, len));
	*text = pop3_slice_tail(*text, len);
	return piece;
}

static void stuff_piece(const struct texts_run *run, struct pop3_stuff *st,
			struct pop3_slice piece, struct octets *wire)
{
	while (piece.len != 0 && !st->is_done) {
		struct pop3_writer w =
		    pop3_writer_of(guard_tail(run->out, run->room), run->room);

		pop3_stuff_run_by(run->impl, st, &piece, &w);
		must(w.len != 0 && !w.full, "progress");
		must(piece.len == 0 || st->is_done ||
			 pop3_writer_room(&w) < TEXT_ROOM_MIN,
		     "goes on as far as it can");
		octets_add(wire, pop3_slice_of(w.at, w.len));
	}
}

uint64_t texts_stuff(const struct texts_run *run, struct pop3_slice text,
		     struct octets *wire)
{
	struct pop3_stuff st;
	struct pop3_writer w;
	bool is_first = true;

	if (run->is_top) {
		pop3_stuff_init_top(&st, run->body_lines);
	} else {
		pop3_stuff_init(&st);
	}
	do {
		struct pop3_slice piece = next_piece(run, &text, is_first);

		stuff_piece(run, &st, piece, wire);
		is_first = false;
	} while (text.len != 0);
	w = pop3_writer_of(guard_tail(run->out, run->room), run->room);
	must(pop3_stuff_end(&st, &w) == 0 && !w.full, "room for the end");
	octets_add(wire, pop3_slice_of(w.at, w.len));
	return st.octets;
}

uint64_t texts_measure(const struct texts_run *run, struct pop3_slice text,
		       bool *is_wire_r)
{
	struct pop3_measure m;
	bool is_first = true;
	uint64_t octets;

	pop3_measure_init(&m);
	do {
		run->impl->measure(&m, next_piece(run, &text, is_first));
		is_first = false;
	} while (text.len != 0);
	octets = pop3_measure_end(&m);
	*is_wire_r = m.is_wire;
	return octets;
}

static void unwire_piece(const struct texts_run *run, struct pop3_unwire *un,
			 struct pop3_slice piece, struct octets *stored)
{
	while (piece.len != 0) {
		struct pop3_writer w =
		    pop3_writer_of(guard_tail(run->out, run->room), run->room);
		size_t len = piece.len;

		run->impl->unwire(un, &piece, &w);
		must(!w.full && (piece.len == 0 || pop3_writer_room(&w) == 0),
		     "goes on as far as it can");
		must(w.len <= len - piece.len + 1,
		     "no more than came, and one that came before");
		octets_add(stored, pop3_slice_of(w.at, w.len));
	}
}

void texts_unwire(const struct texts_run *run, struct pop3_slice wire,
		  struct octets *stored)
{
	struct pop3_unwire un;
	uint8_t last;
	struct pop3_writer w = pop3_writer_of(&last, 1);
	bool is_first = true;

	pop3_unwire_init(&un);
	do {
		unwire_piece(run, &un, next_piece(run, &wire, is_first),
			     stored);
		is_first = false;
	} while (wire.len != 0);
	must(pop3_unwire_end(&un, &w) == 0, "room for the end");
	octets_add(stored, pop3_slice_of(&last, w.len));
}

uint32_t texts_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (uint32_t)(*seed >> 32);
}

void texts_fill(uint64_t *seed, struct pop3_slice alphabet, uint8_t *at,
		size_t len)
{
	for (size_t i = 0; i < len; i++) {
		at[i] = alphabet.at[texts_random(seed) % alphabet.len];
	}
}
