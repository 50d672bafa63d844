// SPDX-License-Identifier: ISC
/*
 * tell.h - how a failure is told: who, what, and what to do about it.
 */
#ifndef FETCH_SHOW_TELL_H
#define FETCH_SHOW_TELL_H

#include "fetch/show/text.h"
#include "fetch/why.h"

/* The kind's stable name, as JSON has it: "login". */
const char *tell_kind(enum why_kind kind);

/* What to do, by kind; "" where there is nothing to do. */
const char *tell_remedy(enum why_kind kind);

/* How much of the text says what failed: all up to the remedy that it brings, a
 * semicolon outside of quotes. */
size_t tell_what_len(const char *text);
bool tell_has_remedy(const char *text);

/*
 * "work: cannot log in to pop.example.org: the server said \"...\"; <remedy>",
 * escaped.  account may be NULL.  No line end.
 */
void tell_failure(struct text *t, const char *account, const struct why *why,
		  bool is_utf8);

#endif
