// SPDX-License-Identifier: ISC
/*
 * fd.c - descriptors (fd.h).
 * Runs in: every role.  Trusts: the kernel.  Allocates: never.
 */
#include "os/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

void fd_close(int *fd)
{
	int saved = errno;

	if (*fd != -1) {
		close(*fd);
		*fd = -1;
	}
	errno = saved;
}

int fd_set_nonblocking(int fd, bool nonblocking)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0) {
		return -errno;
	}
	flags = nonblocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
	return fcntl(fd, F_SETFL, flags) < 0 ? -errno : 0;
}

/* The privileged form passes the administrator's limit; the other one takes
 * what that limit leaves. */
static void set_send_room(int fd, int octets)
{
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &octets,
		       sizeof(octets)) < 0) {
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &octets,
				 sizeof(octets));
	}
}

int fd_duplicate(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	return copy < 0 ? -errno : copy;
}

int fd_write_all(int fd, const void *at, size_t len)
{
	const uint8_t *octets = at;

	while (len != 0) {
		ssize_t n = write(fd, octets, len);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return n == 0 ? -EIO : -errno;
		}
		octets += n;
		len -= (size_t)n;
	}
	return 0;
}

#define KEPT_FD (STDERR_FILENO + 1)

int fd_keep_one(int fd)
{
	int high = fcntl(fd, F_DUPFD_CLOEXEC, KEPT_FD + 1);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (high < 0 || null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(null, STDOUT_FILENO) < 0 ||
	    dup3(high, KEPT_FD, O_CLOEXEC) < 0) {
		return -errno;
	}
	closefrom(KEPT_FD + 1); /* by /proc, where the kernel has no call */
	return KEPT_FD;
}

int fd_channel_pair(int pair_r[2], size_t send_octets)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		return -errno;
	}
	set_send_room(pair[0], (int)send_octets);
	set_send_room(pair[1], (int)send_octets);
	pair_r[0] = pair[0];
	pair_r[1] = pair[1];
	return 0;
}

int64_t fd_size(int fd)
{
	return lseek(fd, 0, SEEK_END);
}

size_t fd_limit_raise(size_t want)
{
	struct rlimit limit;
	struct rlimit wish;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0) {
		return 0;
	}
	if (limit.rlim_cur >= want) {
		return (size_t)limit.rlim_cur;
	}
	wish = (struct rlimit){ want, want };
	if (limit.rlim_max < want) {
		if (setrlimit(RLIMIT_NOFILE, &wish) == 0) {
			return want;
		}
		wish.rlim_cur = limit.rlim_max;
	}
	wish.rlim_max = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &wish) < 0) {
		return (size_t)limit.rlim_cur;
	}
	return (size_t)wish.rlim_cur;
}

size_t fd_count_open(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t count = 0;

	if (dir == NULL) {
		return 0;
	}
	while (readdir(dir) != NULL) {
		count++;
	}
	closedir(dir);
	return count - 3; /* ".", ".." and the directory's own */
}
