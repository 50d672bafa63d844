// SPDX-License-Identifier: ISC
/*
 * text_portable.c - counting, stuffing and the ways back in plain C, line
 * by line.  It is the
 * twin that the vector code is tested against, serves where there is no vector
 * unit, and does the ends that the vector code leaves.
 * Runs in: session, maildrop, the client.  Trusts: nothing that is in the text.
 * Allocates: never.
 */
#include "text_impl.h"

static bool is_here(void)
{
	return true;
}

static bool ends_in_cr(struct pop3_slice s, bool after_cr)
{
	return s.len == 0 ? after_cr : s.at[s.len - 1] == '\r';
}

static void measure(struct pop3_measure *m, struct pop3_slice text)
{
	m->octets += text.len;
	while (text.len != 0) {
		const uint8_t *lf = memchr(text.at, '\n', text.len);
		size_t len = lf == NULL ? text.len : (size_t)(lf - text.at);
		struct pop3_slice line = pop3_slice_of(text.at, len);

		if (m->at_line && text.at[0] == '.') {
			m->is_wire = false;
		}
		m->after_cr = ends_in_cr(line, m->after_cr);
		m->at_line = lf != NULL;
		if (lf == NULL) {
			return;
		}
		if (!m->after_cr) {
			m->octets++;
			m->is_wire = false;
		}
		m->after_cr = false;
		text = pop3_slice_tail(text, len + 1);
	}
}

static void put_octet(struct pop3_writer *out, uint8_t octet)
{
	out->at[out->len++] = octet;
}

/*
 * Takes a line, or what of it is there and has room, off *in.  A dot, and the
 * CR and LF of its end, are at most 3 octets more than what stands between.
 */
static void stuff_line(struct pop3_stuff *st, struct pop3_slice *in,
		       struct pop3_writer *out)
{
	struct pop3_slice line = *in;
	const uint8_t *lf;

	/* [rfc1939/3/stuffing] "If any line of the multi-line response begins
	 * with the termination octet, the line is "byte-stuffed" by
	 * pre-pending the termination octet to that line of the response." */
	if (st->at_line && line.at[0] == '.') {
		put_octet(out, '.');
	}
	if (line.len > pop3_writer_room(out) - 2) {
		line.len = pop3_writer_room(out) - 2;
	}
	lf = memchr(line.at, '\n', line.len);
	if (lf != NULL) {
		line.len = (size_t)(lf - line.at);
	}
	pop3_put_slice(out, line);
	st->octets += line.len;
	st->after_cr = ends_in_cr(line, st->after_cr);
	st->at_line = lf != NULL;
	*in = pop3_slice_tail(*in, line.len + (lf != NULL));
	if (lf == NULL) {
		return;
	}
	if (!st->after_cr) {
		put_octet(out, '\r');
		st->octets++;
	}
	put_octet(out, '\n');
	st->octets++;
	st->after_cr = false;
}

static void stuff(struct pop3_stuff *st, struct pop3_slice *in,
		  struct pop3_writer *out)
{
	while (in->len != 0 && pop3_writer_room(out) >= TEXT_ROOM_MIN) {
		stuff_line(st, in, out);
	}
}

static size_t find_dot(struct pop3_slice text, bool after_cr, bool lf_ends)
{
	const uint8_t *at = text.at;
	const uint8_t *end = text.at + text.len;

	while (at != end) {
		const uint8_t *lf = memchr(at, '\n', (size_t)(end - at));
		bool is_end;

		if (lf == NULL || lf + 1 == end) {
			break;
		}
		is_end = lf_ends || (lf == text.at ? after_cr : lf[-1] == '\r');
		if (is_end && lf[1] == '.') {
			return (size_t)(lf + 1 - text.at);
		}
		at = lf + 1;
	}
	return text.len;
}

/* A CR is put when the octet behind it has come, and is no LF. */
static void unwire_cr(struct pop3_unwire *un, const struct pop3_slice *in,
		      struct pop3_writer *out)
{
	un->after_cr = false;
	if (in->at[0] != '\n') {
		put_octet(out, '\r');
	}
}

/* All up to the next CR, which is taken, too. */
static void unwire_run(struct pop3_unwire *un, struct pop3_slice *in,
		       struct pop3_writer *out)
{
	struct pop3_slice run = *in;
	const uint8_t *cr;

	if (run.len > pop3_writer_room(out)) {
		run.len = pop3_writer_room(out);
	}
	cr = memchr(run.at, '\r', run.len);
	if (cr != NULL) {
		run.len = (size_t)(cr - run.at);
		un->after_cr = true;
	}
	pop3_put_slice(out, run);
	*in = pop3_slice_tail(*in, run.len + (cr != NULL));
}

static void unwire(struct pop3_unwire *un, struct pop3_slice *in,
		   struct pop3_writer *out)
{
	while (in->len != 0 && pop3_writer_room(out) != 0) {
		if (un->after_cr) {
			unwire_cr(un, in, out);
		} else {
			unwire_run(un, in, out);
		}
	}
}

const struct text_impl pop3_text_portable = { "portable", is_here,  measure,
					      stuff,      find_dot, unwire };
