// SPDX-License-Identifier: ISC
/*
 * mail_dir.h - a mail root with a Maildir in it, for tests.
 */
#ifndef TEST_MAIL_DIR_H
#define TEST_MAIL_DIR_H

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

struct mail_dir {
	char root[64];
	char box[96];   /* root/box */
	char cache[96]; /* root.cache */
	int root_fd;
};

static inline int mail_dir_remove_one(const char *path, const struct stat *st,
				      int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static inline void mail_dir_remove(const char *path)
{
	assert_int_equal(
	    nftw(path, mail_dir_remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static inline void mail_dir_make_box(const struct mail_dir *d, const char *name)
{
	static const char *const parts[] = { "", "/new", "/cur", "/tmp" };
	char path[160];

	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%s%s", d->root, name,
			 parts[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
}

static inline void mail_dir_init(struct mail_dir *d)
{
	strncpy(d->root, "/tmp/restante-mail-XXXXXX", sizeof(d->root));
	assert_non_null(mkdtemp(d->root));
	snprintf(d->box, sizeof(d->box), "%s/box", d->root);
	snprintf(d->cache, sizeof(d->cache), "%s.cache", d->root);
	assert_int_equal(mkdir(d->cache, 0700), 0);
	mail_dir_make_box(d, "box");
	d->root_fd = open(d->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(d->root_fd >= 0);
}

static inline void mail_dir_finish(struct mail_dir *d)
{
	close(d->root_fd);
	mail_dir_remove(d->root);
	mail_dir_remove(d->cache);
}

/* The path of a file of the box, as "new/1.a"; lives until the next call. */
static inline const char *mail_dir_path(const struct mail_dir *d,
					const char *name)
{
	static _Thread_local char path[512];

	snprintf(path, sizeof(path), "%s/%s", d->box, name);
	return path;
}

static inline void mail_dir_deliver(const struct mail_dir *d, const char *name,
				    const void *text, size_t len)
{
	int fd = open(mail_dir_path(d, name),
		      O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	assert_int_equal(close(fd), 0);
}

static inline void mail_dir_put(const struct mail_dir *d, const char *name,
				const char *text)
{
	mail_dir_deliver(d, name, text, strlen(text));
}

static inline void mail_dir_rename(const struct mail_dir *d, const char *from,
				   const char *to)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", d->box, from);
	assert_int_equal(rename(path, mail_dir_path(d, to)), 0);
}

static inline void mail_dir_unlink(const struct mail_dir *d, const char *name)
{
	assert_int_equal(unlink(mail_dir_path(d, name)), 0);
}

static inline bool mail_dir_has(const struct mail_dir *d, const char *name)
{
	struct stat st;

	return lstat(mail_dir_path(d, name), &st) == 0;
}

/* Makes the time stamps of new/ and cur/ old enough to be trusted. */
static inline void mail_dir_age(const struct mail_dir *d)
{
	struct timespec old[2] = { { 1000000000, 0 }, { 1000000000, 0 } };

	assert_int_equal(utimensat(AT_FDCWD, mail_dir_path(d, "new"), old, 0),
			 0);
	assert_int_equal(utimensat(AT_FDCWD, mail_dir_path(d, "cur"), old, 0),
			 0);
}

#endif
