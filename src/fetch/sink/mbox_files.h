// SPDX-License-Identifier: ISC
/*
 * mbox_files.h - an mbox and the files beside it for its folders, in the order
 * in which all lock them: by path.
 */
#ifndef FETCH_SINK_MBOX_FILES_H
#define FETCH_SINK_MBOX_FILES_H

#include "fetch/account.h"
#include "fetch/sink/mbox_file.h"

/* The file of a link of the list. */
struct mbox_file *mbox_file_at(struct list *link);

/* The file of a sound folder, or NULL for the mbox itself, which a
 * folder of its name is, too.  NULL: no memory. */
struct mbox_file *mbox_files_get(struct list *files,
				 const struct destination *to,
				 const char *folder);
void mbox_files_unlock(struct list *files);
void mbox_files_finish(struct list *files);

/* Whether a file of that name is taken for the lock of another one. */
bool mbox_file_is_lock(const char *name);

#endif
