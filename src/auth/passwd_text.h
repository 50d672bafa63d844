// SPDX-License-Identifier: ISC
/*
 * passwd_text.h - the users file, read as a whole, and the stamp that tells
 * whether it has changed since.
 */
#ifndef AUTH_PASSWD_TEXT_H
#define AUTH_PASSWD_TEXT_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "base/checked.h"

struct passwd_stamp {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec changed; /* the status: nobody can set it */
	struct timespec modified;
};

struct passwd_text {
	char *at; /* malloc's */
	size_t len;
	struct passwd_stamp stamp;
};

/*
 * Reads it.  0, or a negative errno: -EAGAIN if somebody wrote it meanwhile,
 * -EINVAL if it is not a regular file, -EFBIG if it is over PASSWD_FILE_MAX.
 */
MUST_USE int passwd_text_read(const char *path, struct passwd_text *text_r);

/* Wipes and frees it. */
void passwd_text_finish(struct passwd_text *t);

/* The stamp of what stands at path now.  0, or a negative errno. */
MUST_USE int passwd_stamp_look(const char *path, struct passwd_stamp *stamp_r);

bool passwd_stamp_equal(const struct passwd_stamp *a,
			const struct passwd_stamp *b);

/* Whether the file changed so lately that another change might have happened
 * since without another stamp. */
bool passwd_stamp_is_young(const struct passwd_stamp *s);

#endif
