// SPDX-License-Identifier: ISC
/*
 * block.h - blocks of octets from the network, counted, from a pool that
 * bounds them.  The loop's thread fills them; whoever wants to keep octets of
 * one holds it, in any thread, and releases it in any thread.  What was filled
 * is not written to again while a holder is left: the loop only adds behind
 * it.
 */
#ifndef FETCH_NET_BLOCK_H
#define FETCH_NET_BLOCK_H

#include <stdatomic.h>
#include <uv.h>

#include "base/checked.h"

struct block_pool;

struct block {
	struct block_pool *pool;
	struct block *next; /* while it is free */
	atomic_uint holders;
	uint8_t *octets; /* FETCH_BLOCK_OCTETS of them */
};

/*
 * A pool of at most so many blocks, which are allocated when they are first
 * needed.  In the loop's thread; the loop runs on while there is the pool,
 * which may be all that it waits for.  0, or -ENOMEM.
 */
MUST_USE int block_pool_create(uv_loop_t *loop, uint32_t blocks_max,
			       struct block_pool **pool_r);

/*
 * In the loop's thread; takes NULL.  The pool, and the blocks that somebody
 * still holds, live until the last of them is released; the loop has to run on
 * for as long as it takes to close a handle.
 */
void block_pool_destroy(struct block_pool **pool);

/*
 * A block with one holder, the caller.  0; or *block_r is untouched: -EAGAIN,
 * if all are held, and once one is released freed is called in the loop's
 * thread (see block_pool_watch); or -ENOMEM.  In the loop's thread.
 */
MUST_USE int block_take(struct block_pool *pool, struct block **block_r);

/* Whom to tell; NULL: nobody. In the loop's thread. */
void block_pool_watch(struct block_pool *pool, void (*freed)(void *ctx),
		      void *ctx);

/* One more holder; the caller is one already.  Any thread. */
void block_hold(struct block *block);

/* One holder less, and *block is NULL; takes NULL.  Any thread. */
void block_release(struct block **block);

#endif
