// SPDX-License-Identifier: ISC
/*
 * text.c - text in the making (text.h).
 * Runs in: restante.  Trusts: its caller.  Allocates: SHOW_TEXT_MAX at most.
 */
#include "fetch/show/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/limits.h"

#define FIRST_OCTETS 256u

void text_finish(struct text *t)
{
	free(t->at);
	*t = (struct text){ 0 };
}

void text_reset(struct text *t)
{
	t->len = 0;
	t->has_failed = false;
	if (t->at != NULL) {
		t->at[0] = 0;
	}
}

/* Room for len octets more and the NUL. */
static bool has_room(struct text *t, size_t len)
{
	size_t cap = t->cap == 0 ? FIRST_OCTETS : t->cap;
	char *at;

	if (t->has_failed || len >= SHOW_TEXT_MAX - t->len) {
		t->has_failed = true;
		return false;
	}
	while (cap <= t->len + len) {
		cap *= 2;
	}
	if (cap != t->cap) {
		at = realloc(t->at, cap);
		if (at == NULL) {
			t->has_failed = true;
			return false;
		}
		t->at = at;
		t->cap = cap;
	}
	return true;
}

void text_put(struct text *t, const char *at, size_t len)
{
	if (!has_room(t, len)) {
		return;
	}
	memcpy(t->at + t->len, at, len);
	t->len += len;
	t->at[t->len] = 0;
}

void text_str(struct text *t, const char *s)
{
	text_put(t, s, strlen(s));
}

void text_printf(struct text *t, const char *format, ...)
{
	va_list list;
	int len;

	va_start(list, format);
	len = vsnprintf(NULL, 0, format, list);
	va_end(list);
	if (len < 0 || !has_room(t, (size_t)len)) {
		t->has_failed = true;
		return;
	}
	va_start(list, format);
	(void)vsnprintf(t->at + t->len, (size_t)len + 1, format, list);
	va_end(list);
	t->len += (size_t)len;
}

void text_fill(struct text *t, char c, size_t count)
{
	if (!has_room(t, count)) {
		return;
	}
	memset(t->at + t->len, c, count);
	t->len += count;
	t->at[t->len] = 0;
}

const char *text_of(const struct text *t)
{
	return t->at == NULL ? "" : t->at;
}
