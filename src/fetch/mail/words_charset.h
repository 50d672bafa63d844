// SPDX-License-Identifier: ISC
/*
 * words_charset.h - octets of a named charset as characters.  Only charsets of
 * a list of ours are known: a name out of a message never reaches iconv_open.
 */
#ifndef FETCH_MAIL_WORDS_CHARSET_H
#define FETCH_MAIL_WORDS_CHARSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What stands for octets that are no character. */
#define CHARSET_REPLACEMENT 0xfffdu

/* The character at the front of len > 0 octets of UTF-8, and its octets; what
 * is none yields the replacement and 1. */
uint32_t charset_utf8(const uint8_t *at, size_t len, size_t *took_r);

bool charset_is_utf8(const uint8_t *at, size_t len);

/* The name of it that iconv has, or NULL: it is not known.  Of ASCII and of
 * UTF-8 it is "UTF-8". */
const char *charset_known(const char *name, size_t len);

/* of: from charset_known.  UTF-8 is written to to; returns its octets, as many
 * as find room, at whole characters.  What cannot be read is the replacement.
 * False if this system does not have the charset. */
bool charset_convert(const char *of, const uint8_t *at, size_t len, uint8_t *to,
		     size_t cap, size_t *len_r);

#endif
