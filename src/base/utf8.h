// SPDX-License-Identifier: ISC
/*
 * utf8.h - characters in UTF-8, and which of them are not to be shown.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

#define UTF8_OCTETS_MAX 4u /* of one character */

/* How many octets a character that begins so has; 0: none does. */
size_t utf8_announced(uint8_t first);

/*
 * The octets of the character at the front of len > 0 octets, and its number;
 * 0, and *point_r is as it was, if none stands there whole: the shortest form
 * only, and neither surrogates nor beyond U+10FFFF (RFC 3629).
 */
MUST_USE size_t utf8_take(const uint8_t *at, size_t len, uint32_t *point_r);

/* Writes the character, up to U+10FFFF; returns its octets. */
size_t utf8_put(uint32_t point, uint8_t octets_r[UTF8_OCTETS_MAX]);

/* Of ASCII and of Latin-1. */
bool utf8_is_control(uint32_t point);

/* What a terminal obeys, what turns text around, what nobody sees, and what is
 * no character. */
bool utf8_is_unfit(uint32_t point);

/* The same, and what a line made of the words of others does without: joiners,
 * private use, what stands for an object. */
bool utf8_is_hidden(uint32_t point);

#endif
