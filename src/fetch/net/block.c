// SPDX-License-Identifier: ISC
/*
 * block.c - blocks of octets from a bounded pool (block.h).
 * Runs in: the collector, all threads.  Trusts: its callers.  Allocates: the
 * pool, and each block once.
 *
 * The pool itself is counted too: its owner is one holder, and each block that
 * is held another.  So a carrier that is late may outlive the account's visit.
 */
#include "fetch/net/block.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "fetch/limits.h"

struct block_pool {
	pthread_mutex_t lock;
	struct block *free; /* under lock, as what follows */
	uint32_t blocks;    /* that were allocated */
	uint32_t holders;   /* see above */
	bool is_wanted;     /* a take found none */
	bool is_open;       /* the handle is there */
	uint32_t blocks_max;
	uv_async_t *async;
	void (*freed)(void *ctx);
	void *ctx;
};

/* In the loop's thread. */
static void on_async(uv_async_t *async)
{
	struct block_pool *pool = async->data;

	if (pool != NULL && pool->freed != NULL) {
		pool->freed(pool->ctx);
	}
}

static void on_closed(uv_handle_t *handle)
{
	free(handle);
}

static int open_async(uv_loop_t *loop, struct block_pool *pool)
{
	pool->async = calloc(1, sizeof(*pool->async));
	if (pool->async == NULL) {
		return -ENOMEM;
	}
	if (uv_async_init(loop, pool->async, on_async) != 0) {
		free(pool->async);
		return -ENOMEM;
	}
	pool->async->data = pool;
	return 0;
}

int block_pool_create(uv_loop_t *loop, uint32_t blocks_max,
		      struct block_pool **pool_r)
{
	struct block_pool *pool = calloc(1, sizeof(*pool));
	int rc;

	if (pool == NULL) {
		return -ENOMEM;
	}
	rc = open_async(loop, pool);
	if (rc != 0) {
		free(pool);
		return rc;
	}
	pthread_mutex_init(&pool->lock, NULL);
	pool->blocks_max = blocks_max;
	pool->holders = 1;
	pool->is_open = true;
	*pool_r = pool;
	return 0;
}

static void free_block(struct block *block)
{
	free(block->octets);
	free(block);
}

/* Nobody holds anything of it. */
static void free_pool(struct block_pool *pool)
{
	while (pool->free != NULL) {
		struct block *block = pool->free;

		pool->free = block->next;
		free_block(block);
	}
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

/* Under lock, which it leaves. */
static void drop_pool(struct block_pool *pool)
{
	bool is_last = --pool->holders == 0;

	pthread_mutex_unlock(&pool->lock);
	if (is_last) {
		free_pool(pool);
	}
}

void block_pool_destroy(struct block_pool **poolp)
{
	struct block_pool *pool = *poolp;

	*poolp = NULL;
	if (pool == NULL) {
		return;
	}
	pthread_mutex_lock(&pool->lock);
	pool->is_open = false;
	pool->async->data = NULL;
	uv_close((uv_handle_t *)pool->async, on_closed);
	drop_pool(pool);
}

void block_pool_watch(struct block_pool *pool, void (*freed)(void *ctx),
		      void *ctx)
{
	pool->freed = freed;
	pool->ctx = ctx;
}

static struct block *allocate(struct block_pool *pool)
{
	struct block *block = calloc(1, sizeof(*block));

	if (block == NULL) {
		return NULL;
	}
	block->octets = aligned_alloc(4096, FETCH_BLOCK_OCTETS);
	if (block->octets == NULL) {
		free(block);
		return NULL;
	}
	block->pool = pool;
	return block;
}

/* Under lock. */
static int take(struct block_pool *pool, struct block **block_r)
{
	struct block *block = pool->free;

	if (block != NULL) {
		pool->free = block->next;
	} else if (pool->blocks == pool->blocks_max) {
		pool->is_wanted = true;
		return -EAGAIN;
	} else {
		block = allocate(pool);
		if (block == NULL) {
			return -ENOMEM;
		}
		pool->blocks++;
	}
	atomic_store(&block->holders, 1);
	pool->holders++;
	*block_r = block;
	return 0;
}

int block_take(struct block_pool *pool, struct block **block_r)
{
	int rc;

	pthread_mutex_lock(&pool->lock);
	rc = take(pool, block_r);
	pthread_mutex_unlock(&pool->lock);
	return rc;
}

void block_hold(struct block *block)
{
	unsigned before = atomic_fetch_add(&block->holders, 1);

	assert(before != 0);
}

void block_release(struct block **blockp)
{
	struct block *block = *blockp;
	struct block_pool *pool;

	*blockp = NULL;
	if (block == NULL || atomic_fetch_sub(&block->holders, 1) != 1) {
		return;
	}
	pool = block->pool;
	pthread_mutex_lock(&pool->lock);
	block->next = pool->free;
	pool->free = block;
	if (pool->is_wanted && pool->is_open) {
		pool->is_wanted = false;
		uv_async_send(pool->async);
	}
	drop_pool(pool);
}
