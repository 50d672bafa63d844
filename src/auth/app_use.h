// SPDX-License-Identifier: ISC
/*
 * app_use.h - when app passwords were used last: the time of an empty file for
 * each, in a directory of the auth role's own.  A file's name is a hash of user
 * and app password, so that no name that somebody chose is a path.
 */
#ifndef AUTH_APP_USE_H
#define AUTH_APP_USE_H

#include "auth/user_name.h"

/*
 * The directory below state_dir, as a descriptor.  If is_made it is made when
 * it is not there: by the role that is to write into it, as its own account.
 * Or a negative errno.
 */
MUST_USE int app_use_open(const char *state_dir, bool is_made);

/*
 * Notes that the user's app password of that name was used now; once in
 * APP_USE_PAUSE_S at most, so that it costs most log-ins one stat.  user is the
 * name in the users file.  0, or a negative errno.  Any thread may call it; in
 * a sandbox it needs SANDBOX_WRITE below the directory.
 */
MUST_USE int app_use_note(int dir, struct text user, struct text app);

/* When that was noted last.  0, or -ENOENT if never, or another errno. */
MUST_USE int app_use_look(int dir, struct text user, struct text app,
			  int64_t *unix_r);

/* Forgets it; one that was not there is no failure.  0, or a negative errno. */
MUST_USE int app_use_forget(int dir, struct text user, struct text app);

#endif
