// SPDX-License-Identifier: ISC
/*
 * privilege.h - accounts: becoming one for good, or for a thread's file access.
 * Runs in: each role, once, while it starts (and maildrop's threads).
 */
#ifndef OS_PRIVILEGE_H
#define OS_PRIVILEGE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/checked.h"

/* What is in memory is for nobody else: no core file, and nobody but root may
 * look at it.  0, or a negative errno. */
MUST_USE int privilege_hide_memory(void);

/* 0, or a negative errno; -ENOENT if there is no such account. */
MUST_USE int privilege_find_account(const char *name, uid_t *uid_r,
				    gid_t *gid_r);

enum privilege_keep {
	PRIVILEGE_KEEP_NOTHING,
	PRIVILEGE_KEEP_FILE_IDENTITY, /* CAP_SETUID, CAP_SETGID: see below */
};

/*
 * Becomes uid and gid for good, without supplementary groups and without any
 * capability but what keep says; checks that there is no way back.  For a
 * process started by root; one that is not root gets -EPERM.  0, or a negative
 * errno: then the process must end.
 */
MUST_USE int privilege_drop(uid_t uid, gid_t gid, enum privilege_keep keep);

/* Makes uid and gid the identity of the calling thread's file access (fsuid,
 * fsgid).  Needs PRIVILEGE_KEEP_FILE_IDENTITY.  0, or -EPERM. */
MUST_USE int privilege_file_identity(uid_t uid, gid_t gid);

#endif
