// SPDX-License-Identifier: ISC
/*
 * header.c - fields of a message's header (header.h).
 * Runs in: the collector.  Trusts: nothing in the text.  Allocates: never.
 */
#include "fetch/mail/header.h"

#include <string.h>

#include "fetch/mail/date.h"
#include "fetch/mail/words.h"

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static bool is_line_end(uint8_t c)
{
	return c == '\r' || c == '\n';
}

/* The next line without its end, taken off the front; *rest must not be empty.
 */
static struct header take_line(struct header *rest)
{
	const uint8_t *lf = memchr(rest->at, '\n', rest->len);
	size_t len = lf == NULL ? rest->len : (size_t)(lf - rest->at);
	struct header line = { rest->at, len };

	if (lf != NULL && len > 0 && line.at[len - 1] == '\r') {
		line.len--;
	}
	rest->at += lf == NULL ? len : len + 1;
	rest->len -= lf == NULL ? len : len + 1;
	return line;
}

/* Lines that begin with a blank belong to the one before, even one that holds
 * blanks alone: that is no end of a header either. */
static struct header take_folded(struct header *rest)
{
	struct header all = take_line(rest);

	while (rest->len > 0 && is_blank(rest->at[0])) {
		struct header line = take_line(rest);

		all.len = (size_t)(line.at - all.at) + line.len;
	}
	return all;
}

/* [rfc5322/2.2] "printable US-ASCII characters except colon"; before the colon
 * the obsolete syntax allows blanks. */
static bool split(struct header line, struct header_field *field_r)
{
	size_t name = 0, colon;

	while (name < line.len && line.at[name] > ' ' && line.at[name] < 0x7f &&
	       line.at[name] != ':') {
		name++;
	}
	colon = name;
	while (colon < line.len && is_blank(line.at[colon])) {
		colon++;
	}
	if (name == 0 || colon == line.len || line.at[colon] != ':') {
		return false;
	}
	field_r->name = (struct header){ line.at, name };
	field_r->value =
	    (struct header){ line.at + colon + 1, line.len - colon - 1 };
	return true;
}

bool header_next(struct header *rest, struct header_field *field_r)
{
	while (rest->len > 0) {
		struct header line = take_folded(rest);

		if (line.len == 0) {
			rest->len = 0; /* the body */
			return false;
		}
		if (split(line, field_r)) {
			return true;
		}
	}
	return false;
}

static uint8_t fold_case(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

bool header_has_name(const struct header_field *field, const char *name)
{
	size_t len = strlen(name);

	if (field->name.len != len) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		if (fold_case(field->name.at[i]) !=
		    fold_case((uint8_t)name[i])) {
			return false;
		}
	}
	return true;
}

static size_t without_blanks(const char *text, size_t len)
{
	while (len > 0 && is_blank((uint8_t)text[len - 1])) {
		len--;
	}
	return len;
}

void header_unfold(struct header value, char *to, size_t cap)
{
	size_t len = 0;
	bool is_fold =
	    true; /* what stands in front is removed as after a fold */

	for (size_t i = 0; i < value.len && len + 1 < cap; i++) {
		uint8_t c = value.at[i];

		if (is_line_end(c) && !is_fold) {
			is_fold = true;
			len = without_blanks(to, len);
			to[len++] = ' ';
		} else if (!is_line_end(c) && c != '\0' &&
			   !(is_fold && is_blank(c))) {
			is_fold = false;
			to[len++] = (char)c;
		}
	}
	to[without_blanks(to, len)] = '\0';
}

bool header_find(struct header header, const char *name, char *to, size_t cap)
{
	struct header_field field;

	to[0] = '\0';
	while (header_next(&header, &field)) {
		if (header_has_name(&field, name)) {
			header_unfold(field.value, to, cap);
			return true;
		}
	}
	return false;
}

bool header_find_shown(struct header header, const char *name, char *to,
		       size_t cap)
{
	char value[HEADER_VALUE_MAX + 1];
	bool is_there = header_find(header, name, value, sizeof(value));

	words_decode(value, to, cap);
	return is_there;
}

int64_t header_date(struct header header)
{
	struct header_field field;
	char value[128];
	int64_t sent;

	while (header_next(&header, &field)) {
		if (!header_has_name(&field, "Date")) {
			continue;
		}
		header_unfold(field.value, value, sizeof(value));
		if (date_read(value, &sent)) {
			return sent;
		}
	}
	return 0;
}
