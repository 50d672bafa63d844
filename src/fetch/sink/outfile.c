// SPDX-License-Identifier: ISC
/*
 * outfile.c - text in any cuts, written in large pieces (outfile.h).
 * Runs in: a carrier thread.  Trusts: its caller.  Allocates: its buffer.
 */
#include "fetch/sink/outfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/limits.h"
#include "os/fd.h"

int outfile_init(struct outfile *o)
{
	o->at = malloc(FETCH_WRITE_OCTETS);
	o->len = 0;
	o->fd = -1;
	return o->at == NULL ? -ENOMEM : 0;
}

void outfile_finish(struct outfile *o)
{
	free(o->at);
	o->at = NULL;
}

void outfile_begin(struct outfile *o, int fd)
{
	o->fd = fd;
	o->len = 0;
}

int outfile_flush(struct outfile *o)
{
	size_t len = o->len;

	o->len = 0;
	return fd_write_all(o->fd, o->at, len);
}

/* What fills a buffer by itself is not copied. */
int outfile_write(struct outfile *o, const uint8_t *at, size_t len)
{
	while (len != 0) {
		size_t n = FETCH_WRITE_OCTETS - o->len;
		int rc;

		if (o->len == 0 && len >= FETCH_WRITE_OCTETS) {
			return fd_write_all(o->fd, at, len);
		}
		n = n < len ? n : len;
		memcpy(o->at + o->len, at, n);
		o->len += n;
		at += n;
		len -= n;
		rc = o->len == FETCH_WRITE_OCTETS ? outfile_flush(o) : 0;
		if (rc < 0) {
			return rc;
		}
	}
	return 0;
}
