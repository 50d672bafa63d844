// SPDX-License-Identifier: ISC
/*
 * drop_lock.c - locks beside the mail (drop_lock.h).
 * Runs in: maildrop, in any thread.  Trusts: its caller.
 */
#include "drop_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>

#include "os/fd.h"

static int open_and_lock(int dir_fd, const char *name, bool is_shared,
			 int *fd_r)
{
	int fd = openat(dir_fd, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
			0600);
	int error;

	if (fd < 0) {
		return -errno;
	}
	if (flock(fd, (is_shared ? LOCK_SH : LOCK_EX) | LOCK_NB) < 0) {
		error = errno;
		fd_close(&fd);
		return -error;
	}
	*fd_r = fd;
	return 0;
}

int drop_lock(void *ctx_at, uint64_t dev, uint64_t ino, bool is_shared,
	      int *fd_r)
{
	const struct drop_lock_context *ctx = ctx_at;
	char name[40];
	int rc = 0;
	int back = 0;

	if (ctx->locks_fd == -1) {
		return -ENOLCK;
	}
	(void)snprintf(name, sizeof(name), "%" PRIx64 "-%" PRIx64, dev, ino);
	if (ctx->has_identities) {
		rc = identity_take(&ctx->self);
	}
	if (rc == 0) {
		rc = open_and_lock(ctx->locks_fd, name, is_shared, fd_r);
	}
	if (ctx->has_identities) {
		back = identity_take(&ctx->owner);
	}
	if (rc == 0 && back < 0) {
		fd_close(fd_r);
		return back;
	}
	return rc;
}
