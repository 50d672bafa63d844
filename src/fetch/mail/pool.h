// SPDX-License-Identifier: ISC
/*
 * pool.h - strings that live and die together: in few large pieces of memory.
 */
#ifndef FETCH_MAIL_POOL_H
#define FETCH_MAIL_POOL_H

#include <stddef.h>

#include "base/checked.h"

struct pool_piece;

/* All zero is an empty one. */
struct pool {
	struct pool_piece *pieces;
	size_t left; /* octets free in the first */
};

/* A copy with a NUL behind it, good until pool_finish; NULL: no memory. */
MUST_USE const char *pool_copy(struct pool *p, const void *at, size_t len);
void pool_finish(struct pool *p);

#endif
