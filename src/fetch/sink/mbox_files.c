// SPDX-License-Identifier: ISC
/*
 * mbox_files.c - an mbox and the files beside it for folders (mbox_files.h).
 * Runs in: a carrier thread.  Trusts: folders that folder.h calls sound.
 * Allocates: the files' structures.
 */
#include "fetch/sink/mbox_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/sink/folder.h"
#include "fetch/sink/mbox_reach.h"

struct mbox_file *mbox_file_at(struct list *link)
{
	return LIST_OWNER(link, struct mbox_file, link);
}

/* The path of a folder: allocated, or NULL. */
static char *folder_path(const char *path, const char *folder)
{
	size_t room = strlen(path) + strlen(folder) + 1;
	char *text = malloc(room);

	if (text != NULL) {
		(void)!folder_beside(path, folder, text, room);
	}
	return text;
}

/* Files are locked in the order of the list: the same one for all. */
static void insert(struct list *files, struct mbox_file *f)
{
	struct list *at = files->next;

	while (at != files && strcmp(mbox_file_at(at)->path, f->path) < 0) {
		at = at->next;
	}
	list_append(at, &f->link); /* before at */
}

static struct mbox_file *file_opened(struct list *files,
				     const struct destination *to,
				     const char *folder)
{
	struct mbox_file *f = malloc(sizeof(*f));
	char *path = folder_path(to->path, folder);
	int rc = f == NULL || path == NULL ? -ENOMEM : mbox_file_init(f, path);

	free(path);
	if (rc < 0) {
		free(f);
		return NULL;
	}
	memcpy(f->folder, folder, strlen(folder) + 1);
	f->way = mbox_reach_way(to, folder);
	insert(files, f);
	return f;
}

/* A folder with the mbox's own name is the mbox. */
static const char *as_known(const char *path, const char *folder)
{
	const char *slash = strrchr(path, '/');

	if (folder == NULL ||
	    strcmp(slash == NULL ? path : slash + 1, folder) == 0) {
		return "";
	}
	return folder;
}

struct mbox_file *mbox_files_get(struct list *files,
				 const struct destination *to,
				 const char *folder)
{
	folder = as_known(to->path, folder);
	for (struct list *l = files->next; l != files; l = l->next) {
		if (strcmp(mbox_file_at(l)->folder, folder) == 0) {
			return mbox_file_at(l);
		}
	}
	return file_opened(files, to, folder);
}

void mbox_files_finish(struct list *files)
{
	while (!list_is_empty(files)) {
		struct mbox_file *f = mbox_file_at(files->next);

		mbox_file_finish(f);
		free(f);
	}
}

void mbox_files_unlock(struct list *files)
{
	for (struct list *l = files->next; l != files; l = l->next) {
		mbox_file_unlock(mbox_file_at(l));
	}
}

/* PATH.lock is the lock of PATH, and removed when it is old. */
bool mbox_file_is_lock(const char *name)
{
	size_t len = strlen(name);

	return len >= 5 && strcmp(name + len - 5, ".lock") == 0;
}
