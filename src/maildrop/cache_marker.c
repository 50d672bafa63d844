// SPDX-License-Identifier: ISC
/*
 * cache_marker.c - whether the cache's pages are whole (cache_marker.h).
 * Runs in: maildrop.  Trusts: the kernel's boot id.
 */
#include "cache_marker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "os/fd.h"

#define BOOT_ID      "/proc/sys/kernel/random/boot_id"
#define BOOT_ID_LEN  36u
#define MARKER_MAX   128u
#define MARKER_FORM  "restante sizes 1 "
#define MARKER_ENDED MARKER_FORM "ended\n"

/* "restante sizes 1 BOOT\n".  Without a boot id no two boots are the same. */
static int in_use_text(char text[MARKER_MAX])
{
	char id[BOOT_ID_LEN + 1] = { 0 };
	int fd = open(BOOT_ID, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0) {
		return -errno;
	}
	n = read(fd, id, BOOT_ID_LEN);
	fd_close(&fd);
	if (n != (ssize_t)BOOT_ID_LEN) {
		return -EIO;
	}
	(void)snprintf(text, MARKER_MAX, MARKER_FORM "%s\n", id);
	return 0;
}

static bool says(int fd, const char *text)
{
	char found[MARKER_MAX] = { 0 };

	return pread(fd, found, sizeof(found) - 1, 0) >= 0 &&
	       strcmp(found, text) == 0;
}

static bool is_whole(int fd)
{
	char now[MARKER_MAX];

	return says(fd, MARKER_ENDED) ||
	       (in_use_text(now) == 0 && says(fd, now));
}

static int write_text(int fd, const char *text)
{
	size_t len = strlen(text);

	if (ftruncate(fd, 0) < 0) {
		return -errno;
	}
	if (pwrite(fd, text, len, 0) != (ssize_t)len) {
		return -EIO;
	}
	return fdatasync(fd) < 0 ? -errno : 0;
}

/* Alone; or, when the cache is in use, beside its users: at a reload the old
 * generation has it open until its last session has ended. */
static int lock(int fd)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		return 0;
	}
	if (errno != EWOULDBLOCK) {
		return -errno;
	}
	return flock(fd, LOCK_SH) < 0 ? -errno : 0;
}

int marker_begin(int dir_fd, bool *is_whole_r)
{
	int fd = openat(dir_fd, "marker",
			O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	int rc;

	if (fd < 0) {
		return -errno;
	}
	rc = lock(fd);
	if (rc < 0) {
		fd_close(&fd);
		return rc;
	}
	*is_whole_r = is_whole(fd);
	return fd;
}

int marker_use(int fd)
{
	char text[MARKER_MAX];
	int rc;

	if (in_use_text(text) < 0) {
		(void)snprintf(text, sizeof(text), MARKER_FORM "?\n");
	}
	/* Others may be reading what they, or we, wrote before. */
	rc = says(fd, text) ? 0 : write_text(fd, text);
	if (rc < 0) {
		return rc;
	}
	return flock(fd, LOCK_SH) < 0 ? -errno : 0;
}

bool marker_is_last(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) == 0;
}

int marker_end(int fd)
{
	return write_text(fd, MARKER_ENDED);
}
