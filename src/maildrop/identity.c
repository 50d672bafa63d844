// SPDX-License-Identifier: ISC
/*
 * identity.c - in whose name a thread touches files (identity.h).
 * Runs in: maildrop, in any thread.  Trusts: auth's grants, but for root.
 */
#include "identity.h"

#include <errno.h>

#include "os/privilege.h"

/* The kernel keeps an identity for each thread, and so do we.
 * check-style: allow GLOBAL */
static _Thread_local struct identity taken;

int identity_take(const struct identity *id)
{
	int rc;

	if (id->uid == 0 || id->gid == 0) {
		return -EPERM;
	}
	if (taken.uid == id->uid && taken.gid == id->gid) {
		return 0;
	}
	rc = privilege_file_identity(id->uid, id->gid);
	taken = rc == 0 ? *id : (struct identity){ 0 };
	return rc;
}
