// SPDX-License-Identifier: ISC
/*
 * pin.c - fingerprints as text (trust.h).
 * Runs in: the collector.  Trusts: nothing.  Allocates: never.
 */
#include "fetch/net/trust.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PREFIX "sha256:"

void trust_pin_write(const uint8_t pin[ACCOUNT_FINGERPRINT_LEN],
		     char text_r[TRUST_PIN_TEXT_MAX])
{
	size_t at = sizeof(PREFIX) - 1;

	memcpy(text_r, PREFIX, sizeof(PREFIX));
	for (size_t i = 0; i < ACCOUNT_FINGERPRINT_LEN; i++) {
		snprintf(text_r + at, 3, "%02x", pin[i]);
		at += 2;
	}
}

/* -1: none. */
static int digit(char c)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	const char *at = c == '\0' ? NULL : strchr(digits, c);
	int value = at == NULL ? -1 : (int)(at - digits);

	return value < 16 ? value : value - 6;
}

bool trust_pin_parse(const char *text, uint8_t pin_r[ACCOUNT_FINGERPRINT_LEN])
{
	uint8_t pin[ACCOUNT_FINGERPRINT_LEN];
	const char *at = text;

	if (strncasecmp(at, PREFIX, sizeof(PREFIX) - 1) != 0) {
		return false;
	}
	at += sizeof(PREFIX) - 1;
	for (size_t i = 0; i < sizeof(pin); i++) {
		int high, low;

		at += i != 0 && *at == ':';
		high = digit(at[0]);
		low = high < 0 ? -1 : digit(at[1]);
		if (low < 0) {
			return false;
		}
		pin[i] = (uint8_t)(high << 4 | low);
		at += 2;
	}
	if (*at != '\0') {
		return false;
	}
	memcpy(pin_r, pin, sizeof(pin));
	return true;
}
