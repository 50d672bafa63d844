// SPDX-License-Identifier: ISC
/*
 * test_pool.c - work in turns: nobody's jobs delay another's by more than a
 * turn, nobody fills the places, and what gives way is told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "auth/pool.h"

struct job {
	struct pool_job job;
	uint32_t number;
};

static atomic_uint runs, pushes;
static _Atomic uint32_t last_pushed;

static void run(void *ctx, struct pool_job *job)
{
	(void)ctx;
	free(LIST_OWNER(job, struct job, job));
	atomic_fetch_add(&runs, 1);
}

static void push_out(void *ctx, struct pool_job *job)
{
	struct job *j = LIST_OWNER(job, struct job, job);

	(void)ctx;
	last_pushed = j->number;
	free(j);
	atomic_fetch_add(&pushes, 1);
}

static const struct pool_ops ops = { run, push_out };

static struct pool *make(uint32_t jobs, uint32_t per_source)
{
	struct pool_limits limits = { 3, jobs, per_source };
	struct pool *pool = pool_create(&limits, &ops, NULL);

	assert_non_null(pool);
	atomic_store(&runs, 0);
	atomic_store(&pushes, 0);
	return pool;
}

static int add(struct pool *pool, enum pool_class kind, uint64_t source,
	       uint32_t number)
{
	struct job *j = calloc(1, sizeof(*j));
	int rc;

	assert_non_null(j);
	j->job.kind = kind;
	j->job.source = source;
	j->number = number;
	rc = pool_add(pool, &j->job);
	if (rc < 0) {
		free(j);
	}
	return rc;
}

static void must_add(struct pool *pool, enum pool_class kind, uint64_t source,
		     uint32_t number)
{
	assert_int_equal(add(pool, kind, source, number), 0);
}

/* The number of the next job; 0 if there is none. */
static uint32_t take(struct pool *pool)
{
	struct pool_job *job = pool_take(pool);
	struct job *j;
	uint32_t number;

	if (job == NULL) {
		return 0;
	}
	j = LIST_OWNER(job, struct job, job);
	number = j->number;
	free(j);
	return number;
}

static void expect(struct pool *pool, const uint32_t *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(take(pool), numbers[i]);
	}
	assert_int_equal(take(pool), 0);
}

#define EXPECT(pool, ...)                                                      \
	do {                                                                   \
		static const uint32_t want[] = { __VA_ARGS__ };                \
		expect(pool, want, sizeof(want) / sizeof(want[0]));            \
	} while (0)

static void sources_take_turns(void **state)
{
	struct pool *pool = make(100, 50);

	(void)state;
	for (uint32_t i = 1; i <= 4; i++) {
		must_add(pool, POOL_STRANGER, 7, i);
	}
	must_add(pool, POOL_STRANGER, 8, 11);
	must_add(pool, POOL_STRANGER, 8, 12);
	must_add(pool, POOL_STRANGER, 9, 21);
	EXPECT(pool, 1, 11, 21, 2, 12, 3, 4);
	/* who comes again stands behind those who wait */
	must_add(pool, POOL_STRANGER, 7, 1);
	must_add(pool, POOL_STRANGER, 8, 11);
	assert_int_equal(take(pool), 1);
	must_add(pool, POOL_STRANGER, 7, 2);
	EXPECT(pool, 11, 2);
	pool_destroy(&pool);
	assert_null(pool);
}

static void the_familiar_have_three_turns_in_four(void **state)
{
	struct pool *pool = make(100, 50);
	uint32_t strangers = 0;

	(void)state;
	for (uint32_t i = 0; i < 40; i++) {
		must_add(pool, POOL_STRANGER, i, 1);
		must_add(pool, POOL_FAMILIAR, i, 2);
	}
	for (uint32_t i = 0; i < 40; i++) {
		strangers += take(pool) == 1;
	}
	assert_int_equal(strangers, 10);
	while (take(pool) != 0) {
	}
	pool_destroy(&pool);
}

static void a_source_has_so_many_and_no_more(void **state)
{
	struct pool *pool = make(100, 3);

	(void)state;
	for (uint32_t i = 1; i <= 3; i++) {
		must_add(pool, POOL_STRANGER, 7, i);
	}
	assert_int_equal(add(pool, POOL_STRANGER, 7, 4), -EAGAIN);
	must_add(pool, POOL_FAMILIAR, 7, 5);
	must_add(pool, POOL_STRANGER, 8, 6);
	assert_int_equal(take(pool), 1);
	must_add(pool, POOL_STRANGER, 7, 7);
	assert_int_equal(atomic_load(&pushes), 0);
	while (take(pool) != 0) {
	}
	pool_destroy(&pool);
}

