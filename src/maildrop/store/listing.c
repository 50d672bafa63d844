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

static int copy_to(int fd, const struct listing *l)
{
	void *memory;

	if (ftruncate(fd, (off_t)l->len) < 0) {
		return -errno;
	}
	memory = mmap(NULL, l->len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED) {
		return -errno;
	}
	memcpy(memory, l->memory, l->len);
	munmap(memory, l->len); /* F_SEAL_WRITE wants that nobody can write */
	return fcntl(fd, F_ADD_SEALS, SEALS) < 0 ? -errno : 0;
}

/* The contents move into a memfd. */
static int move(struct listing *l)
{
	int fd = memfd_create("listing", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	void *memory;
	int rc;

	if (fd < 0) {
		return -errno;
	}
	rc = copy_to(fd, l);
	if (rc < 0) {
		fd_close(&fd);
		return rc;
	}
	memory = mmap(NULL, l->len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (memory == MAP_FAILED) {
		rc = -errno;
		fd_close(&fd);
		return rc;
	}
	free(l->memory);
	l->memory = memory;
	l->fd = fd;
	return 0;
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
