// SPDX-License-Identifier: ISC
/*
 * directory.h - directories that the master makes, for itself or for a role.
 */
#ifndef MASTER_DIRECTORY_H
#define MASTER_DIRECTORY_H

#include <sys/types.h>

#include "base/checked.h"
#include "base/log.h"

/* What stands in the way is logged at that level. */

/* Makes it, if nothing of that name is there.  0, or a negative errno. */
MUST_USE int directory_make(const char *path, mode_t mode,
			    enum log_level level);

/* Gives it to that account, unless it belongs to a third one.  0, or a negative
 * errno: -EPERM for the latter. */
MUST_USE int directory_give_away(const char *path, uid_t uid, gid_t gid,
				 enum log_level level);

/* Logs that it cannot be used; returns -EPERM. */
int directory_refuse(const char *path, const char *why, enum log_level level);

#endif
