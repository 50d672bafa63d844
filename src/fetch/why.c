// SPDX-License-Identifier: ISC
/*
 * why.c - why something failed, as a sentence (why.h).
 * Runs in: the collector.  Trusts: its formats, nothing that goes through
 * why_octets.  Allocates: never.
 */
#include "fetch/why.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The end of a quotation that was cut. */
#define CUT "...\""

struct range {
	uint32_t from, until;
};

/* Not to be shown though it is no control of ASCII: controls of Latin-1, marks
 * that turn the direction of writing round or hide themselves, line and
 * paragraph ends, surrogates, private use, and what is no character at all. */
static const struct range unshown[] = {
	{ 0x7f, 0x9f },          { 0xad, 0xad },     { 0x61c, 0x61c },
	{ 0x200b, 0x200f },      { 0x2028, 0x202e }, { 0x2060, 0x206f },
	{ 0xd800, 0xf8ff },      { 0xfeff, 0xfeff }, { 0xfff0, 0xffff },
	{ 0xe0000, UINT32_MAX },
};

static bool is_shown(uint32_t point)
{
	if (point < 0x20) {
		return false;
	}
	for (size_t i = 0; i < sizeof(unshown) / sizeof(unshown[0]); i++) {
		if (point >= unshown[i].from && point <= unshown[i].until) {
			return false;
		}
	}
	return true;
}

/* How many octets its first octet says that a character has; 0: it begins
 * none. */
static size_t announced(uint8_t first)
{
	if (first < 0x80) {
		return 1;
	}
	if (first < 0xc2 || first > 0xf4) {
		return 0;
	}
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* The octets of the character at the front, if it may be shown; else 0. */
static size_t shown_len(const uint8_t *at, size_t len)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t want = announced(at[0]);
	uint32_t point;

	if (want == 0 || want > len) {
		return 0;
	}
	point = want == 1 ? at[0] : at[0] & (0x7fu >> want);
	for (size_t i = 1; i < want; i++) {
		if ((at[i] & 0xc0) != 0x80) {
			return 0;
		}
		point = point << 6 | (at[i] & 0x3fu);
	}
	return point >= least[want] && is_shown(point) ? want : 0;
}

/* Cuts a character that vsnprintf cut in two, and puts ? for what must not be
 * shown. */
static void clean(struct why *why)
{
	uint8_t *text = (uint8_t *)why->text;
	size_t len = strlen(why->text);
	size_t at = 0;

	while (at < len) {
		size_t n = shown_len(text + at, len - at);

		if (n == 0 && len - at < announced(text[at])) {
			text[at] = '\0';
			return;
		}
		if (n == 0) {
			text[at] = '?';
			n = 1;
		}
		at += n;
	}
}

void why_set(struct why *why, enum why_kind kind, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why->text, sizeof(why->text), format, args);
	va_end(args);
	why->kind = kind;
	clean(why);
}

void why_errno(struct why *why, enum why_kind kind, int error,
	       const char *format, ...)
{
	size_t len;
	va_list args;

	va_start(args, format);
	vsnprintf(why->text, sizeof(why->text), format, args);
	va_end(args);
	why->kind = kind;
	len = strlen(why->text);
	snprintf(why->text + len, sizeof(why->text) - len, ": %s",
		 strerrordesc_np(error) != NULL ? strerrordesc_np(error)
						: "unknown error");
	clean(why);
}

void why_add(struct why *why, const char *format, ...)
{
	size_t len = strlen(why->text);
	va_list args;

	va_start(args, format);
	vsnprintf(why->text + len, sizeof(why->text) - len, format, args);
	va_end(args);
	clean(why);
}

/* The form of what stands at the front, in piece_r; takes *taken_r octets. */
static size_t quote(const uint8_t *at, size_t len, char piece_r[8],
		    size_t *taken_r)
{
	size_t n = shown_len(at, len);

	*taken_r = n == 0 ? 1 : n;
	if (n == 0) {
		return (size_t)snprintf(piece_r, 8, "\\x%02x", at[0]);
	}
	if (at[0] == '"' || at[0] == '\\') {
		piece_r[0] = '\\';
		piece_r[1] = (char)at[0];
		return 2;
	}
	memcpy(piece_r, at, n);
	return n;
}

void why_octets(struct why *why, const void *at, size_t len)
{
	const size_t cap = sizeof(why->text) - sizeof(CUT);
	const uint8_t *octets = at;
	size_t end = strlen(why->text);
	size_t taken = 0;

	if (end + 2 > cap) {
		return;
	}
	memcpy(why->text + end, " \"", 2);
	end += 2;
	while (taken < len) {
		char piece[8];
		size_t n;
		size_t piece_len =
		    quote(octets + taken, len - taken, piece, &n);

		if (end + piece_len > cap) {
			memcpy(why->text + end, CUT, sizeof(CUT));
			return;
		}
		memcpy(why->text + end, piece, piece_len);
		end += piece_len;
		taken += n;
	}
	memcpy(why->text + end, "\"", 2);
}
