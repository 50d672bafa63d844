// SPDX-License-Identifier: ISC
/*
 * store.c - what all stores share (store.h).
 * Runs in: maildrop.  Allocates: never.
 */
#include "store/store.h"

#include <errno.h>
#include <stdio.h>

/* What no later try will change until somebody acts; else it may pass. */
static bool is_permanent(int error)
{
	static const int permanent[] = { EACCES, EPERM,  ENOTDIR,      ELOOP,
					 EXDEV,  EROFS,  ENAMETOOLONG, ENOENT,
					 E2BIG,  EISDIR, EFBIG };

	for (size_t i = 0; i < sizeof(permanent) / sizeof(permanent[0]); i++) {
		if (permanent[i] == error) {
			return true;
		}
	}
	return false;
}

enum packet_status store_fail(struct store_fault *fault, int error,
			      const char *what, const char *path)
{
	fault->error = error;
	fault->what = what;
	(void)snprintf(fault->path, sizeof(fault->path), "%s", path);
	return is_permanent(error) ? STATUS_PERM : STATUS_TEMP;
}

bool store_may_read(const struct store_maildrop *md, uint64_t octets)
{
	return md->pace == NULL || md->pace->may_read(md->pace, octets);
}
