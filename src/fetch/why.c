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

#include "base/utf8.h"

/* The end of a quotation that was cut. */
#define CUT "...\""

/* The octets of the character at the front, if it may be shown; else 0.  The
 * replacement character may not: it is somebody else's ? already. */
static size_t shown_len(const uint8_t *at, size_t len)
{
	uint32_t point = 0;
	size_t n = utf8_take(at, len, &point);

	return utf8_is_hidden(point) || point == 0xfffd ? 0 : n;
}

bool why_may_be_shown(const char *text, size_t cap)
{
	const uint8_t *at = (const uint8_t *)text;
	size_t len = strnlen(text, cap);
	size_t n = 1;

	for (size_t left = len; left > 0 && n > 0; left -= n, at += n) {
		n = shown_len(at, left);
	}
	return len < cap && n > 0;
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

		if (n == 0 && len - at < utf8_announced(text[at])) {
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
