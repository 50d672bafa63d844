// SPDX-License-Identifier: ISC
/*
 * rundir.c - the run directory and the cache directory (rundir.h).
 * Runs in: master, perhaps as root.  Trusts: the configuration.
 */
#include "master/rundir.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "master/directory.h"
#include "os/fd.h"

static int make(const char *path, mode_t mode)
{
	return directory_make(path, mode, LOG_ERROR);
}

/* The cache is maildrop's; nobody else needs to see who has how much mail. */
static int make_cache(const struct config *config)
{
	const struct maildrop_settings *m = &config->maildrop;
	int rc = make(m->cache_dir, 0700);

	if (rc < 0 || !m->common.drop_privileges) {
		return rc;
	}
	return directory_give_away(m->cache_dir, m->common.uid, m->common.gid,
				   LOG_ERROR);
}

/* Nobody but us may put anything into the jail. */
static int make_jail(const char *path)
{
	struct stat st;
	int rc = make(path, 0555);

	if (rc < 0) {
		return rc;
	}
	if (lstat(path, &st) < 0) {
		return -errno;
	}
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		return directory_refuse(
		    path, "not a directory that is ours alone", LOG_ERROR);
	}
	return 0;
}

int rundir_prepare(const struct config *config)
{
	int rc = make(config->run_dir, 0755);

	if (rc == 0) {
		rc = make_jail(config->session.jail);
	}
	return rc == 0 ? make_cache(config) : rc;
}

static int open_pid_file(const struct config *config, char *path, size_t cap)
{
	int fd;

	snprintf(path, cap, "%s/restanted.pid", config->run_dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0) {
		int rc = -errno;

		log_event_errno(LOG_ERROR, "cannot open", path, -rc);
		return rc;
	}
	return fd;
}

/* 0 when it is locked; -ESTALE if the server before removed it meanwhile: then
 * the lock would be one on a file that nobody else finds. */
static int lock_pid_file(int fd, const char *path)
{
	struct stat st;

	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		int rc = -errno;

		log_event_str(LOG_ERROR,
			      "restanted runs already with this run_dir",
			      "path", path);
		return rc;
	}
	if (fstat(fd, &st) < 0) {
		return -errno;
	}
	return st.st_nlink == 0 ? -ESTALE : 0;
}

static int write_pid(int fd, const char *path)
{
	if (ftruncate(fd, 0) < 0 || dprintf(fd, "%ld\n", (long)getpid()) < 0) {
		int rc = -errno;

		log_event_errno(LOG_ERROR, "cannot write", path, -rc);
		return rc;
	}
	return 0;
}

int rundir_take(const struct config *config)
{
	char path[SETTINGS_PATH_MAX + 32];
	int rc = rundir_prepare(config);
	int fd = -1;

	if (rc < 0) {
		return rc;
	}
	do {
		fd_close(&fd);
		fd = open_pid_file(config, path, sizeof(path));
		if (fd < 0) {
			return fd;
		}
		rc = lock_pid_file(fd, path);
	} while (rc == -ESTALE);
	if (rc == 0) {
		rc = write_pid(fd, path);
	}
	if (rc < 0) {
		fd_close(&fd);
		return rc;
	}
	return fd;
}

void rundir_leave(const struct config *config, int fd)
{
	char path[SETTINGS_PATH_MAX + 32];

	snprintf(path, sizeof(path), "%s/restanted.pid", config->run_dir);
	unlink(path);
	fd_close(&fd);
}
