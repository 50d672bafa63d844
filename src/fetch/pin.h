// SPDX-License-Identifier: ISC
/*
 * pin.h - the fingerprint of a certificate as people write it; conf/text.h
 * reads it.
 */
#ifndef FETCH_PIN_H
#define FETCH_PIN_H

#include <stdint.h>

#include "fetch/account.h"

/* "sha256:" and 64 hexadecimal digits, with the NUL. */
#define PIN_TEXT_MAX 72u

void pin_write(const uint8_t pin[ACCOUNT_FINGERPRINT_LEN],
	       char text_r[PIN_TEXT_MAX]);

#endif
