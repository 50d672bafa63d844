// SPDX-License-Identifier: ISC
/*
 * random.c - unpredictable octets (random.h).
 * Runs in: every role.  Trusts: the kernel.  Allocates: never.
 */
#include "os/random.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/types.h>

void random_fill(void *at, size_t len)
{
	unsigned char *octets = at;

	while (len != 0) {
		ssize_t n = getrandom(octets, len, 0);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			abort();
		}
		octets += n;
		len -= (size_t)n;
	}
}
