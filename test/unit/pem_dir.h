// SPDX-License-Identifier: ISC
/*
 * pem_dir.h - a directory of PEM files, for tests that change them.
 */
#ifndef TEST_PEM_DIR_H
#define TEST_PEM_DIR_H

#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "issuer.h"

struct pem_dir {
	char path[64];
	struct issued one;
	struct issued other;
};

static inline void pem_dir_init(struct pem_dir *d)
{
	const struct issue what = { .kind = "P-256", .common_name = "a.test" };

	snprintf(d->path, sizeof(d->path), "/tmp/restante-unit-XXXXXX");
	assert_non_null(mkdtemp(d->path));
	issue(&what, &d->one);
	issue(&what, &d->other);
}

static inline void pem_dir_put_path(const struct pem_dir *d, const char *name,
				    char *path_r, size_t cap)
{
	int len = snprintf(path_r, cap, "%s/%s", d->path, name);

	assert_true(len > 0 && (size_t)len < cap);
}

/* Whoever reads the name sees the old file or the new one.  What is NULL is not
 * in it. */
static inline void pem_dir_write(const struct pem_dir *d, const char *name,
				 const struct issued *certificate,
				 const struct issued *key)
{
	char path[128], new[128];
	int fd;

	pem_dir_put_path(d, name, path, sizeof(path));
	pem_dir_put_path(d, "new", new, sizeof(new));
	fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	if (certificate != NULL) {
		issued_write_certificate(certificate, fd);
	}
	if (key != NULL) {
		issued_write_key(key, NULL, fd);
	}
	close(fd);
	assert_int_equal(rename(new, path), 0);
}

static inline void pem_dir_remove(const struct pem_dir *d, const char *name)
{
	char path[128];

	pem_dir_put_path(d, name, path, sizeof(path));
	(void)unlink(path);
}

/* names: of what is left in it; ends with NULL. */
static inline int pem_dir_finish(struct pem_dir *d, const char *const *names)
{
	for (; *names != NULL; names++) {
		pem_dir_remove(d, *names);
	}
	issued_finish(&d->one);
	issued_finish(&d->other);
	return rmdir(d->path);
}

#endif
