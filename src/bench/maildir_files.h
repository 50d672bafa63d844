// SPDX-License-Identifier: ISC
/*
 * maildir_files.h - what a Maildir's files ought to be on the wire.
 */
#ifndef BENCH_MAILDIR_FILES_H
#define BENCH_MAILDIR_FILES_H

#include <stddef.h>

#include "base/checked.h"
#include "bench/digests.h"

/*
 * The digest of every file in new/ and cur/ whose name does not begin with a
 * dot, as text with CRLF: a LF without a CR gets one, and so does an end that
 * is no line's.  *at_r is the caller's to free; NULL if there are none.
 */
MUST_USE bool maildir_files_digest(const char *maildir, uint32_t user,
				   struct digest **at_r, size_t *count_r,
				   struct why *why);

#endif
