// SPDX-License-Identifier: ISC
/*
 * pattern.h - the octets and patterns of a transcript: escapes and stars.
 */
#ifndef TEST_PATTERN_H
#define TEST_PATTERN_H

#include "octets.h"

/* Adds the octets that text, with its escapes, means.  False if it means
 * none. */
bool pattern_unescape(struct pop3_slice text, struct octets *octets);

/* Is line like pattern?  False too if pattern means nothing. */
bool pattern_is_like(struct pop3_slice pattern, struct pop3_slice line);

#endif
