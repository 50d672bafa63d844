// SPDX-License-Identifier: ISC
/*
 * identity.h - in whose name a thread of maildrop touches files: the owner of
 * the mail, or the role itself.
 */
#ifndef MAILDROP_IDENTITY_H
#define MAILDROP_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/checked.h"

struct identity {
	uint32_t uid, gid;
};

/*
 * Makes it the calling thread's, unless it is already.  Only for a process that
 * was started by root; root itself is -EPERM.  0, or a negative errno.
 */
MUST_USE int identity_take(const struct identity *id);

#endif
