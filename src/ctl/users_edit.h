// SPDX-License-Identifier: ISC
/*
 * users_edit.h - changing a users file so that whoever reads it sees it as it
 * was or as it is to be, never in between, and that two who change it do not
 * lose one another's change.
 */
#ifndef CTL_USERS_EDIT_H
#define CTL_USERS_EDIT_H

#include <linux/limits.h>
#include <sys/types.h>

#include "auth/passwd_text.h"
#include "auth/user_name.h"

struct users_edit {
	char path[PATH_MAX]; /* without symbolic links */
	int dir;             /* locked; -1 is none */
	uid_t uid;
	gid_t gid;
	mode_t mode;
	struct passwd_text text;
	/* on failure: what could not be done, and to which file */
	const char *failed;
	const char *failed_path;
};

/* How a file that is not there yet is made. */
struct users_new {
	bool is_allowed;
	gid_t gid; /* of whoever is to read it */
	mode_t mode;
};

/*
 * Locks the file against others who edit it and reads it.  0, or a negative
 * errno with e->failed and e->failed_path set: -EWOULDBLOCK if another has it
 * locked for long.  In any case users_edit_finish is called afterwards.
 */
MUST_USE int users_edit_begin(struct users_edit *e, const char *path,
			      const struct users_new *if_new);

/* Puts text in the place of the octets from (inclusive) to to (exclusive); in
 * memory. 0, or -ENOMEM. */
MUST_USE int users_edit_replace(struct users_edit *e, size_t from, size_t to,
				struct text text);

/* Makes the change durable, under the file's owner and mode.  0, or a negative
 * errno as above: then the file is as new_file_write (new_file.h) says. */
MUST_USE int users_edit_commit(struct users_edit *e);

/* Unlocks, and wipes the text. */
void users_edit_finish(struct users_edit *e);

#endif
