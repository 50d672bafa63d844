// SPDX-License-Identifier: ISC
/*
 * pin.c - fingerprints as text (pin.h).
 * Runs in: the collector.  Trusts: nothing.  Allocates: never.
 */
#include "fetch/pin.h"

#include <stdio.h>
#include <string.h>

#define PREFIX "sha256:"

void pin_write(const uint8_t pin[ACCOUNT_FINGERPRINT_LEN],
	       char text_r[PIN_TEXT_MAX])
{
	size_t at = sizeof(PREFIX) - 1;

	memcpy(text_r, PREFIX, sizeof(PREFIX));
	for (size_t i = 0; i < ACCOUNT_FINGERPRINT_LEN; i++) {
		snprintf(text_r + at, 3, "%02x", pin[i]);
		at += 2;
	}
}
