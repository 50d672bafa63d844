// SPDX-License-Identifier: ISC
/*
 * mbox_file.c - an mbox that is open and locked (mbox_file.h).
 * Runs in: a carrier thread.  Trusts: nothing in the file.  Allocates: paths.
 */
#include "fetch/sink/mbox_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fetch/sink/dot_lock.h"
#include "fetch/sink/mbox_reach.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/random.h"

int mbox_file_init(struct mbox_file *f, const char *path)
{
	size_t len = strlen(path);

	memset(f, 0, sizeof(*f));
	list_init(&f->link);
	f->fd = -1;
	f->dot_fd = -1;
	f->path = strdup(path);
	f->dot_path = malloc(len + sizeof(".lock"));
	if (f->path == NULL || f->dot_path == NULL) {
		mbox_file_finish(f);
		return -ENOMEM;
	}
	memcpy(f->dot_path, path, len);
	memcpy(f->dot_path + len, ".lock", sizeof(".lock"));
	return 0;
}

void mbox_file_finish(struct mbox_file *f)
{
	mbox_file_unlock(f);
	list_remove(&f->link);
	free(f->path);
	free(f->dot_path);
}

static int open_plain(struct mbox_file *f, bool makes)
{
	int fd = mbox_reach_open(f, makes);
	struct stat st;

	if (fd < 0) {
		return fd;
	}
	f->fd = fd;
	if (fstat(f->fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		fd_close(&f->fd);
		return -EISDIR;
	}
	f->start = (uint64_t)st.st_size;
	f->end = f->start;
	return 0;
}

/*
 * A lock of the open file, not of the process: two accounts that deliver into
 * one mbox lock each other out, too.  0, -EAGAIN, or a negative errno.
 */
static int set_record_lock(int fd, short type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET };

	if (fcntl(fd, F_OFD_SETLK, &lock) == 0) {
		return 0;
	}
	return errno == EACCES ? -EAGAIN : -errno;
}

static bool knows_no_locks(int rc)
{
	return rc == -ENOLCK || rc == -EOPNOTSUPP || rc == -EINVAL ||
	       rc == -ENOSYS;
}

static bool may_make_none(int rc)
{
	return rc == -EACCES || rc == -EPERM || rc == -EROFS;
}

static int take_both(struct mbox_file *f)
{
	int record = set_record_lock(f->fd, F_WRLCK);
	int dot;

	if (record < 0 && !knows_no_locks(record)) {
		return record;
	}
	dot = mbox_reach_lock(f, record == 0);
	f->dot_fd = dot >= 0 ? dot : -1;
	if (dot < 0 && (record < 0 || !may_make_none(dot))) {
		return dot;
	}
	return 0;
}

/* Whether it is still the file with that name, and how long it is now. */
static int look_again(struct mbox_file *f)
{
	struct stat named;
	struct stat st;

	if (stat(f->path, &named) < 0) {
		return errno == ENOENT ? -EAGAIN : -errno;
	}
	if (fstat(f->fd, &st) < 0) {
		return -errno;
	}
	if (named.st_dev != st.st_dev || named.st_ino != st.st_ino) {
		return -EAGAIN;
	}
	f->start = (uint64_t)st.st_size;
	f->end = f->start;
	return 0;
}

static int try_lock(struct mbox_file *f, bool makes)
{
	int rc = open_plain(f, makes);

	if (rc < 0) {
		return rc;
	}
	rc = take_both(f);
	rc = rc == 0 ? look_again(f) : rc;
	if (rc < 0) {
		mbox_file_unlock(f);
	}
	return rc;
}

/* Two who wait do not look at the same moments for ever. */
static void wait_a_little(void)
{
	struct timespec t = { .tv_sec = 0 };
	uint32_t random;

	random_fill(&random, sizeof(random));
	t.tv_nsec = (FETCH_MBOX_RETRY_MS + random % (FETCH_MBOX_RETRY_MS / 2)) *
		    1000000L;
	(void)nanosleep(&t, NULL);
}

