// SPDX-License-Identifier: ISC
/*
 * users_edit.c - changing a users file (users_edit.h).
 * Runs in: restantectl.  Trusts: the directory of the users file: who may write
 * there may replace the file as well.
 */
#include "ctl/users_edit.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "os/new_file.h"
#include "os/fd.h"

#define LOCK_TRIES    100u
#define LOCK_PAUSE_MS 100u

static int fail(struct users_edit *e, const char *what, const char *path,
		int rc)
{
	e->failed = what;
	e->failed_path = path;
	return rc;
}

/* The lock is on the directory, since the file itself is replaced. */
static int lock_directory(int dir)
{
	struct timespec pause = { 0, LOCK_PAUSE_MS * 1000000L };

	for (unsigned i = 0; i < LOCK_TRIES; i++) {
		if (flock(dir, LOCK_EX | LOCK_NB) == 0) {
			return 0;
		}
		if (errno != EWOULDBLOCK) {
			return -errno;
		}
		nanosleep(&pause, NULL);
	}
	return -EWOULDBLOCK;
}

/* A link's target is changed, not the link; a file that is not there yet has
 * none. */
static int resolve(struct users_edit *e, const char *path)
{
	char *real = realpath(path, NULL);
	size_t len = strlen(real != NULL ? real : path);

	if (real == NULL && errno != ENOENT) {
		return -errno;
	}
	if (len >= sizeof(e->path)) {
		free(real);
		return -ENAMETOOLONG;
	}
	memcpy(e->path, real != NULL ? real : path, len + 1);
	free(real);
	return 0;
}

static int open_directory(struct users_edit *e)
{
	char copy[PATH_MAX];

	memcpy(copy, e->path, sizeof(copy));
	e->dir = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return e->dir < 0 ? -errno : 0;
}

static int read_users(struct users_edit *e, const struct users_new *if_new)
{
	struct stat st;
	int rc = passwd_text_read(e->path, &e->text);

	if (rc == -ENOENT && if_new->is_allowed) {
		e->uid = geteuid();
		e->gid = if_new->gid;
		e->mode = if_new->mode;
		return 0;
	}
	if (rc < 0) {
		return rc;
	}
	if (stat(e->path, &st) < 0) {
		return -errno;
	}
	e->uid = st.st_uid;
	e->gid = st.st_gid;
	e->mode = st.st_mode & 07777;
	return 0;
}

int users_edit_begin(struct users_edit *e, const char *path,
		     const struct users_new *if_new)
{
	int rc;

	*e = (struct users_edit){ .dir = -1 };
	rc = resolve(e, path);
	if (rc < 0) {
		return fail(e, "find", path, rc);
	}
	rc = open_directory(e);
	if (rc < 0) {
		return fail(e, "open the directory of", e->path, rc);
	}
	rc = lock_directory(e->dir);
	if (rc < 0) {
		return fail(e, "lock the directory of", e->path, rc);
	}
	rc = read_users(e, if_new);
	return rc < 0 ? fail(e, "read", e->path, rc) : 0;
}

int users_edit_replace(struct users_edit *e, size_t from, size_t to,
		       struct text text)
{
	size_t tail = e->text.len - to, len = from + text.len + tail;
	char *at = malloc(len + 1);

	if (at == NULL) {
		return fail(e, "change", e->path, -ENOMEM);
	}
	if (from > 0) {
		memcpy(at, e->text.at, from);
	}
	if (text.len > 0) {
		memcpy(at + from, text.at, text.len);
	}
	if (tail > 0) {
		memcpy(at + from + text.len, e->text.at + to, tail);
	}
	passwd_text_finish(&e->text);
	e->text.at = at;
	e->text.len = len;
	return 0;
}

int users_edit_commit(struct users_edit *e)
{
	const struct new_file file = { .at = e->text.at,
				       .len = e->text.len,
				       .mode = e->mode,
				       .uid = e->uid,
				       .gid = e->gid,
				       .may_replace = true };
	int rc = new_file_write(e->path, &file);

	return rc < 0 ? fail(e, "write", e->path, rc) : 0;
}

void users_edit_finish(struct users_edit *e)
{
	passwd_text_finish(&e->text);
	fd_close(&e->dir);
}
