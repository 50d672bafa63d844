// SPDX-License-Identifier: ISC
/*
 * passwd_file.h - the users file, read again when it changes.  Any thread may
 * call anything here.
 */
#ifndef AUTH_PASSWD_FILE_H
#define AUTH_PASSWD_FILE_H

#include "auth/passwd_table.h"

struct passwd_file;

/*
 * Reads the file at path.  Mistakes in it, and what else an operator must know,
 * are logged.  0, or a negative errno, logged, if it cannot be read; *file_r is
 * then untouched.
 */
MUST_USE int passwd_file_create(const char *path,
				const struct passwd_options *options,
				struct passwd_file **file_r);

/* *file may be NULL, and becomes it.  Nobody may hold a table of it. */
void passwd_file_destroy(struct passwd_file **file);

/*
 * The users as they stand in the file now: one stat if it has not changed.
 * While another thread is reading it again, or if it cannot be read, as they
 * stood before.  The caller gives the table back.
 */
struct passwd_held *passwd_file_hold(struct passwd_file *file);
const struct passwd_table *passwd_held_table(const struct passwd_held *held);
void passwd_file_give_back(struct passwd_held *held);

#endif
