// SPDX-License-Identifier: ISC
/*
 * edit.c - adding accounts to restante.conf and taking them out (edit.h).
 * Runs in: restante.  Trusts: that nobody but this user may write the folder.
 *
 * The steps on disk are those of os/new_file.c.
 */
#include "fetch/conf/edit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/file.h"
#include "fetch/conf/edit_text.h"
#include "fetch/limits.h"
#include "os/fd.h"
#include "os/new_file.h"

struct editing {
	const struct place *place;
	char path[PLACE_MAX]; /* of the file itself, not of a link to it */
	int folder_fd;        /* locked: two that edit must not meet */
	char *old_text;       /* "" if there is no file */
	mode_t mode;
	struct config before;
	struct conf_reason *why_r;
};

static int refuse_errno(const struct editing *e, const char *what, int error)
{
	return conf_refuse(e->why_r, "cannot %s %.120s: %s", what, e->path,
			   strerror(error));
}

/* The first of them, as conf_faults_print would print it. */
static int refuse_fault(const struct editing *e,
			const struct conf_faults *faults, const char *end)
{
	const struct conf_fault *f = &faults->fault[0];

	if (f->line == 0) {
		return conf_refuse(e->why_r, "%.60s: %.100s%s", e->path,
				   f->text, end);
	}
	return conf_refuse(e->why_r, "%.60s:%u: %.100s%s", e->path, f->line,
			   f->text, end);
}

/* A link is followed: it is to stay one. */
static int find_path(struct editing *e)
{
	char *real = realpath(e->place->config, NULL);
	int error = real == NULL ? errno : 0;
	const char *path = real != NULL ? real : e->place->config;
	bool fits = strlen(path) < sizeof(e->path);
	struct stat st;

	snprintf(e->path, sizeof(e->path), "%s", path);
	free(real);
	if (!fits) {
		return conf_refuse(e->why_r, "the path is too long");
	}
	if (error == ENOENT && lstat(e->path, &st) < 0) {
		return 0; /* there is none yet */
	}
	return error == 0 ? 0 : refuse_errno(e, "find what is at", error);
}

static int lock_folder(struct editing *e)
{
	char folder[PLACE_MAX];
	char *slash;
	int rc = place_make_folder_of(e->path);

	if (rc < 0) {
		return refuse_errno(e, "make the folder of", -rc);
	}
	snprintf(folder, sizeof(folder), "%s", e->path);
	slash = strrchr(folder, '/');
	if (slash == NULL) {
		snprintf(folder, sizeof(folder), ".");
	} else {
		slash[slash == folder ? 1 : 0] = '\0';
	}
	e->folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (e->folder_fd < 0) {
		return refuse_errno(e, "open the folder of", errno);
	}
	if (flock(e->folder_fd, LOCK_EX | LOCK_NB) < 0) {
		return errno == EWOULDBLOCK
			   ? conf_refuse(e->why_r, "another restante is "
						   "changing it; try again")
			   : refuse_errno(e, "lock the folder of", errno);
	}
	return 0;
}

static int check_owner(const struct editing *e, const struct conf_file *file)
{
	return file->uid == geteuid()
		   ? 0
		   : conf_refuse(e->why_r,
				 "%.120s belongs to another user; please edit "
				 "it as that one",
				 e->path);
}

/* What is there, and that it is sound; a file that is missing is empty. */
static int read_old(struct editing *e)
{
	struct conf_faults faults = { .count = 0 };
	struct conf_file file;

	e->mode = 0600;
	if (access(e->path, F_OK) < 0 && errno == ENOENT) {
		e->old_text = strdup("");
		return e->old_text != NULL
			   ? 0
			   : conf_refuse(e->why_r, "out of memory");
	}
	if (!conf_file_read(e->path, FETCH_CONFIG_OCTETS_MAX, &file, &faults)) {
		return refuse_fault(e, &faults, "");
	}
	e->old_text = file.text;
	e->mode = file.mode;
	if (config_load(e->path, e->place, &e->before, &faults) != 0) {
		return refuse_fault(e, &faults, "; correct that first");
	}
	return check_owner(e, &file);
}

static int begin(struct editing *e)
{
	return find_path(e) == 0 && lock_folder(e) == 0 ? read_old(e) : -1;
}

static void finish(struct editing *e)
{
	fd_close(&e->folder_fd);
	free(e->old_text);
	config_finish(&e->before);
}

static bool is_same(const struct place *place, const struct account *a,
		    const struct account *b)
{
	char *a_text = edit_section(place, a);
	char *b_text = edit_section(place, b);
	bool same =
	    a_text != NULL && b_text != NULL && strcmp(a_text, b_text) == 0;

	free(a_text);
	free(b_text);
	return same;
}

/* Whether every account but that one is as it was. */
static bool are_others_as_before(const struct editing *e,
				 const struct config *after, const char *name)
{
	size_t at = 0;

	for (size_t i = 0; i < e->before.count; i++) {
		const struct account *a = &e->before.account[i];

		if (strcmp(a->name, name) == 0) {
			continue;
		}
		at += at < after->count &&
			      strcmp(after->account[at].name, name) == 0
			  ? 1
			  : 0;
		if (at >= after->count ||
		    !is_same(e->place, a, &after->account[at])) {
			return false;
		}
		at++;
	}
	return true;
}

