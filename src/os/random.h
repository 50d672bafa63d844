// SPDX-License-Identifier: ISC
/*
 * random.h - unpredictable octets from the kernel.
 */
#ifndef OS_RANDOM_H
#define OS_RANDOM_H

#include <stddef.h>

/* Fills all of it, or ends the process: nothing sound can go on without. */
void random_fill(void *at, size_t len);

#endif
