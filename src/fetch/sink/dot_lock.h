// SPDX-License-Identifier: ISC
/*
 * dot_lock.h - a lock that is a file, "PID HOST" in it.
 */
#ifndef FETCH_SINK_DOT_LOCK_H
#define FETCH_SINK_DOT_LOCK_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/checked.h"

/* Makes the file, or removes it if it is stale and makes it then.  owner: the
 * process that has it.  is_alone: no other thread of that can have it; what
 * says so is of an earlier process with the same number.  The file, open, which
 * no other can pass for; -EEXIST if somebody has the lock, or another negative
 * errno. */
MUST_USE int dot_lock_take(const char *path, bool is_alone, pid_t owner);
/* It is still held: for others it is young again. */
void dot_lock_touch(int lock_fd);
/* Removes it, unless somebody took it for stale and made another, and closes
 * *lock_fd. */
void dot_lock_drop(const char *path, int *lock_fd);

#endif
