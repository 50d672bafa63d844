// SPDX-License-Identifier: ISC
/*
 * directory.c - directories that the master makes (directory.h).
 * Runs in: master, perhaps as root.  Trusts: the paths, not what is there.
 */
#include "master/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/fd.h"

int directory_make(const char *path, mode_t mode, enum log_level level)
{
	if (mkdir(path, mode) < 0 && errno != EEXIST) {
		int rc = -errno;

		log_event_errno(level, "cannot make a directory", path, -rc);
		return rc;
	}
	return 0;
}

int directory_refuse(const char *path, const char *why, enum log_level level)
{
	struct log_line l;

	log_begin(&l, level, "this directory cannot be used");
	log_str(&l, "path", path);
	log_str(&l, "why", why);
	log_end(&l);
	return -EPERM;
}

/* If it is ours to give. */
static int give_open(int fd, const char *path, uid_t uid, gid_t gid,
		     enum log_level level)
{
	struct stat st;

	if (fstat(fd, &st) < 0) {
		return -errno;
	}
	if (st.st_uid == uid && st.st_gid == gid) {
		return 0;
	}
	if (st.st_uid != geteuid() && st.st_uid != uid) {
		return directory_refuse(path, "it belongs to another account",
					level);
	}
	if (fchown(fd, uid, gid) < 0) {
		int rc = -errno;

		log_event_errno(level, "cannot give away", path, -rc);
		return rc;
	}
	return 0;
}

int directory_give_away(const char *path, uid_t uid, gid_t gid,
			enum log_level level)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int rc;

	if (fd < 0) {
		rc = -errno;
		log_event_errno(level, "cannot open", path, -rc);
		return rc;
	}
	rc = give_open(fd, path, uid, gid, level);
	fd_close(&fd);
	return rc;
}
