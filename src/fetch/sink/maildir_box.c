// SPDX-License-Identifier: ISC
/*
 * maildir_box.c - a Maildir's directories: opened, and made where they are
 * missing (maildir_box.h).
 * Runs in: a carrier thread.  Trusts: nothing that is in the Maildir.
 * Allocates: never.
 */
#include "fetch/sink/maildir_box.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fetch/sink/sink_impl.h"
#include "os/fd.h"

#define OPEN_DIRECTORY (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

/* EINVAL: a file system whose directories need none, or have none. */
static int sync_directory(int fd)
{
	return fsync(fd) < 0 && errno != EINVAL ? -errno : 0;
}

static int failed(struct why *why, const char *what, const char *path)
{
	int error = errno;

	why_errno(why, sink_kind_of_errno(error, WHY_DELIVERY), error, "%s %s",
		  what, path);
	return -1;
}

static bool is_part(const char *name)
{
	return strcmp(name, "tmp") == 0 || strcmp(name, "new") == 0 ||
	       strcmp(name, "cur") == 0;
}

/* Whether what is in the directory is somebody else's: something, but no part
 * of a Maildir.  If that cannot be told, the making of the parts will tell. */
static bool is_foreign(int fd)
{
	int copy = openat(fd, ".", OPEN_DIRECTORY);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *e;
	bool is_empty = true;
	bool has_part = false;

	if (d == NULL) {
		fd_close(&copy);
		return false;
	}
	for (e = readdir(d); e != NULL && !has_part; e = readdir(d)) {
		if (strcmp(e->d_name, ".") != 0 &&
		    strcmp(e->d_name, "..") != 0) {
			is_empty = false;
			has_part = is_part(e->d_name);
		}
	}
	closedir(d);
	return !is_empty && !has_part;
}

/* Opens what is there, or makes it. */
static int open_or_make(int at_fd, const char *path)
{
	int fd = openat(at_fd, path, OPEN_DIRECTORY);

	if (fd >= 0 || errno != ENOENT) {
		return fd;
	}
	if (mkdirat(at_fd, path, 0700) < 0 && errno != EEXIST) {
		return -1;
	}
	return openat(at_fd, path, OPEN_DIRECTORY);
}

static int open_parts(struct maildir_box *b, int fd,
		      int (*open_part)(int fd, const char *name))
{
	b->tmp_fd = open_part(fd, "tmp");
	b->new_fd = b->tmp_fd < 0 ? -1 : open_part(fd, "new");
	b->cur_fd = b->new_fd < 0 ? -1 : open_part(fd, "cur");
	return b->cur_fd < 0 ? -1 : 0;
}

/* A crash may have come between the making of a directory and its sync: so
 * each opening makes sure, which costs nothing if all is clean. */
static int make_durable(int fd)
{
	int parent = openat(fd, "..", OPEN_DIRECTORY);
	int rc = sync_directory(fd);

	/* A parent that we may not read was not changed by us. */
	if (rc == 0 && parent >= 0) {
		rc = sync_directory(parent);
	}
	fd_close(&parent);
	errno = -rc;
	return rc;
}

/* Maildir++: by this empty file deliverers tell a folder from a Maildir. */
static int mark_folder(int fd)
{
	int mark = openat(fd, "maildirfolder",
			  O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (mark < 0) {
		return -1;
	}
	fd_close(&mark);
	return 0;
}

static int complete(struct maildir_box *b, int fd, bool is_folder,
		    const char *path, struct why *why)
{
	if (!is_folder && is_foreign(fd)) {
		why_set(why, WHY_CONFIG,
			"%s is a folder with other things in it and no "
			"Maildir: name a new one, as %s/Inbox",
			path, path);
		return -1;
	}
	if (open_parts(b, fd, open_or_make) < 0 ||
	    (is_folder && mark_folder(fd) < 0) || make_durable(fd) < 0) {
		return failed(why, "cannot use the Maildir", path);
	}
	return 0;
}

static void box_empty(struct maildir_box *b)
{
	memset(b, 0, sizeof(*b));
	list_init(&b->link);
	b->tmp_fd = -1;
	b->new_fd = -1;
	b->cur_fd = -1;
}

int maildir_box_init(struct maildir_box *b, int at_fd, const char *path,
		     struct why *why)
{
	int fd = open_or_make(at_fd, path);
	int rc;

	box_empty(b);
	if (fd < 0) {
		return failed(why, "cannot make or open the Maildir", path);
	}
	rc = complete(b, fd, at_fd != AT_FDCWD, path, why);
	fd_close(&fd);
	if (rc < 0) {
		maildir_box_finish(b);
	}
	return rc;
}

static int open_only(int fd, const char *name)
{
	return openat(fd, name, OPEN_DIRECTORY);
}

int maildir_box_init_found(struct maildir_box *b, int at_fd, const char *path)
{
	int fd = open_only(at_fd, path);
	int rc;

	box_empty(b);
	if (fd < 0) {
		return -1;
	}
	rc = open_parts(b, fd, open_only);
	fd_close(&fd);
	if (rc < 0) {
		maildir_box_finish(b);
	}
	return rc;
}

void maildir_box_finish(struct maildir_box *b)
{
	list_remove(&b->link);
	fd_close(&b->tmp_fd);
	fd_close(&b->new_fd);
	fd_close(&b->cur_fd);
}

static bool is_stale(int fd, const char *name, int64_t now_unix)
{
	struct stat st;

	return strncmp(name, MAILDIR_OURS, strlen(MAILDIR_OURS)) == 0 &&
	       fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(st.st_mode) &&
	       st.st_mtim.tv_sec < now_unix - FETCH_MAILDIR_STALE_S;
}

/* What cannot be read or removed does no harm: no word about it. */
void maildir_box_tidy(const struct maildir_box *b, int64_t now_unix)
{
	int copy = openat(b->tmp_fd, ".", OPEN_DIRECTORY);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *e;

	if (d == NULL) {
		fd_close(&copy);
		return;
	}
	for (e = readdir(d); e != NULL; e = readdir(d)) {
		if (is_stale(b->tmp_fd, e->d_name, now_unix)) {
			(void)unlinkat(b->tmp_fd, e->d_name, 0);
		}
	}
	closedir(d);
}

int maildir_box_sync(const struct maildir_box *b)
{
	int rc = sync_directory(b->new_fd);

	return rc < 0 ? rc : sync_directory(b->cur_fd);
}
