// SPDX-License-Identifier: ISC
/*
 * mbox_file.h - an mbox that is locked, appended to and searched.
 *
 * It is locked in both ways at once, as Debian's policy has it: a record lock
 * of fcntl on all of it, then PATH.lock; if one is taken both are given back,
 * and tried again.  Where no PATH.lock can be made, as in /var/mail without the
 * group mail, or the file system knows no record locks, the other one has to
 * do.  A PATH.lock is stale, and removed, if it is of a process of this host
 * that is gone, or FETCH_MBOX_STALE_S old and of nobody who is known to live.
 */
#ifndef FETCH_SINK_MBOX_FILE_H
#define FETCH_SINK_MBOX_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/checked.h"
#include "base/list.h"
#include "fetch/limits.h"
#include "fetch/sink/sink.h"
#include "os/runner.h"

/* Who does what its folder is needed for (mbox_reach.h). */
struct mbox_way {
	struct runner_way runs;
	uint32_t which;
};

struct mbox_file {
	struct list link;
	char folder[FETCH_FOLDER_MAX + 1]; /* "": the destination's own */
	struct mbox_way way;
	const struct sink_heed *heed; /* or NULL */
	char *path;                   /* allocated */
	char *dot_path;               /* allocated */
	int fd;                       /* while it is locked, else -1 */
	int dot_fd;                   /* of its dot lock; -1: it has none */
	bool parent_is_synced;
	uint64_t start; /* its octets when it was locked */
	uint64_t end;   /* where the next message goes */
};

/* path is copied.  0, or -ENOMEM. */
MUST_USE int mbox_file_init(struct mbox_file *f, const char *path);
/* Unlocks it. */
void mbox_file_finish(struct mbox_file *f);

/* Opens and locks it, makes it (0600) if it is missing and that is wanted.  0,
 * -ETIMEDOUT if others held it for wait_ms, -ECANCELED if they do and it is to
 * end (heed), -EISDIR if it is no plain file, or another negative errno. */
MUST_USE int mbox_file_lock(struct mbox_file *f, bool makes, uint64_t wait_ms);
void mbox_file_unlock(struct mbox_file *f);
/* For others its lock is young again: it may be held for longer. */
void mbox_file_hold(const struct mbox_file *f);

/* Whether it is an mbox: it begins with a From_ line, or has nothing but line
 * ends.  1, 0, or a negative errno. */
MUST_USE int mbox_file_is_mbox(const struct mbox_file *f);

/* How many line ends a message at its end needs in front: 0 to 2, or a negative
 * errno. */
MUST_USE int mbox_file_lead(const struct mbox_file *f);

/* Cuts it at octets; durable.  0, or a negative errno. */
MUST_USE int mbox_file_cut(struct mbox_file *f, uint64_t octets);

/* Makes it durable, and its name.  0, or a negative errno. */
MUST_USE int mbox_file_sync(struct mbox_file *f);

#endif
