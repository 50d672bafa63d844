// SPDX-License-Identifier: ISC
/*
 * listing.h - the memory that a snapshot stands in: the process's own, until it
 * is shared; from then on a memfd, sealed so that its receivers can rely on it.
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

/* Room for len octets, to be written by the caller.  0, or -ENOMEM. */
MUST_USE int listing_create(struct listing *l_r, size_t len);

/* A copy of len octets, which is shared from the start.  0, or a negative
 * errno. */
MUST_USE int listing_create_shared(struct listing *l_r, const void *at,
				   size_t len);

/*
 * A descriptor of a sealed memfd with its contents, for the caller to close.
 * What is there stays the same, but not where it is: look at it anew.  0, or a
 * negative errno.
 */
MUST_USE int listing_share(struct listing *l, int *fd_r);

/* Gives back what it holds; it is LISTING_NONE then. */
void listing_finish(struct listing *l);

/* The snapshot in it.  False if there is none. */
MUST_USE bool listing_view(const struct listing *l, struct snapshot *s_r);

#endif
