// SPDX-License-Identifier: ISC
/*
 * parent.h - the folders above a path.
 */
#ifndef OS_PARENT_H
#define OS_PARENT_H

#include "base/checked.h"

/* Makes those that are missing, for us alone (0700).  0, and path is as it was;
 * or a negative errno, and path ends with the one that could not be made. */
MUST_USE int parent_make(char *path);

/* Makes the names in the folder that path is in durable.  0, or a negative
 * errno: -EACCES if it may not be read, -EINVAL if its file system has no sync
 * for folders. */
MUST_USE int parent_sync(const char *path);

#endif
