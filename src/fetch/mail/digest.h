// SPDX-License-Identifier: ISC
/*
 * digest.h - what a message is known by besides its unique-id: SHA-256 over its
 * text with LF line ends.  Over its header the same, shortened, so that the
 * answer to TOP can be compared with a row.  Header fields that servers write
 * into a message between two visits (digest.c names them) are left out of both.
 */
#ifndef FETCH_MAIL_DIGEST_H
#define FETCH_MAIL_DIGEST_H

#include <stdint.h>

#include "fetch/why.h"

#define DIGEST_LEN      32u
#define DIGEST_HEAD_LEN 16u

struct digest_sum {
	uint8_t text[DIGEST_LEN];
	/* Of the header without the empty line behind it: a text and the answer
	 * to TOP n 0 have the same. */
	uint8_t head[DIGEST_HEAD_LEN];
	uint64_t octets; /* with LF line ends */
	uint64_t lines;  /* LFs: what CRLF line ends add to octets */
};

struct digest;

/* Good for any number of messages, one behind the other.  0; or -1 and
 * WHY_INTERNAL. */
MUST_USE int digest_create(struct digest **digest_r, struct why *why);
void digest_destroy(struct digest **digest);

/* Text with LF line ends, in any cuts.  What fails is told by digest_end. */
void digest_put(struct digest *d, const uint8_t *at, size_t len);

/* Begins the next, whether this one ended or not. */
void digest_begin(struct digest *d);

/* The sum of all that was put since the last begin or end; begins the next. */
MUST_USE int digest_end(struct digest *d, struct digest_sum *sum_r,
			struct why *why);

#endif
