// SPDX-License-Identifier: ISC
/*
 * users_dir.h - a users file in a directory of its own, for tests.
 */
#ifndef TEST_USERS_DIR_H
#define TEST_USERS_DIR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct users_dir {
	char dir[64];
	char path[96];
	char other[96]; /* another name in the same directory */
};

static inline void users_dir_init(struct users_dir *d)
{
	strncpy(d->dir, "/tmp/restante-unit-XXXXXX", sizeof(d->dir));
	assert_non_null(mkdtemp(d->dir));
	snprintf(d->path, sizeof(d->path), "%s/users", d->dir);
	snprintf(d->other, sizeof(d->other), "%s/other", d->dir);
}

static inline void users_dir_finish(struct users_dir *d)
{
	unlink(d->path);
	unlink(d->other);
	assert_int_equal(rmdir(d->dir), 0);
}

/* In place: the file stays the same one. */
static inline void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static inline void replace_users(const struct users_dir *d, const char *text)
{
	write_file(d->other, text);
	assert_int_equal(rename(d->other, d->path), 0);
}

#endif
