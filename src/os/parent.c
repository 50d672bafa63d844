// SPDX-License-Identifier: ISC
/*
 * parent.c - the folders above a path (parent.h).
 * Runs in: restantectl, restante.  Trusts: the path.  Allocates: never.
 */
#include "os/parent.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/fd.h"

int parent_make(char *path)
{
	for (char *slash = path[0] == '\0' ? NULL : strchr(path + 1, '/');
	     slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0700) < 0 && errno != EEXIST) {
			return -errno;
		}
		*slash = '/';
	}
	return 0;
}

int parent_sync(const char *path)
{
	char copy[PATH_MAX];
	int len = snprintf(copy, sizeof(copy), "%s", path);
	int rc = 0, fd;

	if (len < 0 || (size_t)len >= sizeof(copy)) {
		return -ENAMETOOLONG;
	}
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) < 0) {
		rc = -errno;
	}
	fd_close(&fd);
	return rc;
}
