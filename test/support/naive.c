// SPDX-License-Identifier: ISC
/*
 * naive.c - the rules of pop3/text.h, one octet at a time.
 * Runs in: tests.
 */
#include "naive.h"

static void add(struct octets *o, uint8_t octet)
{
	octets_add(o, pop3_slice_of(&octet, 1));
}

/* A line's octets from *at on, without its end; *at moves behind the end. */
static struct pop3_slice next_line(struct pop3_slice text, size_t *at,
				   bool *has_end_r)
{
	size_t from = *at, to = from;

	while (to < text.len && text.at[to] != '\n') {
		to++;
	}
	*has_end_r = to < text.len;
	*at = to + *has_end_r;
	if (*has_end_r && to > from && text.at[to - 1] == '\r') {
		to--;
	}
	return pop3_slice_of(text.len == 0 ? NULL : text.at + from, to - from);
}

void naive_normal(struct pop3_slice text, uint64_t body_lines,
		  struct octets *normal)
{
	bool in_body = false;
	size_t at = 0;

	while (at < text.len && (!in_body || body_lines != 0)) {
		bool has_end;
		struct pop3_slice line = next_line(text, &at, &has_end);

		octets_add(normal, line);
		octets_add_str(normal, "\r\n");
		if (in_body) {
			body_lines -= body_lines != NAIVE_ALL;
		} else {
			in_body = line.len == 0;
		}
	}
}

void naive_wire(struct pop3_slice normal, struct octets *wire)
{
	for (size_t i = 0; i < normal.len; i++) {
		if (normal.at[i] == '.' &&
		    (i == 0 || normal.at[i - 1] == '\n')) {
			add(wire, '.');
		}
		add(wire, normal.at[i]);
	}
	octets_add_str(wire, ".\r\n");
}

bool naive_is_wire(struct pop3_slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		bool begins = i == 0 || text.at[i - 1] == '\n';
		bool after_cr = i != 0 && text.at[i - 1] == '\r';

		if ((text.at[i] == '.' && begins) ||
		    (text.at[i] == '\n' && !after_cr)) {
			return false;
		}
	}
	return text.len == 0 || text.at[text.len - 1] == '\n';
}

bool naive_receive(struct pop3_slice wire, struct octets *normal)
{
	size_t at = 0;

	while (at < wire.len) {
		bool has_end;
		struct pop3_slice line = next_line(wire, &at, &has_end);

		if (!has_end || line.at[line.len] != '\r') {
			return false;
		}
		if (line.len == 1 && line.at[0] == '.') {
			return at == wire.len;
		}
		if (line.len != 0 && line.at[0] == '.') {
			line = pop3_slice_tail(line, 1);
		}
		octets_add(normal, line);
		octets_add_str(normal, "\r\n");
	}
	return false;
}

/* The line at from, with its end; empty if it has none. */
static struct pop3_slice whole_line(struct pop3_slice wire, size_t from,
				    bool lf_ends)
{
	for (size_t i = from; i < wire.len; i++) {
		bool has_cr = i > from && wire.at[i - 1] == '\r';

		if (wire.at[i] == '\n' && (has_cr || lf_ends)) {
			return pop3_slice_of(wire.at + from, i + 1 - from);
		}
	}
	return pop3_slice_of(NULL, 0);
}

static bool is_terminator(struct pop3_slice line)
{
	return pop3_slice_equal(line, POP3_LITERAL(".\r\n")) ||
	       pop3_slice_equal(line, POP3_LITERAL(".\n"));
}

size_t naive_take_message(struct pop3_slice wire, bool lf_ends,
			  struct octets *text)
{
	size_t at = 0;

	for (;;) {
		struct pop3_slice line = whole_line(wire, at, lf_ends);

		if (line.len == 0) {
			return NAIVE_NO_END;
		}
		at += line.len;
		if (is_terminator(line)) {
			return at;
		}
		octets_add(text, pop3_slice_tail(line, line.at[0] == '.'));
	}
}

void naive_unwire(struct pop3_slice wire, struct octets *stored)
{
	for (size_t i = 0; i < wire.len; i++) {
		if (wire.at[i] != '\r' || i + 1 == wire.len ||
		    wire.at[i + 1] != '\n') {
			add(stored, wire.at[i]);
		}
	}
}

size_t naive_find_dot(struct pop3_slice text, bool after_cr, bool lf_ends)
{
	for (size_t i = 1; i < text.len; i++) {
		bool has_cr = i == 1 ? after_cr : text.at[i - 2] == '\r';

		if (text.at[i] == '.' && text.at[i - 1] == '\n' &&
		    (has_cr || lf_ends)) {
			return i;
		}
	}
	return text.len;
}