/* Whether the section alone is read as what it was written from. */
static int check_section(const struct editing *e, const char *section,
			 const struct account *wanted)
{
	struct conf_faults faults = { .count = 0 };
	struct config alone = { NULL, 0 };
	char *copy = strdup(section);
	bool is_right;

	if (copy == NULL) {
		return conf_refuse(e->why_r, "out of memory");
	}
	if (config_load_text(copy, e->place, &alone, &faults) != 0) {
		free(copy);
		return conf_refuse(e->why_r, "%.190s", faults.fault[0].text);
	}
	free(copy);
	is_right =
	    alone.count == 1 && is_same(e->place, &alone.account[0], wanted);
	config_finish(&alone);
	return is_right ? 0
			: conf_refuse(e->why_r,
				      "this account cannot be written down");
}

/* The account is to be in it, or gone. */
static int check_new(const struct editing *e, const char *text,
		     const char *name, bool is_wanted)
{
	struct conf_faults faults = { .count = 0 };
	struct config after = { NULL, 0 };
	char *copy = strdup(text);
	bool is_right;

	if (copy == NULL) {
		return conf_refuse(e->why_r, "out of memory");
	}
	if (config_load_text(copy, e->place, &after, &faults) != 0) {
		free(copy);
		return refuse_fault(e, &faults, "");
	}
	free(copy);
	is_right = (config_find(&after, name) != NULL) == is_wanted &&
		   are_others_as_before(e, &after, name);
	config_finish(&after);
	return is_right ? 0
			: conf_refuse(e->why_r,
				      "the file would then say something else "
				      "of other accounts; please edit it "
				      "yourself");
}

/* Somebody may have it open in an editor. */
static int check_unchanged(const struct editing *e)
{
	struct conf_faults faults = { .count = 0 };
	struct conf_file file;
	bool same;

	if (access(e->path, F_OK) < 0) {
		return e->old_text[0] == '\0'
			   ? 0
			   : conf_refuse(e->why_r, "the file has vanished");
	}
	if (!conf_file_read(e->path, FETCH_CONFIG_OCTETS_MAX, &file, &faults)) {
		return refuse_fault(e, &faults, "");
	}
	same = strcmp(file.text, e->old_text) == 0;
	free(file.text);
	return same ? 0
		    : conf_refuse(e->why_r, "somebody is changing the file; "
					    "try again");
}

static int write_new(const struct editing *e, const char *text)
{
	const struct new_file file = {
		.at = text,
		.len = strlen(text),
		.mode = e->mode,
		.uid = NEW_FILE_AS_MADE,
		.gid = NEW_FILE_AS_MADE,
		.may_replace = true,
	};
	int rc = check_unchanged(e);

	if (rc == 0 && file.len > FETCH_CONFIG_OCTETS_MAX) {
		rc = conf_refuse(e->why_r, "it would be larger than %u octets",
				 FETCH_CONFIG_OCTETS_MAX);
	}
	if (rc != 0) {
		return -1;
	}
	rc = new_file_write(e->path, &file);
	return rc == 0 ? 0 : refuse_errno(e, "write", -rc);
}

static int replace(const struct editing *e, char *text, const char *name,
		   bool is_wanted)
{
	int rc = check_new(e, text, name, is_wanted);

	if (rc == 0) {
		rc = write_new(e, text);
	}
	free(text);
	return rc;
}

static int add(const struct editing *e, const struct account *a)
{
	char *section;
	char *text;
	int rc;

	if (!config_is_name(a->name)) {
		return conf_refuse(e->why_r,
				   "%.64s cannot be the name of an account",
				   a->name);
	}
	if (config_find(&e->before, a->name) != NULL) {
		return conf_refuse(e->why_r,
				   "there is an account %.64s already; remove "
				   "it first, or take another name",
				   a->name);
	}
	section = edit_section(e->place, a);
	if (section == NULL) {
		return conf_refuse(e->why_r, "out of memory");
	}
	rc = check_section(e, section, a);
	text = rc == 0 ? edit_text_append(e->old_text, section) : NULL;
	free(section);
	if (rc != 0) {
		return -1;
	}
	return text != NULL ? replace(e, text, a->name, true)
			    : conf_refuse(e->why_r, "out of memory");
}

int edit_add(const struct place *place, const struct account *a,
	     struct conf_reason *why_r)
{
	struct editing e = { .place = place, .folder_fd = -1, .why_r = why_r };
	int rc = begin(&e);

	if (rc == 0) {
		rc = add(&e, a);
	}
	finish(&e);
	return rc;
}

static int remove_account(const struct editing *e, const char *name)
{
	const char *near = config_nearest(&e->before, name);
	char *text;

	if (config_find(&e->before, name) == NULL) {
		return near != NULL
			   ? conf_refuse(e->why_r,
					 "there is no account %.64s; did you "
					 "mean %.64s?",
					 name, near)
			   : conf_refuse(e->why_r, "there is no account %.64s",
					 name);
	}
	if (edit_text_without(e->old_text, name, &text, e->why_r) != 0) {
		return -1;
	}
	return replace(e, text, name, false);
}

int edit_remove(const struct place *place, const char *name,
		struct conf_reason *why_r)
{
	struct editing e = { .place = place, .folder_fd = -1, .why_r = why_r };
	int rc = begin(&e);

	if (rc == 0) {
		rc = remove_account(&e, name);
	}
	finish(&e);
	return rc;
}
