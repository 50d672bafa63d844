// SPDX-License-Identifier: ISC
/*
 * new_file.h - writing a new file so that under its name there is never a part
 * of it.
 */
#ifndef CTL_NEW_FILE_H
#define CTL_NEW_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/checked.h"

/*
 * Writes it beside path, under that name with .tmp, and gives it the name when
 * it is on the disk.  Without is_forced a file that is there stays: -EEXIST.
 * 0, or a negative errno, and what was there is as it was.
 */
MUST_USE int new_file_write(const char *path, mode_t mode, const void *at,
			    size_t len, bool is_forced);

#endif
