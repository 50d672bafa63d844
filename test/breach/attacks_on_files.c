// SPDX-License-Identifier: ISC
/*
 * attacks_on_files.c - getting from the collector at its user's files
 * (collector.h).
 */
#include "collector.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "result.h"

static int read_file(const char *arg)
{
	char octet;
	int fd = open(arg, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : read(fd, &octet, 1) == 1 ? 0 : -EIO;
}

static int write_file(const char *arg)
{
	int fd = open(arg, O_WRONLY | O_APPEND | O_CLOEXEC);

	return fd < 0 ? -errno : result(write(fd, "taken\n", 6));
}

static int make_file(const char *arg)
{
	return result(open(arg, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
}

static int make_unnamed(const char *arg)
{
	return result(open(arg, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600));
}

static int list_folder(const char *arg)
{
	return result(open(arg, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static int make_folder(const char *arg)
{
	return result(mkdir(arg, 0700));
}

static int make_fifo(const char *arg)
{
	return result(mkfifo(arg, 0600));
}

static int make_link(const char *arg)
{
	return result(symlink("/etc/passwd", arg));
}

static int remove_file(const char *arg)
{
	return result(unlink(arg));
}

static int remove_folder(const char *arg)
{
	return result(rmdir(arg));
}

/* "FROM TO" */
static int two_paths(const char *arg, char from_r[4096], const char **to_r)
{
	size_t len = strcspn(arg, " ");

	if (len >= 4096 || arg[len] == '\0') {
		return -EINVAL;
	}
	memcpy(from_r, arg, len);
	from_r[len] = '\0';
	*to_r = arg + len + 1;
	return 0;
}

static int move_file(const char *arg)
{
	char from[4096];
	const char *to = NULL;
	int rc = two_paths(arg, from, &to);

	return rc < 0 ? rc : result(rename(from, to));
}

static int link_file(const char *arg)
{
	char from[4096];
	const char *to = NULL;
	int rc = two_paths(arg, from, &to);

	return rc < 0 ? rc : result(link(from, to));
}

static int open_by_root(const char *arg)
{
	char path[4200];

	snprintf(path, sizeof(path), "/proc/self/root%s", arg);
	return result(open(path, O_RDONLY | O_CLOEXEC));
}

static int change_mode(const char *arg)
{
	return result(syscall(SYS_fchmodat, AT_FDCWD, arg, 0777));
}

static int change_owner(const char *arg)
{
	return result(syscall(SYS_fchownat, AT_FDCWD, arg, 1, 1, 0));
}

static int change_times(const char *arg)
{
	return result(syscall(SYS_utimensat, AT_FDCWD, arg, NULL, 0));
}

static int change_attribute(const char *arg)
{
	return result(syscall(SYS_setxattr, arg, "user.x", "x", 1, 0));
}

static int cut_file(const char *arg)
{
	return result(syscall(SYS_truncate, arg, 0));
}

const struct collector_attack attacks_on_files[] = {
	{ "read-file", read_file },
	{ "read-file-by-root", open_by_root },
	{ "write-file", write_file },
	{ "make-file", make_file },
	{ "make-unnamed-file", make_unnamed },
	{ "list-folder", list_folder },
	{ "make-folder", make_folder },
	{ "make-fifo", make_fifo },
	{ "make-link", make_link },
	{ "remove-file", remove_file },
	{ "remove-folder", remove_folder },
	{ "move-file", move_file },
	{ "link-file", link_file },
	{ "change-mode", change_mode },
	{ "change-owner", change_owner },
	{ "change-times", change_times },
	{ "change-attribute", change_attribute },
	{ "cut-file", cut_file },
};
const size_t attacks_on_files_count =
    sizeof(attacks_on_files) / sizeof(attacks_on_files[0]);
