// SPDX-License-Identifier: ISC
/*
 * app_uses.c - when app passwords were used, for restantectl (app_uses.h).
 * Runs in: restantectl.  Trusts: the auth role's directory no further than for
 * the times of files.
 */
#include "ctl/app_uses.h"

#include <errno.h>

#include "auth/app_use.h"
#include "os/fd.h"

/* No directory: nothing was ever used. */
int app_uses_look(const struct config *config, struct text user,
		  struct text app, int64_t *unix_r)
{
	int64_t last = 0;
	int dir = app_use_open(config->auth.state_dir, false);
	int rc = dir < 0 ? dir : app_use_look(dir, user, app, &last);

	if (dir >= 0) {
		fd_close(&dir);
	}
	if (rc < 0 && rc != -ENOENT) {
		return rc;
	}
	*unix_r = last;
	return 0;
}

void app_uses_forget(const struct config *config, struct text user,
		     struct text app)
{
	int dir = app_use_open(config->auth.state_dir, false);

	if (dir >= 0) {
		(void)!app_use_forget(dir, user, app);
		fd_close(&dir);
	}
}
