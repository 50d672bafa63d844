// SPDX-License-Identifier: ISC
/*
 * test_fetch_block.c - block.c: bounded, counted, released in another thread.
 */
#include "unit.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "fetch/limits.h"
#include "fetch/net/block.h"

static uv_loop_t loop;
static struct block_pool *pool;
static unsigned told;

static void on_freed(void *ctx)
{
	assert_ptr_equal(ctx, &told);
	told++;
}

static int begin(void **state)
{
	(void)state;
	told = 0;
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(block_pool_create(&loop, 2, &pool), 0);
	block_pool_watch(pool, on_freed, &told);
	return 0;
}

static int end(void **state)
{
	(void)state;
	block_pool_destroy(&pool);
	assert_null(pool);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	return 0;
}

static struct block *take(void)
{
	struct block *block = NULL;

	assert_int_equal(block_take(pool, &block), 0);
	assert_non_null(block);
	return block;
}

/* What is told comes by the loop, which has nothing else to run for. */
static void turn(void)
{
	uv_run(&loop, UV_RUN_NOWAIT);
}

static void test_there_are_so_many(void **state)
{
	struct block *a = take();
	struct block *b = take();
	struct block *none = NULL;

	(void)state;
	memset(a->octets, 1, FETCH_BLOCK_OCTETS);
	memset(b->octets, 2, FETCH_BLOCK_OCTETS);
	assert_int_equal(block_take(pool, &none), -EAGAIN);
	assert_null(none);
	block_release(&a);
	assert_null(a);
	turn();
	assert_int_equal(told, 1);
	a = take();
	assert_int_equal(b->octets[FETCH_BLOCK_OCTETS - 1], 2);
	block_release(&a);
	block_release(&b);
}

/* Nobody is told who was not refused. */
static void test_only_want_is_told(void **state)
{
	struct block *a = take();

	(void)state;
	block_release(&a);
	turn();
	assert_int_equal(told, 0);
}

static void test_every_holder_counts(void **state)
{
	struct block *a = take();
	struct block *b = take();
	struct block *same = a;
	struct block *none = NULL;

	(void)state;
	block_hold(a);
	block_release(&a);
	assert_int_equal(block_take(pool, &none), -EAGAIN);
	turn();
	assert_int_equal(told, 0);
	block_release(&same);
	turn();
	assert_int_equal(told, 1);
	block_release(&b);
	block_release(&none);
}

static void test_nobody_watches(void **state)
{
	struct block *a = take();
	struct block *b = take();
	struct block *none = NULL;

	(void)state;
	assert_int_equal(block_take(pool, &none), -EAGAIN);
	block_pool_watch(pool, NULL, NULL);
	block_release(&a);
	block_release(&b);
	turn();
	assert_int_equal(told, 0);
}

/* A carrier that is late lives on with its block. */
static void test_blocks_outlive_the_pool(void **state)
{
	struct block_pool *own;
	struct block *a = NULL, *b = NULL, *none = NULL;

	(void)state;
	assert_int_equal(block_pool_create(&loop, 2, &own), 0);
	assert_int_equal(block_take(own, &a), 0);
	assert_int_equal(block_take(own, &b), 0);
	assert_int_equal(block_take(own, &none), -EAGAIN);
	block_pool_destroy(&own);
	memset(a->octets, 3, FETCH_BLOCK_OCTETS);
	block_release(&b);
	block_release(&a);
	turn();
}

/* --- a thread that carries --- */

#define ROUNDS 20000u

struct belt {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct block *blocks[2];
	size_t count;
	bool is_over;
	uint64_t sum;
};

static void *carry(void *arg)
{
	struct belt *belt = arg;

	pthread_mutex_lock(&belt->lock);
	while (!belt->is_over || belt->count != 0) {
		struct block *block;

		if (belt->count == 0) {
			pthread_cond_wait(&belt->changed, &belt->lock);
			continue;
		}
		block = belt->blocks[--belt->count];
		pthread_mutex_unlock(&belt->lock);
		belt->sum += block->octets[7];
		block_release(&block);
		pthread_mutex_lock(&belt->lock);
	}
	pthread_mutex_unlock(&belt->lock);
	return NULL;
}

static void hand_over(struct belt *belt, struct block *block)
{
	pthread_mutex_lock(&belt->lock);
	belt->blocks[belt->count++] = block;
	pthread_cond_signal(&belt->changed);
	pthread_mutex_unlock(&belt->lock);
}

/* Each time that there is none it waits to be told: if it were not, this would
 * hang. */
static void test_another_thread_releases(void **state)
{
	struct belt belt = { .lock = PTHREAD_MUTEX_INITIALIZER,
			     .changed = PTHREAD_COND_INITIALIZER };
	pthread_t thread;
	uint64_t sum = 0;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, carry, &belt), 0);
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct block *block = NULL;

		while (block_take(pool, &block) == -EAGAIN) {
			unsigned before = told;

			while (told == before) {
				uv_run(&loop, UV_RUN_NOWAIT);
			}
		}
		block->octets[7] = (uint8_t)i;
		sum += (uint8_t)i;
		hand_over(&belt, block);
	}
	pthread_mutex_lock(&belt.lock);
	belt.is_over = true;
	pthread_cond_signal(&belt.changed);
	pthread_mutex_unlock(&belt.lock);
	pthread_join(thread, NULL);
	assert_int_equal(belt.sum, sum);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_there_are_so_many, begin,
						end),
		cmocka_unit_test_setup_teardown(test_only_want_is_told, begin,
						end),
		cmocka_unit_test_setup_teardown(test_every_holder_counts, begin,
						end),
		cmocka_unit_test_setup_teardown(test_nobody_watches, begin,
						end),
		cmocka_unit_test_setup_teardown(test_blocks_outlive_the_pool,
						begin, end),
		cmocka_unit_test_setup_teardown(test_another_thread_releases,
						begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
