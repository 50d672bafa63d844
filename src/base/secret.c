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

bool equal_in_constant_time(const void *a, const void *b, size_t len)
{
	const volatile uint8_t *x = a;
	const volatile uint8_t *y = b;
	uint8_t differs = 0;

	for (size_t i = 0; i < len; i++) {
		differs |= (uint8_t)(x[i] ^ y[i]);
	}
	return differs == 0;
}
