// SPDX-License-Identifier: ISC
/*
 * date.h - a Date as time: RFC 5322, section 3.3, its obsolete forms (4.3), and
 * what is seen besides (no seconds, no zone, ISO 8601, asctime).
 */
#ifndef FETCH_MAIL_DATE_H
#define FETCH_MAIL_DATE_H

#include <stdbool.h>
#include <stdint.h>

/* False, and nothing is set, if it is no date between 1970 and 9999. */
bool date_read(const char *text, int64_t *unix_r);

#endif
