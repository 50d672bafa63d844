// SPDX-License-Identifier: ISC
/*
 * beneath.c - paths that cannot leave the mail root (beneath.h).
 * Runs in: maildrop.  Trusts: no path.
 */
#include "store/beneath.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ipc/packet.h"
#include "os/fd.h"

#define DIRECTORY (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

/* For a kernel before 5.6, which has no openat2: no link is followed at all. */
static int walk(int root_fd, const char *path)
{
	char part[256];
	int fd = openat(root_fd, ".", DIRECTORY);

	while (fd >= 0 && *path != '\0') {
		size_t len = strcspn(path, "/");
		int next;

		if (len >= sizeof(part)) {
			fd_close(&fd);
			return -ENAMETOOLONG;
		}
		memcpy(part, path, len);
		part[len] = '\0';
		path += len + (path[len] == '/');
		if (len == 0 || strcmp(part, ".") == 0) {
			continue;
		}
		if (strcmp(part, "..") == 0) {
			fd_close(&fd);
			return -EXDEV;
		}
		next = openat(fd, part, DIRECTORY | O_NOFOLLOW);
		fd_close(&fd);
		fd = next;
	}
	return fd < 0 ? -errno : fd;
}

int beneath_open(int root_fd, const char *path)
{
	struct open_how how = {
		.flags = DIRECTORY,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	long fd = syscall(SYS_openat2, root_fd, path, &how, sizeof(how));

	if (fd >= 0) {
		return (int)fd;
	}
	/* EAGAIN: a rename somewhere made ".." uncertain; walk has none */
	if (errno == ENOSYS || errno == EAGAIN) {
		return walk(root_fd, path);
	}
	return -errno;
}

/* A path cut in two: its parent, "." if it has none, and its last component. */
struct split {
	char parent[PACKET_PATH_MAX + 1];
	char last[PACKET_PATH_MAX + 1];
};

static bool split(const char *path, struct split *s_r)
{
	size_t end = strlen(path);
	size_t from;

	while (end > 0 && path[end - 1] == '/') {
		end--;
	}
	if (end == 0 || end > PACKET_PATH_MAX) {
		return false;
	}
	from = end;
	while (from > 0 && path[from - 1] != '/') {
		from--;
	}
	memcpy(s_r->last, path + from, end - from);
	s_r->last[end - from] = '\0';
	memcpy(s_r->parent, from == 0 ? "." : path, from == 0 ? 1 : from);
	s_r->parent[from == 0 ? 1 : from] = '\0';
	return true;
}

/* An empty mail root is what stays when its disk is not mounted. One that may
 * be searched and not read is taken as it is. */
static int check_not_empty(int root_fd)
{
	_Alignas(struct dirent64) char entries[1024];
	int fd = openat(root_fd, ".", DIRECTORY);
	int count = 0;
	ssize_t n;

	if (fd < 0) {
		return errno == EACCES ? 0 : -errno;
	}
	do {
		n = getdents64(fd, entries, sizeof(entries));
		for (ssize_t at = 0; at < n; count++) {
			const struct dirent64 *e = (const void *)(entries + at);

			at += e->d_reclen;
		}
	} while (n > 0 && count <= 2);
	fd_close(&fd);
	return count > 2 ? 0 : -ENOENT; /* "." and ".." */
}

int beneath_check_absent(int root_fd, const char *path)
{
	struct split s;
	struct stat st;
	int fd;

	if (!split(path, &s)) {
		return -ENOENT;
	}
	fd = beneath_open(root_fd, s.parent);
	if (fd < 0) {
		return fd;
	}
	/* a link that leads nowhere is not nothing */
	if (fstatat(fd, s.last, &st, AT_SYMLINK_NOFOLLOW) == 0 ||
	    errno != ENOENT) {
		fd_close(&fd);
		return -ENOENT;
	}
	fd_close(&fd);
	return check_not_empty(root_fd);
}
