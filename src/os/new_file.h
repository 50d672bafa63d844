// SPDX-License-Identifier: ISC
/*
 * new_file.h - writing a new file so that under its name there is never a part
 * of it.
 */
#ifndef OS_NEW_FILE_H
#define OS_NEW_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/checked.h"

struct new_file {
	const void *at;
	size_t len;
	mode_t mode;
	uid_t uid; /* NEW_FILE_AS_MADE: the kernel chooses */
	gid_t gid;
	bool may_replace; /* what is there */
};

#define NEW_FILE_AS_MADE ((uid_t)-1)

/*
 * Writes it beside path, under that name with .tmp, and gives it the name when
 * it is on the disk.  Two must not write the same path at once.
 *
 * 0, and it is durable; -EEXIST if something is there that may not be replaced;
 * or another negative errno.  Then what was there is as it was; but if the
 * directory cannot be synced, the new file is there and may not be after a
 * crash.
 */
MUST_USE int new_file_write(const char *path, const struct new_file *file);

#endif
