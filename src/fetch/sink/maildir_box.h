// SPDX-License-Identifier: ISC
/*
 * maildir_box.h - a Maildir, or a folder of one, to deliver into: its
 * directories, and the names of our files there.
 */
#ifndef FETCH_SINK_MAILDIR_BOX_H
#define FETCH_SINK_MAILDIR_BOX_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "fetch/limits.h"
#include "fetch/sink/folder.h"
#include "fetch/why.h"

/* What our files in tmp/ begin with, so that old ones can be told. */
#define MAILDIR_OURS "restante."

/* A file's base name, unique for ever, with the NUL. */
#define MAILDIR_BASE_MAX 160u

struct maildir_box {
	struct list link;
	char folder[FOLDER_MAILDIR_MAX]; /* as ".Lists"; "" is the Maildir */
	int tmp_fd, new_fd, cur_fd;
	bool is_dirty; /* new/ has names that may not be durable */
};

/* Opens the Maildir at path, or (at_fd is the Maildir's) its folder, and makes
 * what is missing, durably.  0; or -1 and *why, and b is as it was. */
MUST_USE int maildir_box_init(struct maildir_box *b, int at_fd,
			      const char *path, struct why *why);
/* The same without making anything: -1 if it is not there. */
MUST_USE int maildir_box_init_found(struct maildir_box *b, int at_fd,
				    const char *path);
void maildir_box_finish(struct maildir_box *b);

/* Removes files of ours from tmp/ that are older than FETCH_MAILDIR_STALE_S. */
void maildir_box_tidy(const struct maildir_box *b, int64_t now_unix);

/* Our host's name as it may stand in a file's. */
void maildir_host(char host_r[FETCH_MAILDIR_HOST_MAX + 1]);

/* "TIME.MmicroPpidQcountRrandom.HOST": the name without its size. */
void maildir_stem(char stem_r[MAILDIR_BASE_MAX], int64_t now_unix,
		  uint64_t count, const char *host);

/* Whether a message with that base name is in new/, or in cur/ with any flags;
 * looks again if one was moved meanwhile.  0 or 1, or a negative errno. */
MUST_USE int maildir_box_has(const struct maildir_box *b, const char *base);

/* Makes what was found durable, and removes what tmp/ has of that base name. */
MUST_USE int maildir_box_sync(const struct maildir_box *b);
void maildir_box_forget(const struct maildir_box *b, const char *base);

#endif
