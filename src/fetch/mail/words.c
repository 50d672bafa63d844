// SPDX-License-Identifier: ISC
/*
 * words.c - a field's value as a person reads it (words.h).
 * Runs in: the collector.  Trusts: nothing in the text.  Allocates: iconv does.
 */
#include "fetch/mail/words.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "fetch/mail/header.h"
#include "fetch/mail/words_charset.h"

struct out {
	char *to;
	size_t len, cap;
	bool is_full;
};

/* Octets of encoded words of one charset that follow one another: senders cut
 * characters in two between them. */
struct gathered {
	const char *of; /* NULL: none yet */
	uint8_t at[HEADER_VALUE_MAX + 1];
	size_t len;
};

struct word {
	const char *of;
	char encoding; /* 'B' or 'Q' */
	const char *text;
	size_t len;
	const char *behind;
};

static void put(struct out *o, uint32_t point)
{
	uint8_t octets[UTF8_OCTETS_MAX];
	size_t len;

	if (point == '\t') {
		point = ' ';
	}
	if (utf8_is_hidden(point)) {
		return;
	}
	len = utf8_put(point, octets);
	if (o->is_full || o->len + len >= o->cap) {
		o->is_full = true;
		return;
	}
	memcpy(o->to + o->len, octets, len);
	o->len += len;
}

static void put_utf8(struct out *o, const uint8_t *at, size_t len)
{
	while (len > 0) {
		size_t took;

		put(o, charset_utf8(at, len, &took));
		at += took;
		len -= took;
	}
}

static void put_plain(struct out *o, const char *text, size_t len)
{
	const uint8_t *at = (const uint8_t *)text;

	if (charset_is_utf8(at, len)) {
		put_utf8(o, at, len);
		return;
	}
	for (size_t i = 0; i < len; i++) {
		put(o, at[i]);
	}
}

static void flush(struct out *o, struct gathered *g)
{
	/* four octets for each at most */
	uint8_t utf8[4 * (HEADER_VALUE_MAX + 1)];
	size_t len;

	if (g->of == NULL) {
		return;
	}
	if (strcmp(g->of, "UTF-8") == 0 ||
	    !charset_convert(g->of, g->at, g->len, utf8, sizeof(utf8), &len)) {
		put_utf8(o, g->at, g->len);
	} else {
		put_utf8(o, utf8, len);
	}
	g->of = NULL;
	g->len = 0;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'f') {
		return c - 'a' + 10;
	}
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void gather(struct gathered *g, uint8_t octet)
{
	if (g->len < sizeof(g->at)) {
		g->at[g->len++] = octet;
	}
}

/* [rfc2047/4.2] */
static void gather_q(struct gathered *g, const struct word *w)
{
	for (size_t i = 0; i < w->len; i++) {
		char c = w->text[i];

		if (c == '_') {
			gather(g, ' ');
		} else if (c == '=' && i + 2 < w->len &&
			   hex(w->text[i + 1]) >= 0 &&
			   hex(w->text[i + 2]) >= 0) {
			gather(g, (uint8_t)(hex(w->text[i + 1]) << 4 |
					    hex(w->text[i + 2])));
			i += 2;
		} else {
			gather(g, (uint8_t)c);
		}
	}
}

static int base64_value(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits);
}

/* What is no digit is passed over. */
static void gather_b(struct gathered *g, const struct word *w)
{
	uint32_t bits = 0;
	unsigned count = 0;

	for (size_t i = 0; i < w->len && w->text[i] != '='; i++) {
		int value = base64_value(w->text[i]);

		if (value < 0) {
			continue;
		}
		bits = (bits << 6 | (uint32_t)value) & 0xffffff;
		count += 6;
		if (count >= 8) {
			count -= 8;
			gather(g, (uint8_t)(bits >> count));
		}
	}
}

/* [rfc2047/2] "=?" charset "?" encoding "?" text "?=", and of RFC 2231 "*" and
 * a language behind the charset. */
static bool read_word(const char *p, struct word *w)
{
	size_t name, of;
	const char *end;

	if (p[0] != '=' || p[1] != '?') {
		return false;
	}
	p += 2;
	name = strcspn(p, "? ");
	of = strcspn(p, "*? ");
	w->of = charset_known(p, of);
	if (w->of == NULL || p[name] != '?' || p[name + 1] == '\0' ||
	    p[name + 2] != '?') {
		return false;
	}
	w->encoding = (char)(p[name + 1] & ~0x20);
	w->text = p + name + 3;
	end = strstr(w->text, "?=");
	if (end == NULL || (w->encoding != 'B' && w->encoding != 'Q')) {
		return false;
	}
	w->len = (size_t)(end - w->text);
	w->behind = end + 2;
	return true;
}

static void decode(struct out *o, struct gathered *g, const struct word *w)
{
	if (g->of != NULL && strcmp(g->of, w->of) != 0) {
		flush(o, g);
	}
	g->of = w->of;
	if (w->encoding == 'B') {
		gather_b(g, w);
	} else {
		gather_q(g, w);
	}
}

/* Up to the next encoded word, or to the end. */
static size_t plain_len(const char *p)
{
	struct word w;
	size_t len = 1;

	while (p[len] != '\0' && !read_word(p + len, &w)) {
		len++;
	}
	return len;
}

static bool is_blank(const char *p, size_t len)
{
	return strspn(p, " \t") >= len;
}

void words_decode(const char *text, char *to, size_t cap)
{
	struct out o = { .to = to, .cap = cap };
	struct gathered g;
	const char *p = text;

	g.of = NULL;
	g.len = 0;
	while (*p != '\0' && !o.is_full) {
		struct word w;
		size_t len;

		if (read_word(p, &w)) {
			decode(&o, &g, &w);
			p = w.behind;
			continue;
		}
		len = plain_len(p);
		/* [rfc2047/6.2] blanks between two of them are not shown */
		if (g.of == NULL || p[len] == '\0' || !is_blank(p, len)) {
			flush(&o, &g);
			put_plain(&o, p, len);
		}
		p += len;
	}
	flush(&o, &g);
	to[o.len] = '\0';
}
