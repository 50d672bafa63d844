// SPDX-License-Identifier: ISC
/*
 * passwd_text.c - the users file, read as a whole (passwd_text.h).
 * Runs in: auth, restantectl.  Trusts: nothing: the path may lead to a FIFO,
 * and somebody may be writing there.
 */
#include "auth/passwd_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/limits.h"
#include "base/secret.h"
#include "os/clock.h"
#include "os/fd.h"

static struct passwd_stamp stamp_of(const struct stat *st)
{
	return (struct passwd_stamp){ st->st_dev, st->st_ino, st->st_size,
				      st->st_ctim, st->st_mtim };
}

static bool time_equal(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool passwd_stamp_equal(const struct passwd_stamp *a,
			const struct passwd_stamp *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	       time_equal(a->changed, b->changed) &&
	       time_equal(a->modified, b->modified);
}

bool passwd_stamp_is_young(const struct passwd_stamp *s)
{
	int64_t changed =
	    s->changed.tv_sec * INT64_C(1000000000) + s->changed.tv_nsec;
	int64_t age = clock_unix_ns() - changed;

	/* in the future, too, if the clock was set back */
	return age < PASSWD_YOUNG_MS * INT64_C(1000000);
}

/* Reads len octets, or all there are.  0, or a negative errno. */
static int read_all(int fd, char *at, size_t len, size_t *done_r)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = read(fd, at + done, len - done);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return -errno;
		}
		if (n == 0) {
			break;
		}
		done += (size_t)n;
	}
	*done_r = done;
	return 0;
}

/* -EAGAIN if the file was written while it was read. */
static int read_text(int fd, const struct stat *before, struct passwd_text *c)
{
	struct stat after;
	struct passwd_stamp now;
	int rc = read_all(fd, c->at, (size_t)before->st_size, &c->len);

	if (rc < 0) {
		return rc;
	}
	if (fstat(fd, &after) < 0) {
		return -errno;
	}
	c->stamp = stamp_of(before);
	now = stamp_of(&after);
	if (c->len != (size_t)before->st_size ||
	    !passwd_stamp_equal(&c->stamp, &now)) {
		return -EAGAIN;
	}
	return 0;
}

static int read_open(int fd, struct passwd_text *text_r)
{
	struct passwd_text c = { .len = 0 };
	struct stat before;
	int rc;

	if (fstat(fd, &before) < 0) {
		return -errno;
	}
	if (!S_ISREG(before.st_mode)) {
		return -EINVAL;
	}
	if ((uint64_t)before.st_size > PASSWD_FILE_MAX) {
		return -EFBIG;
	}
	c.at = malloc((size_t)before.st_size + 1);
	if (c.at == NULL) {
		return -ENOMEM;
	}
	rc = read_text(fd, &before, &c);
	if (rc < 0) {
		wipe(c.at, (size_t)before.st_size);
		free(c.at);
		return rc;
	}
	*text_r = c;
	return 0;
}

int passwd_text_read(const char *path, struct passwd_text *text_r)
{
	/* O_NONBLOCK: a FIFO must not keep everybody waiting */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int rc;

	if (fd < 0) {
		return -errno;
	}
	rc = read_open(fd, text_r);
	fd_close(&fd);
	return rc;
}

int passwd_stamp_look(const char *path, struct passwd_stamp *stamp_r)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		return -errno;
	}
	*stamp_r = stamp_of(&st);
	return 0;
}

void passwd_text_finish(struct passwd_text *t)
{
	if (t->at != NULL) {
		wipe(t->at, t->len);
		free(t->at);
	}
	*t = (struct passwd_text){ .at = NULL };
}
