// SPDX-License-Identifier: ISC
/*
 * beneath.h - opening a directory by a path that cannot leave the mail root.
 */
#ifndef STORE_BENEATH_H
#define STORE_BENEATH_H

#include "base/checked.h"

/*
 * Opens the directory at path, relative to root_fd.  Symbolic links are
 * followed as long as they stay beneath it.  A descriptor, or a negative errno:
 * -EXDEV if the path leads out.
 */
MUST_USE int beneath_open(int root_fd, const char *path);

/*
 * Why nothing could be opened at path, for which beneath_open said -ENOENT.  0
 * if just its last component was never made; -ENOENT if more is missing, such
 * as the disk that it should be on.  Or another negative errno.
 */
MUST_USE int beneath_check_absent(int root_fd, const char *path);

#endif
