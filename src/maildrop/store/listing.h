// SPDX-License-Identifier: ISC
/*
 * listing.h - the memory that a snapshot stands in: of the heap if it is small
 * enough for a packet, else a memfd, which is sealed when it is complete so
 * that its receivers can rely on it.
 */
#ifndef STORE_LISTING_H
#define STORE_LISTING_H

#include "ipc/snapshot.h"

struct listing {
	void *memory; /* NULL is none */
	size_t len;
	int fd; /* the sealed memfd, or -1 */
};

#define LISTING_NONE ((struct listing){ .memory = NULL, .len = 0, .fd = -1 })

/* Room for len octets, to be written by the caller and then sealed. 0, or a
 * negative errno. */
MUST_USE int listing_create(struct listing *l_r, size_t len);

/* No more writing.  0, or a negative errno, and *l is finished. */
MUST_USE int listing_seal(struct listing *l);

/* A descriptor of a sealed memfd with the same contents, for the caller to
 * close. 0, or a negative errno. */
MUST_USE int listing_share(const struct listing *l, int *fd_r);

/* Gives back what it holds; it is LISTING_NONE then. */
void listing_finish(struct listing *l);

/* The snapshot in it.  False if there is none. */
MUST_USE bool listing_view(const struct listing *l, struct snapshot *s_r);

#endif
