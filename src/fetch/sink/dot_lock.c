// SPDX-License-Identifier: ISC
/*
 * dot_lock.c - a lock that is a file (dot_lock.h).
 * Runs in: a carrier thread.  Trusts: nothing in the file.  Allocates: never.
 */
#include "fetch/sink/dot_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fetch/limits.h"
#include "os/clock.h"
#include "os/fd.h"

/* Of our host's name as much as the text has room for. */
#define HOST_MAX 128u

static void host_name(char host_r[HOST_MAX])
{
	memset(host_r, 0, HOST_MAX);
	if (gethostname(host_r, HOST_MAX - 1) < 0 || host_r[0] == '\0') {
		snprintf(host_r, HOST_MAX, "localhost");
	}
}

static int write_owner(int fd, pid_t owner)
{
	char text[FETCH_MBOX_DOT_MAX];
	char host[HOST_MAX];
	int len;

	host_name(host);
	len = snprintf(text, sizeof(text), "%d %s\n", (int)owner, host);
	return fd_write_all(fd, text, (size_t)len);
}

/* A file without a name in the lock's folder, or a negative errno. */
static int open_beside(const char *path)
{
	char folder[PATH_MAX] = ".";
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - path) + 1;
	int fd;

	if (len >= sizeof(folder)) {
		return -ENAMETOOLONG;
	}
	if (len != 0) {
		memcpy(folder, path, len);
		folder[len] = '\0';
	}
	fd = open(folder, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
	return fd < 0 ? -errno : fd;
}

/* The lock appears with its owner in it: a crash leaves none that nobody can
 * judge. */
static int make_whole(const char *path, pid_t owner)
{
	char name[40];
	int fd = open_beside(path);
	int rc;

	if (fd < 0) {
		return fd;
	}
	rc = write_owner(fd, owner);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	if (rc == 0 &&
	    linkat(AT_FDCWD, name, AT_FDCWD, path, AT_SYMLINK_FOLLOW) < 0) {
		rc = -errno;
	}
	if (rc < 0) {
		fd_close(&fd);
		return rc;
	}
	return fd;
}

/* Where the file system, as NFS, has no files without a name, or where there is
 * no /proc. */
static int make_in_steps(const char *path, pid_t owner)
{
	int fd = open(
	    path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int rc;

	if (fd < 0) {
		return -errno;
	}
	rc = write_owner(fd, owner);
	if (rc < 0) {
		(void)unlink(path);
		fd_close(&fd);
		return rc;
	}
	return fd;
}

static int make(const char *path, pid_t owner)
{
	int rc = make_whole(path, owner);

	return rc == -EOPNOTSUPP || rc == -EISDIR || rc == -ENOENT
		   ? make_in_steps(path, owner)
		   : rc;
}

enum owner {
	OWNER_UNKNOWN,
	OWNER_LIVES, /* on this host; or another process with its number */
	OWNER_GONE,
};

/* "PID HOST" as we write it, or "PID" as most others do, which may be of any
 * host. */
static enum owner judge_owner(const char *text, bool is_alone, pid_t owner)
{
	char host[HOST_MAX];
	char *end;
	bool is_ours;
	long pid;
	size_t len;

	host_name(host);
	len = strlen(host);
	errno = 0;
	pid = strtol(text, &end, 10);
	is_ours = *end == ' ' && strncmp(end + 1, host, len) == 0 &&
		  end[1 + len] == '\n';
	if (errno != 0 || end == text || pid <= 0 || pid > INT32_MAX ||
	    (!is_ours && *end != '\n' && *end != '\0')) {
		return OWNER_UNKNOWN;
	}
	if (pid == owner) {
		return is_alone ? OWNER_GONE : OWNER_LIVES;
	}
	if (kill((pid_t)pid, 0) == 0 || errno != ESRCH) {
		return OWNER_LIVES;
	}
	return is_ours ? OWNER_GONE : OWNER_UNKNOWN;
}

/* Its stamp is that of the file system's clock, which may not be ours: what is
 * a little ahead is young. */
static bool is_stale(const char *path, bool is_alone, pid_t owner,
		     struct stat *st_r)
{
	char text[FETCH_MBOX_DOT_MAX + 1] = "";
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	enum owner judged;
	bool stale = false;

	if (fd < 0) {
		return false;
	}
	if (fstat(fd, st_r) == 0 && S_ISREG(st_r->st_mode) &&
	    st_r->st_size <= (off_t)FETCH_MBOX_DOT_MAX &&
	    read(fd, text, FETCH_MBOX_DOT_MAX) >= 0) {
		judged = judge_owner(text, is_alone, owner);
		stale =
		    judged == OWNER_GONE ||
		    (judged == OWNER_UNKNOWN &&
		     st_r->st_mtim.tv_sec < clock_unix() - FETCH_MBOX_STALE_S);
	}
	fd_close(&fd);
	return stale;
}

/* Whoever else finds it stale holds no record lock now; one that knows only dot
 * locks may have made it anew, so the last look is right before. */
static void remove_stale(const char *path, bool is_alone, pid_t owner)
{
	struct stat st;
	struct stat now;

	if (is_stale(path, is_alone, owner, &st) && lstat(path, &now) == 0 &&
	    now.st_ino == st.st_ino && now.st_dev == st.st_dev &&
	    now.st_mtim.tv_sec == st.st_mtim.tv_sec &&
	    now.st_mtim.tv_nsec == st.st_mtim.tv_nsec) {
		(void)unlink(path);
	}
}

int dot_lock_take(const char *path, bool is_alone, pid_t owner)
{
	int rc = make(path, owner);

	if (rc != -EEXIST) {
		return rc;
	}
	remove_stale(path, is_alone, owner);
	return make(path, owner);
}

void dot_lock_touch(int lock_fd)
{
	(void)futimens(lock_fd, NULL);
}

void dot_lock_drop(const char *path, int *lock_fd)
{
	struct stat named, ours;

	if (lstat(path, &named) == 0 && fstat(*lock_fd, &ours) == 0 &&
	    named.st_dev == ours.st_dev && named.st_ino == ours.st_ino) {
		(void)unlink(path);
	}
	fd_close(lock_fd);
}
