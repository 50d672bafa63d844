// SPDX-License-Identifier: ISC
/*
 * cache_marker.h - the file beside the cache that says whether its pages are
 * whole.  Runs in: maildrop, while it starts and when it ends.
 *
 * The cache is not synced as it is written.  That is safe as long as the kernel
 * lives; after a power failure pages may be of different times.  So the marker
 * names the boot in which the cache is in use; see store/STATES.md.
 */
#ifndef MAILDROP_CACHE_MARKER_H
#define MAILDROP_CACHE_MARKER_H

#include <stdbool.h>

#include "base/checked.h"

/*
 * Opens the marker in the directory.  Waits while somebody else opens the
 * cache, but not for those who have it open.
 * *is_whole_r: the cache is of this version, and either was closed in order or
 * is of this boot.  A descriptor, or a negative errno.
 */
MUST_USE int marker_begin(int dir_fd, bool *is_whole_r);

/* The cache is open, here and by others like us.  0, or a negative errno. */
MUST_USE int marker_use(int fd);

/* Whether nobody else has the cache open; then nobody can open it before the
 * descriptor is closed. */
MUST_USE bool marker_is_last(int fd);

/* All is on disk.  0, or a negative errno. */
MUST_USE int marker_end(int fd);

#endif
