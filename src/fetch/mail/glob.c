// SPDX-License-Identifier: ISC
/*
 * glob.c - patterns (glob.h).
 * Runs in: the collector.  Trusts: neither side.  Allocates: never.
 */
#include "fetch/mail/glob.h"

#include <stddef.h>
#include <stdint.h>

static uint8_t fold(char c)
{
	uint8_t octet = (uint8_t)c;

	return octet >= 'A' && octet <= 'Z' ? (uint8_t)(octet | 0x20) : octet;
}

/* Of the UTF-8 character at the front, or 1 for what is none. */
static size_t character_len(const char *text)
{
	size_t len = 1;

	if ((uint8_t)text[0] < 0xc0) {
		return 1;
	}
	while (len < 4 && ((uint8_t)text[len] & 0xc0) == 0x80) {
		len++;
	}
	return len;
}

static bool is_in(char from, char until, char c)
{
	return fold(from) <= fold(c) && fold(c) <= fold(until);
}

/* p stands behind the [.  NULL: no ] ends it; else what is behind that, and
 * whether c is of the set. */
static const char *read_set(const char *p, char c, bool *is_of_r)
{
	bool is_not = *p == '!' || *p == '^';
	bool is_of = false;
	const char *first;

	if (is_not) {
		p++;
	}
	for (first = p; *p != '\0' && (*p != ']' || p == first); p++) {
		if (p[1] == '-' && p[2] != '\0' && p[2] != ']') {
			is_of = is_of || is_in(p[0], p[2], c);
			p += 2;
		} else {
			is_of = is_of || is_in(p[0], p[0], c);
		}
	}
	*is_of_r = is_of != is_not;
	return *p == ']' ? p + 1 : NULL;
}

/* One element that is no star against the front of the text, which is not at
 * its end: what is behind it, and how much of the text it took; NULL: no
 * match. */
static const char *match_one(const char *p, const char *text, size_t *took_r)
{
	const char *behind;
	bool is_of;

	*took_r = 1;
	if (*p == '?') {
		*took_r = character_len(text);
		return p + 1;
	}
	if (*p == '[') {
		behind = read_set(p + 1, *text, &is_of);
		if (behind != NULL) {
			*took_r = character_len(text);
			return is_of ? behind : NULL;
		}
	}
	if (*p == '\\' && p[1] != '\0') {
		p++;
	}
	return *p != '\0' && fold(*p) == fold(*text) ? p + 1 : NULL;
}

/* Only the last star ever needs to take more: whatever an earlier one could
 * take besides, the last one can take instead. */
bool glob_matches(const char *pattern, const char *text)
{
	const char *star = NULL; /* behind the last star */
	const char *from = NULL; /* where the text goes on behind it */

	while (*text != '\0') {
		size_t took;
		const char *behind;

		if (*pattern == '*') {
			star = ++pattern;
			from = text;
			continue;
		}
		behind = match_one(pattern, text, &took);
		if (behind != NULL) {
			pattern = behind;
			text += took;
		} else if (star != NULL) {
			from += character_len(from);
			text = from;
			pattern = star;
		} else {
			return false;
		}
	}
	while (*pattern == '*') {
		pattern++;
	}
	return *pattern == '\0';
}