static bool is_to_end(const struct mbox_file *f)
{
	return f->heed != NULL && f->heed->is_stopping != NULL &&
	       f->heed->is_stopping(f->heed->ctx);
}

int mbox_file_lock(struct mbox_file *f, bool makes, uint64_t wait_ms)
{
	uint64_t end_ms = clock_ms() + wait_ms;
	int rc = try_lock(f, makes);

	while (rc == -EAGAIN || rc == -EEXIST) {
		if (clock_ms() >= end_ms) {
			return -ETIMEDOUT;
		}
		if (is_to_end(f)) {
			return -ECANCELED;
		}
		wait_a_little();
		rc = try_lock(f, makes);
	}
	return rc;
}

void mbox_file_unlock(struct mbox_file *f)
{
	if (f->dot_fd != -1) {
		mbox_reach_unlock(f);
	}
	if (f->fd != -1) {
		/* A child between fork and exec has the open file, too. */
		(void)set_record_lock(f->fd, F_UNLCK);
	}
	fd_close(&f->fd);
}

void mbox_file_hold(const struct mbox_file *f)
{
	if (f->dot_fd != -1) {
		dot_lock_touch(f->dot_fd);
	}
}

/* How many octets from at on are line ends, of the next few: *len_r. */
static int count_line_ends(const struct mbox_file *f, uint64_t at,
			   size_t *len_r)
{
	char piece[512];
	ssize_t n = pread(f->fd, piece, sizeof(piece), (off_t)at);
	size_t count = 0;

	if (n < 0) {
		return -errno;
	}
	while (count < (size_t)n &&
	       (piece[count] == '\n' || piece[count] == '\r')) {
		count++;
	}
	*len_r = (size_t)n;
	return (int)count;
}

int mbox_file_is_mbox(const struct mbox_file *f)
{
	char from[sizeof("From ") - 1] = "";
	uint64_t at = 0;
	size_t len = 0;
	int rc;

	do {
		rc = count_line_ends(f, at, &len);
		at += rc > 0 ? (uint64_t)rc : 0;
	} while (len != 0 && rc == (int)len);
	if (rc < 0 || len == 0) {
		return rc < 0 ? rc : 1;
	}
	if (pread(f->fd, from, sizeof(from), (off_t)at) < 0) {
		return -errno;
	}
	return memcmp(from, "From ", sizeof(from)) == 0 ? 1 : 0;
}

int mbox_file_lead(const struct mbox_file *f)
{
	char last[2] = { '\n', '\n' };
	size_t want = f->end < 2 ? (size_t)f->end : 2;
	ssize_t n = pread(f->fd, last + 2 - want, want, (off_t)(f->end - want));

	if (n < 0) {
		return -errno;
	}
	if ((size_t)n != want) {
		return -EIO;
	}
	if (want == 0) {
		return 0;
	}
	if (last[1] != '\n') {
		return 2;
	}
	return want == 2 && last[0] == '\n' ? 0 : 1;
}

int mbox_file_cut(struct mbox_file *f, uint64_t octets)
{
	if (ftruncate(f->fd, (off_t)octets) < 0 || fdatasync(f->fd) < 0) {
		return -errno;
	}
	f->end = octets;
	return 0;
}

/* What we may not read we did not change; and there are file systems whose
 * folders need no sync, or have none. */
static int sync_parent(const struct mbox_file *f)
{
	int rc = mbox_reach_sync(f);

	return rc == -EACCES || rc == -EINVAL ? 0 : rc;
}

int mbox_file_sync(struct mbox_file *f)
{
	int rc;

	if (fdatasync(f->fd) < 0) {
		return -errno;
	}
	if (f->parent_is_synced) {
		return 0;
	}
	rc = sync_parent(f);
	f->parent_is_synced = rc == 0;
	return rc;
}
