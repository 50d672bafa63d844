// SPDX-License-Identifier: ISC
/*
 * escape.h - foreign octets made fit to be seen: what would command a terminal,
 * hide or turn text, or is no UTF-8, is shown as an escape instead.
 *
 *	\t \n \r        as C has them
 *	\x1b            control characters of ASCII; octets that are no UTF-8
 *	\u{202e}        control characters beyond ASCII, what changes the
 *	                direction, is invisible, or is no character
 *	?               in a locale without UTF-8: any character beyond ASCII
 *
 * More than SHOW_MARKS_MAX characters without a width of their own in a row
 * (marks piled up) are left out.  It is for the eye: a backslash stays one.
 */
#ifndef FETCH_SHOW_ESCAPE_H
#define FETCH_SHOW_ESCAPE_H

#include <stdint.h>

#include "fetch/show/text.h"

/*
 * Takes one character off the front of the len octets: returns how many it has
 * (at least 1), and its code, or -1 in *code_r where the octets are no UTF-8
 * (then it is one octet).  len is not 0.
 */
size_t escape_take(const uint8_t *at, size_t len, int32_t *code_r);

/* Appends them all, escaped. */
void escape_put(struct text *t, const void *at, size_t len, bool is_utf8);
void escape_str(struct text *t, const char *s, bool is_utf8);

/*
 * Appends at most columns of them, escaped; what was cut ends in "..." or its
 * one character (if there are more than three columns).  Returns the columns
 * that it takes on a terminal.
 */
size_t escape_fit(struct text *t, const char *s, size_t columns, bool is_utf8);

/* The columns that s takes when it is escaped. */
size_t escape_columns(const char *s, bool is_utf8);

#endif
