// SPDX-License-Identifier: ISC
/*
 * cage_write.c - what a run writes: the record, destinations, and what is
 * in hand (cage_impl.h).
 * Runs in: main.  Trusts: the configuration, the environment.  Allocates: what
 * the list does.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fetch/cage/cage_impl.h"
#include "fetch/sink/folder.h"
#include "os/fd.h"
#include "os/parent.h"

/* Messages are not read again once they are delivered. */
#define MAILDIR_ACCESS                                                         \
	(SANDBOX_LIST | SANDBOX_WRITE | SANDBOX_REMOVE | SANDBOX_FOLDERS)
#define FILES_ACCESS (SANDBOX_READ | SANDBOX_WRITE | SANDBOX_REMOVE)

static bool is_at_or_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	len -= len > 0 && folder[len - 1] == '/' ? 1 : 0;
	return strncmp(path, folder, len) == 0 &&
	       (path[len] == '/' || path[len] == '\0');
}

static bool has_home_below(const struct cage_options *o, const char *folder)
{
	char *home = realpath(o->place->home, NULL);
	char *real = realpath(folder, NULL);
	bool has = home != NULL && real != NULL && is_at_or_below(home, real);

	free(home);
	free(real);
	return has;
}

/* The folder that path is in; false if it is too long. */
static bool folder_of(const char *path, char folder_r[PLACE_MAX])
{
	const char *slash = strrchr(path, '/');
	size_t len = slash == path ? 1 : (size_t)(slash - path);

	if (len >= PLACE_MAX) {
		return false;
	}
	memcpy(folder_r, path, len);
	folder_r[len] = '\0';
	return true;
}

bool cage_is_above_home(const struct cage_options *o, const char *path)
{
	char folder[PLACE_MAX];

	return folder_of(path, folder) && has_home_below(o, folder);
}

/* -- the record */

static void add_record(const struct cage_options *o, struct cage_list *l)
{
	const char *path = o->place->record;
	char *real;

	/* what cannot be made is told by who cannot open it, then */
	(void)!place_make_folder_of(path);
	cage_list_folder_of(l, path, FILES_ACCESS);
	real = realpath(path, NULL);
	if (real != NULL) {
		cage_list_folder_of(l, real, FILES_ACCESS);
	}
	free(real);
}

/* -- what is too large for memory */

/* Whose text waits in a spool until it goes on its way. */
static bool is_spooled(const struct account *a)
{
	return a->deliver.kind != DESTINATION_MAILDIR &&
	       a->deliver.kind != DESTINATION_MBOX;
}

static bool has_spooled(const struct cage_options *o)
{
	for (size_t i = 0; i < o->accounts->count; i++) {
		if (o->delivers && is_spooled(&o->accounts->account[i])) {
			return true;
		}
	}
	return false;
}

/*
 * Files without names are made in the record's folder, which is this user's and
 * this program's, rather than where everybody's are; unless the user says
 * where, and then only if there may be some.
 */
static void add_temporary(const struct cage_options *o, struct cage_list *l)
{
	const char *told = getenv("TMPDIR");
	char folder[PLACE_MAX];

	if (!folder_of(o->place->record, folder)) {
		return;
	}
	(void)setenv("SQLITE_TMPDIR", folder, 1);
	if (told == NULL || told[0] != '/' || has_home_below(o, told)) {
		(void)setenv("TMPDIR", folder, 1);
	} else if (has_spooled(o)) {
		cage_list_path(l, told, FILES_ACCESS);
	}
}

/* -- destinations */

static bool names_folder(const struct rule *r)
{
	return r->action == RULE_FOLDER && folder_is_sound(r->folder);
}

static const char *const parts[] = { "tmp", "new", "cur" };

#define PARTS (sizeof(parts) / sizeof(parts[0]))

static void make_parts(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	for (size_t i = 0; i < PARTS && fd >= 0; i++) {
		(void)!mkdirat(fd, parts[i], 0700);
	}
	fd_close(&fd);
}

/* As its sink would make it, which cannot any more: it may not make the name
 * durable, nor look at the folder that the name is in. */
static void make_maildir(const char *path)
{
	int rc = mkdir(path, 0700);

	if (rc == 0) {
		make_parts(path);
	}
	if (rc == 0 || errno == EEXIST) {
		(void)!parent_sync(path);
	}
}

/* Parts and folders, too: each may be a link to elsewhere. */
static void add_maildir(const struct cage_options *o, struct cage_list *l,
			const struct account *a)
{
	const char *path = a->deliver.path;
	char name[FOLDER_MAILDIR_MAX];

	make_maildir(path);
	cage_list_path(l, path,
		       has_home_below(o, path) ? SANDBOX_LIST : MAILDIR_ACCESS);
	for (size_t i = 0; i < PARTS; i++) {
		cage_list_below(l, path, parts[i], MAILDIR_ACCESS);
	}
	for (size_t i = 0; i < a->rules_count; i++) {
		if (names_folder(&a->rules[i])) {
			folder_for_maildir(a->rules[i].folder, name);
			cage_list_below(l, path, name, MAILDIR_ACCESS);
		}
	}
}

/* The folder: of locks, and of what is made anew there.  Files, too: each may
 * be a link to elsewhere. */
static void add_mbox(struct cage_list *l, const struct account *a)
{
	const char *path = a->deliver.path;
	char folder[PLACE_MAX];

	if (a->deliver.runs.runner != NULL) {
		return;
	}
	cage_list_folder_of(l, path, FILES_ACCESS);
	cage_list_path(l, path, FILES_ACCESS);
	if (!folder_of(path, folder)) {
		return;
	}
	for (size_t i = 0; i < a->rules_count; i++) {
		if (names_folder(&a->rules[i])) {
			cage_list_below(l, folder, a->rules[i].folder,
					FILES_ACCESS);
		}
	}
}

static void add_destination(const struct cage_options *o, struct cage_list *l,
			    const struct account *a)
{
	switch (a->deliver.kind) {
	case DESTINATION_MAILDIR:
		add_maildir(o, l, a);
		return;
	case DESTINATION_MBOX:
		add_mbox(l, a);
		return;
	case DESTINATION_NONE:
	case DESTINATION_COMMAND:
	case DESTINATION_LMTP:
	case DESTINATION_SMTP:
	case DESTINATION_OUTPUT:
		return;
	}
}

void cage_write(const struct cage_options *o, struct cage_list *l)
{
	if (o->has_record) {
		add_record(o, l);
	}
	add_temporary(o, l);
	for (size_t i = 0; i < o->accounts->count && o->delivers; i++) {
		add_destination(o, l, &o->accounts->account[i]);
	}
}
