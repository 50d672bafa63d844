// SPDX-License-Identifier: ISC
/*
 * text.h - text in the making: grows up to a limit, with one sticky failure (no
 * memory, or over the limit), after which it stays as it is.
 */
#ifndef FETCH_SHOW_TEXT_H
#define FETCH_SHOW_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/checked.h"

struct text {
	char *at; /* with a NUL behind len octets; NULL while it is empty */
	size_t len;
	size_t cap;
	bool has_failed;
};

/* = {0} begins one; finish releases it, and it may be begun anew. */
void text_finish(struct text *t);
/* Empties it; a failure is forgotten. */
void text_reset(struct text *t);
void text_put(struct text *t, const char *at, size_t len);
void text_str(struct text *t, const char *s);
__attribute__((format(printf, 2, 3))) void text_printf(struct text *t,
						       const char *format, ...);
void text_fill(struct text *t, char c, size_t count);
/* Never NULL. */
const char *text_of(const struct text *t);

#endif
