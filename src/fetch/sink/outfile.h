// SPDX-License-Identifier: ISC
/*
 * outfile.h - text in any cuts, written to a descriptor in large pieces.
 */
#ifndef FETCH_SINK_OUTFILE_H
#define FETCH_SINK_OUTFILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

struct outfile {
	uint8_t *at; /* FETCH_WRITE_OCTETS of them */
	size_t len;
	int fd; /* the caller's */
};

/* 0, or -ENOMEM. */
MUST_USE int outfile_init(struct outfile *o);
void outfile_finish(struct outfile *o);

/* From now on to fd; what was not flushed is forgotten. */
void outfile_begin(struct outfile *o, int fd);
/* 0, or a negative errno. */
MUST_USE int outfile_write(struct outfile *o, const uint8_t *at, size_t len);
MUST_USE int outfile_flush(struct outfile *o);

#endif
