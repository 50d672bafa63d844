// SPDX-License-Identifier: ISC
/*
 * clock.h - the time.  Everything that waits is measured by clock_ms.
 */
#ifndef OS_CLOCK_H
#define OS_CLOCK_H

#include <stdint.h>

/* Milliseconds of a clock that never goes back. */
uint64_t clock_ms(void);

/* Wall time: seconds, milliseconds, and nanoseconds, since 1970. */
int64_t clock_unix(void);
uint64_t clock_unix_ms(void);
int64_t clock_unix_ns(void);

#endif
