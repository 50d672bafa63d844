// SPDX-License-Identifier: ISC
/*
 * sync_files.h - many files made durable at once.
 *
 * The policy, one for all: fdatasync of every file, by up to
 * FETCH_SYNC_THREADS threads, so that the file system puts many into one
 * transaction of its journal.  syncfs would be faster still, but waits for
 * what all others on that file system have written.
 */
#ifndef FETCH_SINK_SYNC_FILES_H
#define FETCH_SINK_SYNC_FILES_H

#include <stddef.h>

struct sync_file {
	int fd;
	int error; /* result: 0, or an errno */
};

/* Returns when each is durable or has its error. */
void sync_files(struct sync_file *files, size_t count);

#endif
