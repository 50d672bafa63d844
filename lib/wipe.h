// SPDX-License-Identifier: ISC
/*
 * wipe.h - forgets octets for good, without the C library's explicit_bzero.
 */
#ifndef LIB_WIPE_H
#define LIB_WIPE_H

#include <string.h>

/* The empty asm claims to read the memory, so that no compiler may drop a
 * memset whose result is never read again. */
static inline void wipe(void *at, size_t len)
{
	memset(at, 0, len);
	__asm__ volatile("" : : "r"(at) : "memory");
}

#endif
