// SPDX-License-Identifier: ISC
/*
 * clock.c - the time (clock.h).
 * Runs in: every role.  Trusts: the kernel.  Allocates: never.
 */
#include "os/clock.h"

#include <time.h>

uint64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int64_t clock_unix(void)
{
	return clock_unix_ns() / 1000000000;
}

uint64_t clock_unix_ms(void)
{
	return (uint64_t)(clock_unix_ns() / 1000000);
}

int64_t clock_unix_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}
