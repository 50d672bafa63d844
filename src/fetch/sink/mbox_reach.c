// SPDX-License-Identifier: ISC
/*
 * mbox_reach.c - what an mbox needs its folder for (mbox_reach.h).
 * Runs in: a carrier thread, and the runner.  Trusts: in the runner, the
 * configuration alone.  Allocates: never.
 */
#include "fetch/sink/mbox_reach.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fetch/sink/dot_lock.h"
#include "fetch/sink/folder.h"
#include "os/fd.h"
#include "os/parent.h"

/* What is asked, and of which file: 0 is the mbox, 1 the folder of the first
 * rule. */
enum verb {
	VERB_OPEN,
	VERB_MAKE,
	VERB_LOCK,
	VERB_LOCK_ALONE,
	VERB_UNLOCK,
	VERB_SYNC,
	VERBS
};

/* -- for who asks */

static bool names(const struct rule *r, const char *folder)
{
	return r->action == RULE_FOLDER && strcmp(r->folder, folder) == 0;
}

struct mbox_way mbox_reach_way(const struct destination *to, const char *folder)
{
	struct mbox_way way = { .runs = to->runs };

	if (folder[0] == '\0' || to->runs.runner == NULL) {
		return way;
	}
	for (size_t i = 0; i < to->rules_count; i++) {
		if (names(&to->rules[i], folder)) {
			way.which = (uint32_t)i + 1;
			return way;
		}
	}
	/* of a rule that is gone: as far as this process may */
	return (struct mbox_way){ .which = 0 };
}

static bool is_here(const struct mbox_file *f)
{
	return f->way.runs.runner == NULL;
}

/* A descriptor, 0, or a negative errno. */
static int ask(const struct mbox_file *f, enum verb verb, int fd)
{
	struct runner_ask a = { f->way.which * VERBS + (uint32_t)verb, fd };
	struct runner_answer answer = { .cap = 0 };
	int rc = runner_do(&f->way.runs, &a, &answer);

	return rc == 0 && answer.fd != -1 ? answer.fd : rc;
}

/* A FIFO in its place is not waited for. */
static int open_here(const char *path, bool makes)
{
	int flags = O_RDWR | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = open(path, makes ? flags | O_CREAT : flags, 0600);

	return fd < 0 ? -errno : fd;
}

int mbox_reach_open(const struct mbox_file *f, bool makes)
{
	return is_here(f) ? open_here(f->path, makes)
			  : ask(f, makes ? VERB_MAKE : VERB_OPEN, -1);
}

int mbox_reach_lock(const struct mbox_file *f, bool is_alone)
{
	return is_here(f) ? dot_lock_take(f->dot_path, is_alone, getpid())
			  : ask(f, is_alone ? VERB_LOCK_ALONE : VERB_LOCK, -1);
}

void mbox_reach_unlock(struct mbox_file *f)
{
	if (is_here(f)) {
		dot_lock_drop(f->dot_path, &f->dot_fd);
		return;
	}
	(void)!ask(f, VERB_UNLOCK, f->dot_fd);
	fd_close(&f->dot_fd);
}

int mbox_reach_sync(const struct mbox_file *f)
{
	return is_here(f) ? parent_sync(f->path) : ask(f, VERB_SYNC, -1);
}

/* -- in the runner */

/* The path of which, and with ".lock" behind it. */
static bool find_paths(const struct account *a, uint32_t which,
		       char path_r[PATH_MAX], char dot_path_r[PATH_MAX])
{
	const struct rule *r = which == 0 ? NULL : &a->rules[which - 1];
	int len;

	if (r != NULL &&
	    (r->action != RULE_FOLDER || !folder_is_sound(r->folder))) {
		return false;
	}
	len = folder_beside(a->deliver.path, r == NULL ? "" : r->folder, path_r,
			    PATH_MAX);
	if (len < 0 || len >= PATH_MAX) {
		return false;
	}
	len = snprintf(dot_path_r, PATH_MAX, "%s.lock", path_r);
	return len >= 0 && len < PATH_MAX;
}

static int unlock_there(const char *dot_path, int fd)
{
	int copy = fd_duplicate(fd);

	if (copy < 0) {
		return copy;
	}
	dot_lock_drop(dot_path, &copy);
	return 0;
}

static int do_there(enum verb verb, const char *path, const char *dot_path,
		    int fd, pid_t owner)
{
	if ((verb == VERB_UNLOCK) != (fd != -1)) {
		return -EINVAL;
	}
	switch (verb) {
	case VERB_OPEN:
	case VERB_MAKE:
		return open_here(path, verb == VERB_MAKE);
	case VERB_LOCK:
	case VERB_LOCK_ALONE:
		return dot_lock_take(dot_path, verb == VERB_LOCK_ALONE, owner);
	case VERB_UNLOCK:
		return unlock_there(dot_path, fd);
	case VERB_SYNC:
		return parent_sync(path);
	case VERBS:
		break;
	}
	return -EINVAL;
}

static void work(const void *arg, const struct runner_ask *a,
		 struct runner_answer *answer)
{
	const struct mbox_task *task = arg;
	const struct account *account = task->account;
	enum verb verb = (enum verb)(a->verb % VERBS);
	uint32_t which = a->verb / VERBS;
	char path[PATH_MAX], dot_path[PATH_MAX];
	int rc = -EINVAL;

	if (which <= account->rules_count &&
	    find_paths(account, which, path, dot_path)) {
		rc = do_there(verb, path, dot_path, a->fd, task->owner);
	}
	answer->result = rc < 0 ? rc : 0;
	answer->fd = rc > 0 ? rc : -1;
}

struct runner_task mbox_reach_task(const struct account *a,
				   struct mbox_task *task)
{
	*task = (struct mbox_task){ a, getpid() };
	return (struct runner_task){ work, task, 0 };
}
