// SPDX-License-Identifier: ISC
/*
 * confined.h - a role confined as its main does it, with files about it to try
 * for.
 */
#ifndef TEST_CONFINED_H
#define TEST_CONFINED_H

#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/log.h"
#include "os/fd.h"
#include "os/sandbox.h"

/* A check in a child: says which line was wrong. */
#define WANT(is_true)                                                          \
	do {                                                                   \
		if (!(is_true)) {                                              \
			fprintf(stderr, "line %d: %s (%s)\n", __LINE__,        \
				#is_true, strerror(errno));                    \
			return 1;                                              \
		}                                                              \
	} while (0)

static char root[] = "/tmp/restante-unit-XXXXXX";
static char mail[64], cache[64], outside[64];

static inline char *below(const char *dir, const char *name)
{
	static char path[4][128];
	static unsigned turn;
	char *at = path[turn++ % 4];

	snprintf(at, sizeof(path[0]), "%s/%s", dir, name);
	return at;
}

static inline void write_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "text", 4), 4);
	close(fd);
}

static inline int make_files(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(root));
	snprintf(mail, sizeof(mail), "%s/mail", root);
	snprintf(cache, sizeof(cache), "%s/cache", root);
	snprintf(outside, sizeof(outside), "%s/outside", root);
	assert_int_equal(mkdir(mail, 0700), 0);
	assert_int_equal(mkdir(cache, 0700), 0);
	assert_int_equal(mkdir(below(mail, "new"), 0700), 0);
	write_file(below(mail, "new/1"));
	write_file(below(mail, "new/2"));
	write_file(below(cache, "old"));
	write_file(outside);
	return symlink(outside, below(mail, "link"));
}

static inline int remove_files(void **state)
{
	(void)state;
	unlink(below(mail, "new/1"));
	unlink(below(mail, "new/2"));
	unlink(below(mail, "link"));
	unlink(below(cache, "old"));
	unlink(below(cache, "data"));
	unlink(below(cache, "marker"));
	unlink(outside);
	rmdir(below(mail, "new"));
	rmdir(mail);
	rmdir(cache);
	return rmdir(root);
}

static inline bool has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0,
		       LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

/* As each role's main does it. */
static inline int confine(enum sandbox_calls role)
{
	struct sandbox_path paths[2] = {
		{ mail, SANDBOX_READ | SANDBOX_REMOVE },
		{ cache, SANDBOX_READ | SANDBOX_WRITE | SANDBOX_REMOVE },
	};
	size_t count = role == SANDBOX_MAILDROP ? 2 : 0;

	if (role == SANDBOX_AUTH) {
		paths[0] = (struct sandbox_path){ cache, SANDBOX_READ };
		count = 1;
	}
	log_init("unit", LOG_FORM_LEVEL, LOG_ERROR);
	return sandbox_confine(role, paths, count, false);
}

#endif
