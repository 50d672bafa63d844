// SPDX-License-Identifier: ISC
/*
 * escape.c - foreign octets made fit to be seen (escape.h).
 * Runs in: restante.  Trusts: nothing it is given; the C library's wcwidth.
 * Allocates: the text.
 */
#include "fetch/show/escape.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "fetch/limits.h"

#define NO_CHARACTER (-1)
#define PIECE_MAX    16u /* octets of the longest: "\u{10ffff}" */

/* How one character is shown. */
struct piece {
	char octets[PIECE_MAX];
	size_t len;
	size_t columns;
};

struct range {
	int32_t first;
	int32_t last;
};

/* What a terminal obeys, what turns text around, what nobody sees, and what is
 * no character (Unicode 15: Default_Ignorable_Code_Point but for joiners and
 * variation selectors, Bidi_Control, Noncharacter_Code_Point, Cc). */
static const struct range unfit[] = {
	{ 0x80, 0x9f },        { 0xad, 0xad },       { 0x61c, 0x61c },
	{ 0x115f, 0x1160 },    { 0x17b4, 0x17b5 },   { 0x180b, 0x180f },
	{ 0x200b, 0x200b },    { 0x200e, 0x200f },   { 0x2028, 0x202e },
	{ 0x2060, 0x206f },    { 0x3164, 0x3164 },   { 0xfdd0, 0xfdef },
	{ 0xfeff, 0xfeff },    { 0xffa0, 0xffa0 },   { 0xfff0, 0xfffb },
	{ 0xfffe, 0xffff },    { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
	{ 0x1fffe, 0x1ffff },  { 0x2fffe, 0x2ffff }, { 0x3fffe, 0x3ffff },
	{ 0x4fffe, 0x10ffff },
};

static bool is_unfit(int32_t code)
{
	for (size_t i = 0; i < sizeof(unfit) / sizeof(unfit[0]); i++) {
		if (code >= unfit[i].first && code <= unfit[i].last) {
			return true;
		}
	}
	return wcwidth((wchar_t)code) < 0;
}

/* Of a character that begins so; 0: none does. */
static size_t octets_of(uint8_t first)
{
	if (first < 0x80) {
		return 1;
	}
	if (first >= 0xc2 && first <= 0xdf) {
		return 2;
	}
	if (first >= 0xe0 && first <= 0xef) {
		return 3;
	}
	return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

/* The shortest form only, and neither surrogates nor beyond the last. */
static bool is_code_of(int32_t code, size_t octets)
{
	static const int32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	return code >= least[octets] && code <= 0x10ffff &&
	       (code < 0xd800 || code > 0xdfff);
}

size_t escape_take(const uint8_t *at, size_t len, int32_t *code_r)
{
	static const uint8_t bits[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	size_t octets = octets_of(at[0]);
	int32_t code;

	*code_r = NO_CHARACTER;
	if (octets == 0 || octets > len) {
		return 1;
	}
	code = at[0] & bits[octets];
	for (size_t i = 1; i < octets; i++) {
		if ((at[i] & 0xc0) != 0x80) {
			return 1;
		}
		code = code << 6 | (at[i] & 0x3f);
	}
	if (!is_code_of(code, octets)) {
		return 1;
	}
	*code_r = code;
	return octets;
}

static void copy_piece(struct piece *p, const void *at, size_t len,
		       size_t columns)
{
	memcpy(p->octets, at, len);
	p->len = len;
	p->columns = columns;
}

static void write_octet(struct piece *p, uint8_t octet)
{
	p->len = (size_t)snprintf(p->octets, PIECE_MAX, "\\x%02x", octet);
	p->columns = p->len;
}

static void write_code(struct piece *p, uint32_t code)
{
	p->len = (size_t)snprintf(p->octets, PIECE_MAX, "\\u{%x}", code);
	p->columns = p->len;
}

static void piece_of_ascii(struct piece *p, uint8_t octet)
{
	if (octet == '\t') {
		copy_piece(p, "\\t", 2, 2);
	} else if (octet == '\n') {
		copy_piece(p, "\\n", 2, 2);
	} else if (octet == '\r') {
		copy_piece(p, "\\r", 2, 2);
	} else if (octet < 0x20 || octet == 0x7f) {
		write_octet(p, octet);
	} else {
		copy_piece(p, &octet, 1, 1);
	}
}

/* The next character of len octets; returns how many it has. */
static size_t piece_next(struct piece *p, const uint8_t *at, size_t len,
			 bool is_utf8)
{
	int32_t code;
	size_t octets = escape_take(at, len, &code);

	if (code == NO_CHARACTER) {
		write_octet(p, at[0]);
	} else if (code < 0x80) {
		piece_of_ascii(p, at[0]);
	} else if (!is_utf8) {
		copy_piece(p, "?", 1, 1);
	} else if (is_unfit(code)) {
		write_code(p, (uint32_t)code);
	} else {
		copy_piece(p, at, octets, (size_t)wcwidth((wchar_t)code));
	}
	return octets;
}

/* Where in a row of characters without a width this one is. */
static bool is_piled_up(const struct piece *p, size_t *marks)
{
	*marks = p->columns == 0 ? *marks + 1 : 0;
	return *marks > SHOW_MARKS_MAX;
}

void escape_put(struct text *t, const void *octets, size_t len, bool is_utf8)
{
	const uint8_t *at = octets;
	size_t done = 0, marks = 0;
	struct piece p;

	while (done < len) {
		done += piece_next(&p, at + done, len - done, is_utf8);
		if (!is_piled_up(&p, &marks)) {
			text_put(t, p.octets, p.len);
		}
	}
}

void escape_str(struct text *t, const char *s, bool is_utf8)
{
	escape_put(t, s, strlen(s), is_utf8);
}

/* As many as columns hold, appended unless t is NULL. */
static size_t fill(struct text *t, const char *s, size_t columns, bool is_utf8)
{
	const uint8_t *at = (const uint8_t *)s;
	size_t len = strlen(s), done = 0, marks = 0, taken = 0;
	struct piece p;

	while (done < len) {
		done += piece_next(&p, at + done, len - done, is_utf8);
		if (p.columns > columns - taken) {
			break;
		}
		taken += p.columns;
		if (t != NULL && !is_piled_up(&p, &marks)) {
			text_put(t, p.octets, p.len);
		}
	}
	return taken;
}

size_t escape_columns(const char *s, bool is_utf8)
{
	return fill(NULL, s, SIZE_MAX, is_utf8);
}

size_t escape_fit(struct text *t, const char *s, size_t columns, bool is_utf8)
{
	const char *cut = is_utf8 ? "\u2026" : "...";
	size_t cut_columns = is_utf8 ? 1 : 3;

	if (escape_columns(s, is_utf8) <= columns) {
		return fill(t, s, columns, is_utf8);
	}
	if (columns <= 3) {
		return fill(t, s, columns, is_utf8);
	}
	columns = fill(t, s, columns - cut_columns, is_utf8);
	text_str(t, cut);
	return columns + cut_columns;
}
