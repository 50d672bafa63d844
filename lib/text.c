// SPDX-License-Identifier: ISC
/*
 * text.c - the text of a message on the wire: counting, stuffing, TOP, the
 * terminator, and back (RFC 1939, section 3).  What goes over every octet is in
 * text_portable.c and in text_kernel.inc.
 * Runs in: session, maildrop, the client.  Trusts: nothing that is in the text.
 * Allocates: never.
 */
#include "text_impl.h"

/* Which CPU this is was found out before main; here it is but a look. */
const struct text_impl *pop3_text_best(void)
{
	size_t i = 0;

	while (!pop3_text_impls[i]->is_here()) {
		i++; /* the portable one, which is last, always is */
	}
	return pop3_text_impls[i];
}

/* --- counting --- */

/* [rfc1939/11/octets] "lines in the message which start with the termination
 * octet need not (and must not) be counted twice" */
void pop3_measure_init(struct pop3_measure *m)
{
	*m = (struct pop3_measure){ .is_wire = true, .at_line = true };
}

void pop3_measure_add(struct pop3_measure *m, struct pop3_slice text)
{
	pop3_text_best()->measure(m, text);
}

uint64_t pop3_measure_end(struct pop3_measure *m)
{
	if (!m->at_line) {
		m->octets += 2;
		m->is_wire = false;
		m->after_cr = false;
		m->at_line = true;
	}
	return m->octets;
}

/* --- stuffing --- */

/* What a line holds so far, as far as TOP must know to find an empty one. */
enum top_line {
	LINE_NOTHING,
	LINE_CR,
	LINE_MORE
};

void pop3_stuff_init(struct pop3_stuff *st)
{
	*st = (struct pop3_stuff){ .at_line = true };
}

void pop3_stuff_init_top(struct pop3_stuff *st, uint64_t body_lines)
{
	pop3_stuff_init(st);
	st->is_top = true;
	st->lines_left = body_lines;
}

static enum top_line line_with(enum top_line line, struct pop3_slice more)
{
	if (more.len == 0) {
		return line;
	}
	return line == LINE_NOTHING && more.len == 1 && more.at[0] == '\r'
		   ? LINE_CR
		   : LINE_MORE;
}

/* [rfc1939/7/top] "the POP3 server sends the headers of the message, the blank
 * line separating the headers from the body, and then the number of lines of
 * the indicated message's body" */
static void top_end_line(struct pop3_stuff *st, bool is_empty)
{
	if (st->in_body) {
		st->lines_left--;
	} else {
		st->in_body = is_empty;
	}
	st->is_done = st->in_body && st->lines_left == 0;
	st->line = LINE_NOTHING;
}

/* Counts the lines of text as sent.  Returns how many of its octets are wanted;
 * all of them unless st->is_done then. */
static size_t top_count(struct pop3_stuff *st, struct pop3_slice text)
{
	struct pop3_slice rest = text;

	while (!st->is_done && rest.len != 0) {
		const uint8_t *lf = memchr(rest.at, '\n', rest.len);
		size_t len = lf == NULL ? rest.len : (size_t)(lf - rest.at);
		enum top_line line = line_with((enum top_line)st->line,
					       pop3_slice_of(rest.at, len));

		if (lf == NULL) {
			st->line = (uint8_t)line;
			return text.len;
		}
		top_end_line(st, line != LINE_MORE);
		rest = pop3_slice_tail(rest, len + 1);
	}
	return text.len - rest.len;
}

/* How much is wanted is found out on a copy of st, because out may have no room
 * for all of that; what went out is then counted for good. */
static void stuff_top(const struct text_impl *impl, struct pop3_stuff *st,
		      struct pop3_slice *in, struct pop3_writer *out)
{
	struct pop3_stuff ahead = *st;
	struct pop3_slice wanted = *in;
	struct pop3_slice left;

	if (wanted.len > pop3_writer_room(out)) {
		wanted.len = pop3_writer_room(out);
	}
	wanted.len = top_count(&ahead, wanted);
	left = wanted;
	impl->stuff(st, &left, out);
	wanted.len -= left.len;
	(void)top_count(st, wanted);
	*in = pop3_slice_tail(*in, wanted.len);
}

void pop3_stuff_run_by(const struct text_impl *impl, struct pop3_stuff *st,
		       struct pop3_slice *in, struct pop3_writer *out)
{
	if (!st->is_top) {
		impl->stuff(st, in, out);
	} else if (!st->is_done) {
		stuff_top(impl, st, in, out);
	}
}

void pop3_stuff_run(struct pop3_stuff *st, struct pop3_slice *in,
		    struct pop3_writer *out)
{
	pop3_stuff_run_by(pop3_text_best(), st, in, out);
}

/* [rfc1939/3/terminator] "a final line is sent, consisting of a termination
 * octet (decimal code 046, ".") and a CRLF pair" */
int pop3_stuff_end(struct pop3_stuff *st, struct pop3_writer *out)
{
	if (pop3_writer_room(out) < 5) {
		return POP3_ENOSPC;
	}
	if (!st->at_line) {
		pop3_put_str(out, "\r\n");
		st->octets += 2;
		st->after_cr = false;
		st->at_line = true;
	}
	pop3_put_str(out, ".\r\n");
	return 0;
}

/* --- back to what is stored --- */

void pop3_unwire_init(struct pop3_unwire *un)
{
	*un = (struct pop3_unwire){ .after_cr = false };
}

void pop3_unwire_run(struct pop3_unwire *un, struct pop3_slice *in,
		     struct pop3_writer *out)
{
	pop3_text_best()->unwire(un, in, out);
}

int pop3_unwire_end(struct pop3_unwire *un, struct pop3_writer *out)
{
	if (un->after_cr && pop3_writer_room(out) < 1) {
		return POP3_ENOSPC;
	}
	if (un->after_cr) {
		pop3_put_str(out, "\r");
		un->after_cr = false;
	}
	return 0;
}
