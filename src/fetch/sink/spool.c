// SPDX-License-Identifier: ISC
/*
 * spool.c - texts of a group's messages (spool.h).
 * Runs in: a carrier thread.  Trusts: $TMPDIR, as all programs of a user do.
 * Allocates: its buffers.
 */
#include "fetch/sink/spool.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fetch/limits.h"
#include "fetch/sink/outfile.h"
#include "os/fd.h"

int spool_init(struct spool *sp)
{
	*sp = (struct spool){ .tail = malloc(FETCH_SPOOL_OCTETS), .fd = -1 };
	return sp->tail == NULL ? -ENOMEM : 0;
}

void spool_finish(struct spool *sp)
{
	free(sp->tail);
	free(sp->read);
	fd_close(&sp->fd);
}

/* On a disk rather than in memory.  The cage sets the variable if the user does
 * not: there the collector may write. */
static const char *folder(void)
{
	const char *path = getenv("TMPDIR");

	return path != NULL && path[0] == '/' ? path : "/var/tmp";
}

/* O_TMPFILE is not known to every file system. */
static int open_unnamed(void)
{
	char name[4096];
	int fd = open(folder(), O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	int len;

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) {
		return fd < 0 ? -errno : fd;
	}
	len = snprintf(name, sizeof(name), "%s/restante-XXXXXX", folder());
	if (len < 0 || (size_t)len >= sizeof(name)) {
		return -ENAMETOOLONG;
	}
	fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0) {
		return -errno;
	}
	(void)unlink(name);
	return fd;
}

void spool_begin(struct spool *sp, struct spool_text *text)
{
	text->at = sp->file_len + sp->tail_len;
	text->octets = 0;
	sp->live++;
}

static int spill(struct spool *sp)
{
	int rc = sp->fd == -1 ? open_unnamed() : sp->fd;

	if (rc < 0) {
		return rc;
	}
	sp->fd = rc;
	rc = fd_write_all(sp->fd, sp->tail, sp->tail_len);
	if (rc == 0) {
		sp->file_len += sp->tail_len;
		sp->tail_len = 0;
	}
	return rc;
}

int spool_write(struct spool *sp, struct spool_text *text, const uint8_t *at,
		size_t len)
{
	assert(text->at + text->octets == sp->file_len + sp->tail_len);
	while (len != 0) {
		size_t n = FETCH_SPOOL_OCTETS - sp->tail_len;
		int rc = n == 0 ? spill(sp) : 0;

		if (rc < 0) {
			return rc;
		}
		n = FETCH_SPOOL_OCTETS - sp->tail_len;
		n = n < len ? n : len;
		memcpy(sp->tail + sp->tail_len, at, n);
		sp->tail_len += n;
		text->octets += n;
		at += n;
		len -= n;
	}
	return 0;
}

/* A file that cannot be cut goes; the next one is made when it is needed. */
void spool_drop(struct spool *sp, struct spool_text *text)
{
	(void)text;
	assert(sp->live != 0);
	sp->live--;
	if (sp->live != 0) {
		return;
	}
	if (sp->fd != -1 &&
	    (ftruncate(sp->fd, 0) < 0 || lseek(sp->fd, 0, SEEK_SET) < 0)) {
		fd_close(&sp->fd);
	}
	sp->file_len = 0;
	sp->tail_len = 0;
}

static int read_piece(struct spool *sp, uint64_t from, size_t want,
		      const uint8_t **piece_r, size_t *len_r)
{
	ssize_t n;

	if (sp->read == NULL) {
		sp->read = malloc(FETCH_SPOOL_OCTETS);
	}
	if (sp->read == NULL) {
		return -ENOMEM;
	}
	do {
		n = pread(sp->fd, sp->read, want, (off_t)from);
	} while (n < 0 && errno == EINTR);
	if (n <= 0) {
		return n == 0 ? -EIO : -errno;
	}
	*piece_r = sp->read;
	*len_r = (size_t)n;
	return 0;
}

int spool_piece(struct spool *sp, const struct spool_text *text, uint64_t at,
		const uint8_t **piece_r, size_t *len_r)
{
	uint64_t from = text->at + at;
	uint64_t left = text->octets - at;
	uint64_t in_file = from < sp->file_len ? sp->file_len - from : 0;

	assert(at <= text->octets);
	if (left == 0) {
		*len_r = 0;
		return 0;
	}
	if (in_file == 0) {
		*piece_r = sp->tail + (from - sp->file_len);
		*len_r = (size_t)left;
		return 0;
	}
	left = left < in_file ? left : in_file;
	left = left < FETCH_SPOOL_OCTETS ? left : FETCH_SPOOL_OCTETS;
	return read_piece(sp, from, (size_t)left, piece_r, len_r);
}

static int copy_to(struct spool *sp, const struct spool_text *text, int fd)
{
	uint64_t at = 0;
	const uint8_t *piece = NULL;
	size_t len;
	int rc;

	do {
		rc = spool_piece(sp, text, at, &piece, &len);
		if (rc == 0 && len != 0) {
			rc = fd_write_all(fd, piece, len);
		}
		at += len;
	} while (rc == 0 && len != 0);
	return rc == 0 && lseek(fd, 0, SEEK_SET) < 0 ? -errno : rc;
}

int spool_file(struct spool *sp, const struct spool_text *text)
{
	int fd;
	int rc;

	if (text->octets <= FETCH_SPOOL_OCTETS) {
		fd = memfd_create("message", MFD_CLOEXEC);
		fd = fd < 0 ? -errno : fd;
	} else {
		fd = open_unnamed();
	}
	rc = fd < 0 ? fd : copy_to(sp, text, fd);
	if (rc < 0 && fd >= 0) {
		fd_close(&fd);
	}
	return rc < 0 ? rc : fd;
}
