// SPDX-License-Identifier: ISC
/*
 * maildir_file.c - the names of our files in a Maildir (maildir_box.h).
 * Runs in: a carrier thread.  Trusts: nothing that is in the Maildir.
 * Allocates: never.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fetch/sink/maildir_box.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/random.h"

/* While a reader is busy with cur/, a reading of it may miss a message whose
 * flags change; so it is read again, up to that often. */
#define LOOKS 5u
/* A stamp this young, in seconds, may be that of another change, too. */
#define YOUNG_S 2

static bool stands_in_host(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '.' || c == '-';
}

void maildir_host(char host_r[FETCH_MAILDIR_HOST_MAX + 1])
{
	char name[256] = "";

	if (gethostname(name, sizeof(name) - 1) < 0 || name[0] == '\0') {
		snprintf(name, sizeof(name), "localhost");
	}
	name[FETCH_MAILDIR_HOST_MAX] = '\0';
	for (char *c = name; *c != '\0'; c++) {
		*c = stands_in_host(*c) ? *c : '_';
	}
	memcpy(host_r, name, strlen(name) + 1);
}

void maildir_stem(char stem_r[MAILDIR_BASE_MAX], int64_t now_unix,
		  uint64_t count, const char *host)
{
	uint64_t random;

	random_fill(&random, sizeof(random));
	snprintf(stem_r, MAILDIR_BASE_MAX,
		 "%" PRId64 ".M%06" PRId64 "P%dQ%" PRIu64 "R%016" PRIx64 ".%s",
		 now_unix, clock_unix_ns() / 1000 % 1000000, (int)getpid(),
		 count, random, host);
}

/* 0 or 1, or a negative errno. */
static int has_file(int fd, const char *name)
{
	struct stat st;

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		return S_ISREG(st.st_mode) ? 1 : 0;
	}
	return errno == ENOENT ? 0 : -errno;
}

static bool is_named(const char *name, const char *base)
{
	size_t len = strlen(base);

	return strncmp(name, base, len) == 0 &&
	       (name[len] == '\0' || name[len] == ':');
}

static int has_base(int fd, const char *base)
{
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *e;
	int rc = 0;

	if (d == NULL) {
		rc = -errno;
		fd_close(&copy);
		return rc;
	}
	errno = 0;
	for (e = readdir(d); e != NULL && rc == 0; e = readdir(d)) {
		rc = is_named(e->d_name, base) ? 1 : 0;
	}
	rc = rc == 0 && errno != 0 ? -errno : rc;
	closedir(d);
	return rc;
}

static bool is_quiet(const struct stat *before, const struct stat *after)
{
	return before->st_mtim.tv_sec == after->st_mtim.tv_sec &&
	       before->st_mtim.tv_nsec == after->st_mtim.tv_nsec &&
	       before->st_mtim.tv_sec < clock_unix() - YOUNG_S;
}

/* 1 or 0; -EAGAIN if it is not there, but that is not sure; or a negative
 * errno. */
static int look(const struct maildir_box *b, const char *base)
{
	struct stat before;
	struct stat after;
	int rc = has_file(b->new_fd, base);

	if (rc != 0) {
		return rc;
	}
	if (fstat(b->cur_fd, &before) < 0) {
		return -errno;
	}
	rc = has_base(b->cur_fd, base);
	if (rc == 0 && fstat(b->cur_fd, &after) < 0) {
		return -errno;
	}
	return rc == 0 && !is_quiet(&before, &after) ? -EAGAIN : rc;
}

int maildir_box_has(const struct maildir_box *b, const char *base)
{
	int rc = look(b, base);

	for (unsigned i = 1; i < LOOKS && rc == -EAGAIN; i++) {
		rc = look(b, base);
	}
	return rc == -EAGAIN ? 0 : rc;
}

void maildir_box_forget(const struct maildir_box *b, const char *base)
{
	char name[sizeof(MAILDIR_OURS) + MAILDIR_BASE_MAX];
	size_t len = strcspn(base, ",");

	snprintf(name, sizeof(name), "%s%.*s", MAILDIR_OURS, (int)len, base);
	(void)unlinkat(b->tmp_fd, name, 0);
}
