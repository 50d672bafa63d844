// SPDX-License-Identifier: ISC
/*
 * certificate_file.c - files of certificates (certificate_file.h).
 * Runs in: master, restantectl.  Trusts: the paths to be the operator's.
 */
#include "tls/certificate_file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include "os/fd.h"
#include "tls/certificate_impl.h"

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

struct tally {
	size_t count;
	size_t max;
};

static int count_one(void *ctx, X509 *x)
{
	struct tally *t = ctx;

	X509_free(x);
	t->count++;
	return t->count > t->max ? CERTIFICATE_ELONG : CERTIFICATE_OK;
}

int certificate_check_authorities(int fd, size_t max)
{
	struct tally t = { .max = max };
	int rc = certificate_each(fd, count_one, &t);

	return rc == CERTIFICATE_OK && t.count == 0 ? CERTIFICATE_ENONE : rc;
}
