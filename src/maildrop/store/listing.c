// SPDX-License-Identifier: ISC
/*
 * listing.c - the memory that a snapshot stands in (listing.h).
 * Runs in: maildrop.  Trusts: its caller.
 */
#include "store/listing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "os/fd.h"

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

int listing_create(struct listing *l_r, size_t len)
{
	void *memory = malloc(len);

	if (memory == NULL) {
		return -ENOMEM;
	}
	*l_r = (struct listing){ memory, len, -1 };
	return 0;
}

/* By writing, which takes whole pages as they come; and if what is read cannot
 * be, since somebody cut LMDB's file short, it is an error and no signal. */
static int write_and_seal(int fd, const void *at, size_t len)
{
	int rc = fd_write_all(fd, at, len);

	if (rc == 0 && fcntl(fd, F_ADD_SEALS, SEALS) < 0) {
		rc = -errno;
	}
	return rc;
}

int listing_create_shared(struct listing *l_r, const void *at, size_t len)
{
	int fd = memfd_create("listing", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	void *memory;
	int rc;

	if (fd < 0) {
		return -errno;
	}
	rc = write_and_seal(fd, at, len);
	if (rc < 0) {
		fd_close(&fd);
		return rc;
	}
	memory = mmap(NULL, len, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (memory == MAP_FAILED) {
		rc = -errno;
		fd_close(&fd);
		return rc;
	}
	*l_r = (struct listing){ memory, len, fd };
	return 0;
}

/* The contents move into a memfd. */
static int move(struct listing *l)
{
	struct listing moved;
	int rc = listing_create_shared(&moved, l->memory, l->len);

	if (rc == 0) {
		free(l->memory);
		*l = moved;
	}
	return rc;
}

int listing_share(struct listing *l, int *fd_r)
{
	int rc = l->fd == -1 ? move(l) : 0;
	int fd;

	if (rc < 0) {
		return rc;
	}
	fd = fcntl(l->fd, F_DUPFD_CLOEXEC, 0);
	if (fd < 0) {
		return -errno;
	}
	*fd_r = fd;
	return 0;
}

void listing_finish(struct listing *l)
{
	if (l->fd == -1) {
		free(l->memory);
	} else {
		munmap(l->memory, l->len);
	}
	fd_close(&l->fd);
	*l = LISTING_NONE;
}

bool listing_view(const struct listing *l, struct snapshot *s_r)
{
	return l->memory != NULL && snapshot_view(l->memory, l->len, s_r);
}
