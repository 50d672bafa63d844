// SPDX-License-Identifier: ISC
/*
 * secret.c - passwords in memory (secret.h).
 * Runs in: every role.  Trusts: its caller.  Allocates: never.
 */
#include "base/secret.h"

#include <string.h>

void wipe(void *at, size_t len)
{
	if (len != 0) {
		memset(at, 0, len);
		__asm__ __volatile__("" : : "r"(at) : "memory");
	}
}

bool secret_set(struct secret *s, const void *octets, size_t len)
{
	secret_wipe(s);
	if (len > SECRET_MAX) {
		return false;
	}
	if (len != 0) {
		memcpy(s->octets, octets, len);
	}
	s->octets[len] = 0;
	s->len = len;
	return true;
}

void secret_wipe(struct secret *s)
{
	wipe(s, sizeof(*s));
}

/* A value that the compiler knows nothing about: so it cannot see that a
 * comparison is decided before its end. */
static uint64_t opaque(uint64_t value)
{
	__asm__ volatile("" : "+r"(value));
	return value;
}

static uint64_t word_at(const uint8_t *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return opaque(word);
}

bool equal_in_constant_time(const void *a, const void *b, size_t len)
{
	const uint8_t *x = a;
	const uint8_t *y = b;
	uint64_t differs = 0;
	size_t i = 0;

	for (; len - i >= sizeof(differs); i += sizeof(differs)) {
		differs |= word_at(x + i) ^ word_at(y + i);
	}
	for (; i < len; i++) {
		differs |= opaque(x[i]) ^ opaque(y[i]);
	}
	return opaque(differs) == 0;
}
