// SPDX-License-Identifier: ISC
/*
 * expiry.h - until when something is good: as an operator writes it, and as it
 * is shown.  All times are UTC.
 */
#ifndef CTL_EXPIRY_H
#define CTL_EXPIRY_H

#include <stdint.h>

#include "base/checked.h"

#define EXPIRY_TEXT_MAX 32u

/*
 * "90d", "12w" or "1y" (365 days) from now; or "2027-01-31", the end of that
 * day.  NULL, and *unix_r is set; else what is wrong, static, and it is
 * untouched: a time that has passed is wrong, too.
 */
MUST_USE const char *expiry_parse(const char *text, int64_t now_unix,
				  int64_t *unix_r);

/* "2027-01-31T24:00Z" is never said: it is "2027-02-01T00:00Z". */
void expiry_write(int64_t unix_time, char text_r[EXPIRY_TEXT_MAX]);

#endif