static void the_greedy_give_way(void **state)
{
	struct pool *pool = make(8, 8);

	(void)state;
	for (uint32_t i = 1; i <= 8; i++) {
		must_add(pool, POOL_STRANGER, 7, i);
	}
	must_add(pool, POOL_STRANGER, 8, 11);
	assert_int_equal(last_pushed, 8);
	must_add(pool, POOL_STRANGER, 9, 21);
	assert_int_equal(last_pushed, 7);
	must_add(pool, POOL_STRANGER, 9, 22);
	must_add(pool, POOL_STRANGER, 9, 23);
	assert_int_equal(last_pushed, 5);
	/* 4 of 7, 1 of 8, 3 of 9: nobody has two more than 9 would have */
	assert_int_equal(add(pool, POOL_STRANGER, 9, 24), -EAGAIN);
	assert_int_equal(add(pool, POOL_STRANGER, 7, 9), -EAGAIN);
	must_add(pool, POOL_STRANGER, 10, 31);
	assert_int_equal(last_pushed, 4);
	assert_int_equal(atomic_load(&pushes), 5);
	/* strangers take no places from the familiar */
	must_add(pool, POOL_FAMILIAR, 7, 41);
	assert_int_equal(atomic_load(&pushes), 5);
	EXPECT(pool, 1, 41, 11, 21, 31, 2, 22, 3, 23);
	pool_destroy(&pool);
}

static void when_all_have_one_there_is_no_place(void **state)
{
	struct pool *pool = make(8, 8);

	(void)state;
	for (uint32_t i = 1; i <= 8; i++) {
		must_add(pool, POOL_STRANGER, i, i);
	}
	assert_int_equal(add(pool, POOL_STRANGER, 9, 9), -EAGAIN);
	assert_int_equal(atomic_load(&pushes), 0);
	EXPECT(pool, 1, 2, 3, 4, 5, 6, 7, 8);
	for (uint32_t i = 11; i <= 18; i++) {
		must_add(pool, POOL_STRANGER, i, i);
	}
	while (take(pool) != 0) {
	}
	pool_destroy(&pool);
}

#define ADDERS 4
#define EACH   2000u

static struct pool *shared;
static atomic_uint refused;

static void *add_many(void *arg)
{
	uint64_t source = (uint64_t)(uintptr_t)arg;

	for (uint32_t i = 0; i < EACH; i++) {
		if (add(shared, i % 2 ? POOL_FAMILIAR : POOL_STRANGER,
			source + i % 5, i) < 0) {
			atomic_fetch_add(&refused, 1);
		}
	}
	return NULL;
}

/* Each job is run, pushed out or refused: none twice, none never. */
static void threads_add_and_run_at_once(void **state)
{
	pthread_t threads[ADDERS];
	unsigned done = 0;

	(void)state;
	shared = make(64, 16);
	atomic_store(&refused, 0);
	assert_int_equal(pool_start(shared), 0);
	for (uintptr_t i = 0; i < ADDERS; i++) {
		assert_int_equal(pthread_create(&threads[i], NULL, add_many,
						(void *)(i * 3)),
				 0);
	}
	for (int i = 0; i < ADDERS; i++) {
		pthread_join(threads[i], NULL);
	}
	for (int i = 0; i < 5000 && done != ADDERS * EACH; i++) {
		done = atomic_load(&runs) + atomic_load(&pushes) +
		       atomic_load(&refused);
		usleep(1000);
	}
	assert_int_equal(done, ADDERS * EACH);
	assert_true(atomic_load(&runs) > 0);
	pool_destroy(&shared);
}

/* The end waits for what was added. */
static void the_end_comes_when_all_is_done(void **state)
{
	struct pool *pool = make(100, 50);

	(void)state;
	for (uint32_t i = 0; i < 100; i++) {
		must_add(pool, POOL_STRANGER, i % 7, i);
	}
	assert_int_equal(pool_start(pool), 0);
	pool_destroy(&pool);
	assert_int_equal(atomic_load(&runs), 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources_take_turns),
		cmocka_unit_test(the_familiar_have_three_turns_in_four),
		cmocka_unit_test(a_source_has_so_many_and_no_more),
		cmocka_unit_test(the_greedy_give_way),
		cmocka_unit_test(when_all_have_one_there_is_no_place),
		cmocka_unit_test(threads_add_and_run_at_once),
		cmocka_unit_test(the_end_comes_when_all_is_done),
	};

	if (sodium_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
