// SPDX-License-Identifier: ISC
/*
 * mbox_reach.h - what an mbox needs its folder for: that it is opened, made and
 * locked, and its name made durable.  In this process; or, where that may not
 * write into the folder since all else of its user is in there, too, by a task
 * of the runner's for the mbox and the folders beside it.
 */
#ifndef FETCH_SINK_MBOX_REACH_H
#define FETCH_SINK_MBOX_REACH_H

#include <sys/types.h>

#include "fetch/account.h"
#include "fetch/sink/mbox_file.h"

/* How a file of a destination is reached; folder "": the mbox itself. */
struct mbox_way mbox_reach_way(const struct destination *to,
			       const char *folder);

/* Open to read and append, and not waiting; or a negative errno. */
MUST_USE int mbox_reach_open(const struct mbox_file *f, bool makes);
/* dot_lock_take and dot_lock_drop of f->dot_path. */
MUST_USE int mbox_reach_lock(const struct mbox_file *f, bool is_alone);
void mbox_reach_unlock(struct mbox_file *f);
/* parent_sync of f->path. */
MUST_USE int mbox_reach_sync(const struct mbox_file *f);

/* Whose locks they are: who asks may be gone a moment before the runner. */
struct mbox_task {
	const struct account *account;
	pid_t owner;
};

/* The task for a's destination, which is an mbox, of this process; *task is a
 * part of it.  a->deliver.runs is then how to ask for it, and its rules are
 * a's. */
struct runner_task mbox_reach_task(const struct account *a,
				   struct mbox_task *task);

#endif
