// SPDX-License-Identifier: ISC
/*
 * guard_file.c - the file of auth's guard (guard_file.h).
 * Runs in: master; auth, before it confines itself.  Trusts: nothing in the
 * file.
 */
#include "ipc/guard_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/fd.h"

/* Appends zeros. */
static int grow(int fd, off_t size)
{
	static const char zeros[65536];

	while (size < (off_t)GUARD_FILE_OCTETS) {
		size_t left = (size_t)((off_t)GUARD_FILE_OCTETS - size);
		ssize_t n =
		    pwrite(fd, zeros,
			   left < sizeof(zeros) ? left : sizeof(zeros), size);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return n < 0 ? -errno : -EIO;
		}
		size += n;
	}
	return 0;
}

int guard_file_fill(int fd)
{
	struct stat st;
	int rc;

	if (fstat(fd, &st) < 0) {
		return -errno;
	}
	if (!S_ISREG(st.st_mode)) {
		return -EINVAL;
	}
	rc = grow(fd, st.st_size);
	if (rc < 0) {
		return rc;
	}
	/* the holes of a file that was copied; not every file system can */
	if (fallocate(fd, 0, 0, GUARD_FILE_OCTETS) < 0 && errno != EOPNOTSUPP &&
	    errno != ENOSYS) {
		return -errno;
	}
	return 0;
}

int guard_file_open(const char *path)
{
	int fd = open(path,
		      O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
			  O_NOCTTY,
		      0600);
	int rc;

	if (fd < 0) {
		return errno == ELOOP || errno == EISDIR ? -EINVAL : -errno;
	}
	rc = guard_file_fill(fd);
	if (rc < 0) {
		fd_close(&fd);
		return rc;
	}
	return fd;
}
