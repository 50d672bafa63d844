// SPDX-License-Identifier: ISC
/*
 * new_file.c - writing a new file (new_file.h).
 * Runs in: restantectl, restante.  Trusts: the directory: who may write there
 * may replace the file as well.
 *
 * On disk               path  .tmp     left by a crash, and what then
 * N1 writing            old   partial  the next one who writes removes it
 * N2 synced             old   new      same as N1
 * N3 named              new   - (*)    maybe not durable: not reported yet
 * N4 directory synced   new   -        durable: reported
 *
 * (*) with link(2) there are both names for a moment; same as N1
 */
#include "os/new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/fd.h"
#include "os/parent.h"

static bool is_owned(const struct stat *st, const struct new_file *f)
{
	return (f->uid == NEW_FILE_AS_MADE || f->uid == st->st_uid) &&
	       (f->gid == NEW_FILE_AS_MADE || f->gid == st->st_gid);
}

/* Owner and mode first: what is secret must not stand open for a moment. */
static int fill(int fd, const struct new_file *f)
{
	struct stat st;
	int rc;

	if (fstat(fd, &st) < 0) {
		return -errno;
	}
	if (!is_owned(&st, f) && fchown(fd, f->uid, f->gid) < 0) {
		return -errno;
	}
	if (fchmod(fd, f->mode) < 0) {
		return -errno;
	}
	rc = fd_write_all(fd, f->at, f->len);
	return rc == 0 && fsync(fd) < 0 ? -errno : rc;
}

/* What a crash left there is in the way of nobody. */
static int write_temporary(const char *temporary, const struct new_file *f)
{
	int fd, rc;

	if (unlink(temporary) < 0 && errno != ENOENT) {
		return -errno;
	}
	fd = open(temporary,
		  O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0) {
		return -errno;
	}
	rc = fill(fd, f);
	fd_close(&fd);
	return rc;
}

/* link(2) takes no name that is taken, whoever took it a moment ago. */
static int give_name(const char *temporary, const char *path, bool may_replace)
{
	if (may_replace) {
		return rename(temporary, path) < 0 ? -errno : 0;
	}
	if (link(temporary, path) < 0) {
		return -errno;
	}
	return unlink(temporary) < 0 ? -errno : 0;
}

int new_file_write(const char *path, const struct new_file *file)
{
	char temporary[PATH_MAX];
	int rc, path_len;

	path_len = snprintf(temporary, sizeof(temporary), "%s.tmp", path);
	if (path_len < 0 || (size_t)path_len >= sizeof(temporary)) {
		return -ENAMETOOLONG;
	}
	rc = write_temporary(temporary, file);
	if (rc == 0) {
		rc = give_name(temporary, path, file->may_replace);
	}
	if (rc < 0) {
		(void)unlink(temporary);
		return rc;
	}
	return parent_sync(path);
}
