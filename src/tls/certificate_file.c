// SPDX-License-Identifier: ISC
/*
 * certificate_file.c - files of certificates (certificate_file.h).
 * Runs in: master, restantectl.  Trusts: the paths to be the operator's.
 */
#include "tls/certificate_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/fd.h"
#include "tls/certificate.h"

int certificate_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	int rc = 0;

	if (fd < 0 || fstat(fd, &st) < 0) {
		rc = -errno;
	} else if (!S_ISREG(st.st_mode)) {
		rc = -EINVAL;
	}
	if (rc < 0) {
		fd_close(&fd);
		return rc;
	}
	return fd;
}

struct verdict {
	int rc;
	int error; /* errno */
};

_Noreturn static void try_and_exit(int chain_fd, int key_fd, int out)
{
	struct certificate *certificate = NULL;
	struct verdict v;
	const char *why;

	v.rc = certificate_read(chain_fd, key_fd, &certificate, &why);
	v.error = errno;
	_exit(write(out, &v, sizeof(v)) == (ssize_t)sizeof(v) ? EXIT_SUCCESS
							      : EXIT_FAILURE);
}

static void await(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
	}
}

int certificate_try(int chain_fd, int key_fd)
{
	struct verdict v = { CERTIFICATE_EMEMORY, 0 };
	int ends[2];
	pid_t pid;
	ssize_t n;

	if (pipe2(ends, O_CLOEXEC) < 0) {
		return CERTIFICATE_EMEMORY;
	}
	pid = fork();
	if (pid == 0) {
		try_and_exit(chain_fd, key_fd, ends[1]);
	}
	fd_close(&ends[1]);
	do {
		n = pid < 0 ? 0 : read(ends[0], &v, sizeof(v));
	} while (n < 0 && errno == EINTR);
	fd_close(&ends[0]);
	if (pid > 0) {
		await(pid);
	}
	errno = v.error;
	return n == (ssize_t)sizeof(v) ? v.rc : CERTIFICATE_EMEMORY;
}
