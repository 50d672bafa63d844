// SPDX-License-Identifier: ISC
/*
 * words.h - a field's value as a person reads it: encoded words (RFC 2047) are
 * decoded, everything is made UTF-8, and what must not reach a terminal is gone
 * (controls, and marks that turn the direction of writing round).
 */
#ifndef FETCH_MAIL_WORDS_H
#define FETCH_MAIL_WORDS_H

#include <stddef.h>

/*
 * text: a value in one line (header_unfold).  Words of a charset that is not
 * known, or that are broken, stay as they are written.  Octets outside of
 * encoded words are UTF-8, or else ISO 8859-1.  Cut at a whole character if it
 * is longer than cap; always with a NUL.
 */
void words_decode(const char *text, char *to, size_t cap);

#endif
