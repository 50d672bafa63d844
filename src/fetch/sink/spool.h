// SPDX-License-Identifier: ISC
/*
 * spool.h - texts of the messages of a group, one behind the other: in memory
 * up to FETCH_SPOOL_OCTETS, beyond that in one file without a name, so that a
 * group costs one buffer and one descriptor however many and large they are.
 */
#ifndef FETCH_SINK_SPOOL_H
#define FETCH_SINK_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

struct spool {
	uint8_t *tail; /* what is not in the file */
	size_t tail_len;
	uint8_t *read; /* where a piece of the file is read to; or NULL */
	uint64_t file_len;
	int fd;      /* or -1 */
	size_t live; /* texts that were begun and not dropped */
};

/* Where a text is. */
struct spool_text {
	uint64_t at;
	uint64_t octets;
};

/* 0, or -ENOMEM. */
MUST_USE int spool_init(struct spool *sp);
void spool_finish(struct spool *sp);

/* A text begins; what is written belongs to it until the next begins. */
void spool_begin(struct spool *sp, struct spool_text *text);
/* 0, or a negative errno. */
MUST_USE int spool_write(struct spool *sp, struct spool_text *text,
			 const uint8_t *at, size_t len);
/* Forgets a text.  With the last one all room is given back. */
void spool_drop(struct spool *sp, struct spool_text *text);

/* A piece of the text from its octet at on, at most FETCH_SPOOL_OCTETS, which
 * lives until the next call about this spool.  *len_r is 0 behind the last one.
 * 0, or a negative errno. */
MUST_USE int spool_piece(struct spool *sp, const struct spool_text *text,
			 uint64_t at, const uint8_t **piece_r, size_t *len_r);

/* A file without a name that holds the text alone, to be read from its front:
 * its descriptor, or a negative errno. */
MUST_USE int spool_file(struct spool *sp, const struct spool_text *text);

#endif
