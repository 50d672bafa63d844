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

#include "ipc/packet.h"
#include "os/fd.h"

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static int create_shared(struct listing *l_r, size_t len)
{
	int fd = memfd_create("listing", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	void *memory;
	int error;

	if (fd < 0) {
		return -errno;
	}
	if (ftruncate(fd, (off_t)len) < 0) {
		error = errno;
		fd_close(&fd);
		return -error;
	}
	memory = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED) {
		error = errno;
		fd_close(&fd);
		return -error;
	}
	*l_r = (struct listing){ memory, len, fd };
	return 0;
}

int listing_create(struct listing *l_r, size_t len)
{
	void *memory;

	if (len > PACKET_INLINE_LISTING_MAX) {
		return create_shared(l_r, len);
	}
	memory = malloc(len);
	if (memory == NULL) {
		return -ENOMEM;
	}
	*l_r = (struct listing){ memory, len, -1 };
	return 0;
}

/* F_SEAL_WRITE wants that nobody can write: our mapping goes, and comes back
 * as a private one, for reading. */
int listing_seal(struct listing *l)
{
	int error = 0;

	if (l->fd == -1) {
		return 0;
	}
	munmap(l->memory, l->len);
	l->memory = NULL;
	if (fcntl(l->fd, F_ADD_SEALS, SEALS) < 0) {
		error = errno;
		listing_finish(l);
		return -error;
	}
	l->memory = mmap(NULL, l->len, PROT_READ, MAP_PRIVATE, l->fd, 0);
	if (l->memory == MAP_FAILED) {
		error = errno;
		l->memory = NULL;
		listing_finish(l);
	}
	return -error;
}

int listing_share(const struct listing *l, int *fd_r)
{
	struct listing copy = LISTING_NONE;
	int fd;
	int rc;

	if (l->fd != -1) {
		fd = fcntl(l->fd, F_DUPFD_CLOEXEC, 0);
		if (fd < 0) {
			return -errno;
		}
		*fd_r = fd;
		return 0;
	}
	rc = create_shared(&copy, l->len);
	if (rc < 0) {
		return rc;
	}
	memcpy(copy.memory, l->memory, l->len);
	rc = listing_seal(&copy);
	if (rc == 0) {
		*fd_r = copy.fd;
		copy.fd = -1;
		munmap(copy.memory, copy.len);
	}
	return rc;
}

void listing_finish(struct listing *l)
{
	if (l->fd == -1) {
		free(l->memory);
	} else if (l->memory != NULL) {
		munmap(l->memory, l->len);
	}
	fd_close(&l->fd);
	*l = LISTING_NONE;
}

bool listing_view(const struct listing *l, struct snapshot *s_r)
{
	return l->memory != NULL && snapshot_view(l->memory, l->len, s_r);
}
