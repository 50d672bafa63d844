// SPDX-License-Identifier: ISC
/*
 * secret.h - passwords in memory.  A secret is wiped on every path, compared in
 * constant time, and never printed: nothing here turns one into text.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Octets; a PASS line holds fewer, a SASL response may hold as many. */
#define SECRET_MAX 1024u

struct secret {
	size_t len;
	uint8_t octets[SECRET_MAX + 1]; /* always ends in a NUL for libcrypt */
};

/* False, and s is empty, if len is over SECRET_MAX. */
bool secret_set(struct secret *s, const void *octets, size_t len);
void secret_wipe(struct secret *s);

/* Wipes memory in a way that no compiler leaves out. */
void wipe(void *at, size_t len);

/* Whether two stretches of len octets are equal, in a time that tells only
 * len. */
bool equal_in_constant_time(const void *a, const void *b, size_t len);

#endif
