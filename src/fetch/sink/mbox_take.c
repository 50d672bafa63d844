// SPDX-License-Identifier: ISC
/*
 * mbox_take.c - an mbox that is about to be appended to (mbox_take.h).
 * Runs in: a carrier thread.  Trusts: nothing in the file.  Allocates: never.
 */
#include "fetch/sink/mbox_take.h"

#include <errno.h>

#include "fetch/limits.h"
#include "fetch/sink/sink_impl.h"

int mbox_failed(struct why *why, int rc, const char *what, const char *path)
{
	if (rc == -ETIMEDOUT) {
		why_set(why, WHY_TEMP,
			"another program has locked %s for %u seconds", path,
			FETCH_MBOX_LOCK_MS / 1000);
	} else if (rc == -ECANCELED) {
		why_set(why, WHY_TEMP,
			"it was to end, and another program has locked %s",
			path);
	} else if (rc == -EISDIR) {
		why_set(why, WHY_CONFIG, "%s is not a plain file", path);
	} else {
		why_errno(why, sink_kind_of_errno(-rc, WHY_DELIVERY), -rc,
			  "cannot %s %s", what, path);
	}
	return -1;
}

/* What is something else, perhaps by a link that is not where it should be, is
 * not written to. */
static int judge_file(const struct mbox_file *f, struct why *why)
{
	int rc = mbox_file_is_mbox(f);

	if (rc == 0) {
		why_set(why, WHY_CONFIG,
			"%s is no mbox, which would begin with \"From \"; "
			"nothing was written to it",
			f->path);
		return -1;
	}
	return rc < 0 ? mbox_failed(why, rc, "read", f->path) : 0;
}

int mbox_take(struct mbox_file *f, struct why *why)
{
	int rc = mbox_file_lock(f, true, FETCH_MBOX_LOCK_MS);

	return rc < 0 ? mbox_failed(why, rc, "lock", f->path)
		      : judge_file(f, why);
}
