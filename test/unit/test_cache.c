// SPDX-License-Identifier: ISC
/*
 * test_cache.c - the cache of lists: kept, found, replaced, full, and used by
 * many threads.
 */
#include "unit.h"

#include <pthread.h>

#include "cache_impl.h"
#include "cache_lists.h"

static void test_none(void **state)
{
	struct cache *c = NULL;
	struct cache_head head;

	(void)state;
	assert_false(cache_find(c, id_of(1), &head));
	put(c, 1, 3, 10);
	cache_forget(c, id_of(1));
	cache_close(&c);
	assert_null(cache_open("/nowhere/at/all", MIB, false));
}

static void test_kept_replaced_forgotten(void **state)
{
	struct cache *c = open_cache();
	struct cache_head head;

	(void)state;
	assert_false(cache_find(c, id_of(1), &head));
	put(c, 1, 3, 10);
	put(c, 2, 500, 20);
	assert_true(has(c, 1, 3, 10));
	assert_true(has(c, 2, 500, 20));
	put(c, 1, 4, 11);
	assert_true(has(c, 1, 4, 11));
	cache_close(&c);
	assert_null(c);
	c = open_cache();
	assert_true(has(c, 1, 4, 11));
	assert_true(has(c, 2, 500, 20));
	cache_forget(c, id_of(1));
	assert_false(cache_find(c, id_of(1), &head));
	assert_true(has(c, 2, 500, 20));
	cache_close(&c);
	c = cache_open(dir, MIB, true);
	assert_false(cache_find(c, id_of(2), &head));
	cache_close(&c);
}

/* The head that a session was opened with is of a list that is replaced. */
static void test_a_head_of_before(void **state)
{
	struct cache *c = open_cache();
	struct listing l = LISTING_NONE;
	struct cache_head head;

	(void)state;
	put(c, 1, 300, 10);
	assert_true(cache_find(c, id_of(1), &head));
	put(c, 1, 300, 11);
	assert_false(cache_load(c, &head, &l));
	put(c, 1, 300, 10);
	assert_true(cache_load(c, &head, &l));
	listing_finish(&l);
	cache_close(&c);
}

static void test_full(void **state)
{
	struct cache *c = open_cache();
	struct cache_head head;
	unsigned kept = 0;

	(void)state;
	for (unsigned i = 0; i < 300; i++) {
		put(c, i, 500, i);
		kept += has(c, i, 500, i);
	}
	/* each time that it is full it is emptied, and then fills again */
	assert_true(kept > 250);
	for (unsigned i = 0; i < 4; i++) {
		put(c, 400, 5, 5); /* the pages are free two changes later */
	}
	put(c, 1000, 6000, 1); /* too large a part of it: not kept */
	assert_false(cache_find(c, id_of(1000), &head));
	assert_true(has(c, 400, 5, 5));
	cache_close(&c);
}

static struct cache *shared;

static void *use_it(void *arg)
{
	uintptr_t self = (uintptr_t)arg;

	for (unsigned i = 0; i < 200; i++) {
		put(shared, self, 3, 10 * self);
		put(shared, 100, 200, 7);
		if (!has(shared, self, 3, 10 * self) ||
		    !has(shared, 100, 200, 7)) {
			return "lost";
		}
		cache_forget(shared, id_of(self));
	}
	return NULL;
}

/* Some stand back: only theirs is always kept. */
static void *use_it_slowly(void *arg)
{
	uintptr_t self = (uintptr_t)arg;
	bool stands_back = self % 2 == 0;

	for (unsigned i = 0; i < 200; i++) {
		put_as(shared, self, 3, 10 * self, stands_back);
		put_as(shared, 100, 200, 7, stands_back);
		if (stands_back && (!has(shared, self, 3, 10 * self) ||
				    !has(shared, 100, 200, 7))) {
			return "lost";
		}
		cache_forget(shared, id_of(self));
		if (has(shared, self, 3, 10 * self)) {
			return "not forgotten";
		}
	}
	return NULL;
}

static void use_by_threads(void *(*use)(void *arg))
{
	pthread_t threads[4];

	shared = cache_open(dir, 16 * MIB, false);
	for (uintptr_t i = 0; i < 4; i++) {
		assert_int_equal(
		    pthread_create(&threads[i], NULL, use, (void *)(i + 1)), 0);
	}
	for (size_t i = 0; i < 4; i++) {
		void *what;

		assert_int_equal(pthread_join(threads[i], &what), 0);
		assert_null(what);
	}
	cache_close(&shared);
}

static void test_threads(void **state)
{
	(void)state;
	use_by_threads(use_it);
}

static void test_threads_that_stand_back(void **state)
{
	(void)state;
	use_by_threads(use_it_slowly);
}

static void *put_slowly(void *arg)
{
	(void)arg;
	put_as(shared, 1, 500, 1, true);
	return NULL;
}

static void *forget_third(void *arg)
{
	(void)arg;
	cache_forget(shared, id_of(3));
	return NULL;
}

/* LMDB's only writer is this thread, which so would wait for itself. */
static void test_nobody_waits_for_who_stands_back(void **state)
{
	pthread_t slow, forgetting;
	struct cache_head head;
	MDB_txn *txn;

	(void)state;
	shared = open_cache();
	put(shared, 2, 3, 1);
	put(shared, 3, 3, 1);
	assert_int_equal(mdb_txn_begin(shared->env, NULL, 0, &txn), 0);
	assert_int_equal(pthread_create(&slow, NULL, put_slowly, NULL), 0);
	while (shared->slow == 0) {
		usleep(1000);
	}
	put(shared, 2, 3, 2);
	assert_int_equal(pthread_create(&forgetting, NULL, forget_third, NULL),
			 0);
	usleep(50000);
	assert_true(has(shared, 2, 3, 1));
	mdb_txn_abort(txn);
	assert_int_equal(pthread_join(slow, NULL), 0);
	assert_int_equal(pthread_join(forgetting, NULL), 0);
	assert_true(has(shared, 1, 500, 1));
	assert_true(has(shared, 2, 3, 1)); /* that was not kept */
	assert_false(cache_find(shared, id_of(3), &head));
	put(shared, 2, 3, 2);
	assert_true(has(shared, 2, 3, 2));
	cache_close(&shared);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_none),
		TEST(test_kept_replaced_forgotten),
		TEST(test_a_head_of_before),
		TEST(test_full),
		TEST(test_threads),
		TEST(test_threads_that_stand_back),
		TEST(test_nobody_waits_for_who_stands_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
