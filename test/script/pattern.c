// SPDX-License-Identifier: ISC
/*
 * pattern.c - the octets and patterns of a transcript (README.md).
 * Runs in: the player.
 */
#include "pattern.h"
#include <stdlib.h>

#define STAR (-1)
#define BAD  (-2)

static int digit(uint8_t c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'A' && c <= 'F') {
		return c - 'A' + 10;
	}
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : BAD;
}

static int take_hex(struct pop3_slice *text)
{
	int high, low;

	if (text->len < 2) {
		return BAD;
	}
	high = digit(text->at[0]);
	low = digit(text->at[1]);
	*text = pop3_slice_tail(*text, 2);
	return high == BAD || low == BAD ? BAD : high * 16 + low;
}

static int take_octet(struct pop3_slice *text)
{
	uint8_t c = text->at[0];

	*text = pop3_slice_tail(*text, 1);
	return c;
}

/* What stands at the front of text: an octet, STAR or BAD. */
static int take(struct pop3_slice *text)
{
	int c = take_octet(text);

	if (c == '*') {
		return STAR;
	}
	if (c != '\\') {
		return c;
	}
	if (text->len == 0) {
		return BAD;
	}
	c = take_octet(text);
	switch (c) {
	case 'r':
		return '\r';
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'x':
		return take_hex(text);
	case '\\':
	case '*':
		return c;
	}
	return BAD;
}

bool pattern_unescape(struct pop3_slice text, struct octets *octets)
{
	while (text.len != 0) {
		int c = take(&text);
		uint8_t octet = (uint8_t)(c == STAR ? '*' : c);

		if (c == BAD) {
			return false;
		}
		octets_add(octets, pop3_slice_of(&octet, 1));
	}
	return true;
}

bool pattern_is_like(struct pop3_slice pattern, struct pop3_slice line)
{
	/* Where to begin again, with one octet more in the last star. */
	struct pop3_slice star = { NULL, 0 }, from = line;
	bool has_star = false;

	while (pattern.len != 0 || line.len != 0) {
		struct pop3_slice rest = pattern;
		int c = pattern.len != 0 ? take(&rest) : BAD;

		if (c == STAR) {
			has_star = true;
			star = pattern = rest;
			from = line;
		} else if (c >= 0 && line.len != 0 && line.at[0] == c) {
			pattern = rest;
			line = pop3_slice_tail(line, 1);
		} else if (has_star && from.len != 0) {
			pattern = star;
			line = from = pop3_slice_tail(from, 1);
		} else {
			return false;
		}
	}
	return true;
}
