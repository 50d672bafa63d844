// SPDX-License-Identifier: ISC
/*
 * clock.h - the time.  Everything that waits is measured by clock_ms.
 */
#ifndef OS_CLOCK_H
#define OS_CLOCK_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

/* Milliseconds of a clock that never goes back. */
uint64_t clock_ms(void);

/* A condition variable whose timed waits go by that clock, and the end of one
 * that begins now. */
void clock_cond_init(pthread_cond_t *cond);
struct timespec clock_end_of(uint32_t ms);

/* Wall time: seconds, milliseconds, and nanoseconds, since 1970. */
int64_t clock_unix(void);
uint64_t clock_unix_ms(void);
int64_t clock_unix_ns(void);

#endif
