// SPDX-License-Identifier: ISC
/*
 * fd.h - descriptors.  -1 is none; every one that we make is close-on-exec.
 */
#ifndef OS_FD_H
#define OS_FD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

/* Closes *fd unless it is -1, and sets it to -1.  errno is as it was. */
void fd_close(int *fd);

/* 0, or a negative errno. */
MUST_USE int fd_set_nonblocking(int fd, bool nonblocking);

/* Another descriptor of the same, or a negative errno. */
MUST_USE int fd_duplicate(int fd);

/* Writes all of it, whatever the kernel takes at a time; fd blocks.  0, or a
 * negative errno: -EIO if the kernel takes nothing and says no why. */
MUST_USE int fd_write_all(int fd, const void *at, size_t len);

/* A pair of connected SOCK_SEQPACKET sockets with room for send_octets on
 * their way (as much of it as the kernel grants).  0, or a negative errno. */
MUST_USE int fd_channel_pair(int pair_r[2], size_t send_octets);

/* The octets of an open regular file or memfd, whose offset is moved; -1 if it
 * has none.  Unlike fstat it needs no system call that takes a path. */
int64_t fd_size(int fd);

/* Raises the soft limit of open descriptors to the hard one, and the hard one
 * to want if the process may; returns what is now the limit. */
size_t fd_limit_raise(size_t want);

/* Keeps fd, as descriptor 3, and standard error; standard input and output are
 * /dev/null, and all others are closed.  3, or a negative errno: then the
 * process should end. */
MUST_USE int fd_keep_one(int fd);

/* How many descriptors are open in this process; for tests. */
size_t fd_count_open(void);

#endif
