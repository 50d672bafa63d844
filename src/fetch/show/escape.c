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

#include "base/utf8.h"
#include "fetch/limits.h"

#define NO_CHARACTER (-1)
#define PIECE_MAX    16u /* octets of the longest: "\u{10ffff}" */

/* How one character is shown. */
struct piece {
	char octets[PIECE_MAX];
	size_t len;
	size_t columns;
};

static bool is_unfit(uint32_t point)
{
	return utf8_is_unfit(point) || wcwidth((wchar_t)point) < 0;
}

size_t escape_take(const uint8_t *at, size_t len, int32_t *code_r)
{
	uint32_t point = 0;
	size_t octets = utf8_take(at, len, &point);

	*code_r = octets == 0 ? NO_CHARACTER : (int32_t)point;
	return octets == 0 ? 1 : octets;
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
	} else if (is_unfit((uint32_t)code)) {
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
