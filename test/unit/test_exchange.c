// SPDX-License-Identifier: ISC
/*
 * test_exchange.c - exchanges under way: found by their connection, bounded in
 * number and time, ended once each.  Meant for ThreadSanitizer too.
 */
#include "unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "auth/exchange.h"

#define LIFE_MS 1000u

static atomic_uint ended[8192];

#define ABANDONED 100u

/* In units if it was brought to its end, in hundreds if it was abandoned. */
static void count_end(void *ctx, void *what, bool is_abandoned)
{
	atomic_uint *n = what;

	assert_ptr_equal(ctx, ended);
	(void)atomic_fetch_add(n, is_abandoned ? ABANDONED : 1);
}

static unsigned times(size_t i)
{
	return ended[i] / ABANDONED + ended[i] % ABANDONED;
}

static struct exchanges_shared shared;

static int set_up(void **state)
{
	(void)state;
	memset(ended, 0, sizeof(ended));
	shared.all_max = 6;
	shared.peer_max = 4;
	shared.life_ms = LIFE_MS;
	shared.end = count_end;
	shared.ctx = ended;
	return 0;
}

/* Each test must leave none behind. */
static int tear_down(void **state)
{
	(void)state;
	return atomic_load(&shared.count) == 0 ? 0 : -1;
}

static void one_is_found_by_its_connection(void **state)
{
	struct exchanges *e = exchanges_create(&shared);
	struct exchange *x;

	(void)state;
	assert_true(exchanges_put(e, 7, &ended[0], 5));
	assert_true(exchanges_put(e, 7 + 256, &ended[1], 5)); /* one bucket */
	assert_null(exchanges_take(e, 8, 5));
	x = exchanges_take(e, 7, 5);
	assert_non_null(x);
	assert_ptr_equal(exchange_what(x), &ended[0]);
	assert_null(exchanges_take(e, 7, 5)); /* taken */
	exchange_keep(e, x);
	x = exchanges_take(e, 7, 5);
	assert_non_null(x);
	exchange_end(e, x, false);
	assert_int_equal(ended[0], 1);
	assert_null(exchanges_take(e, 7, 5));
	x = exchanges_take(e, 7 + 256, 5);
	assert_ptr_equal(exchange_what(x), &ended[1]);
	exchange_keep(e, x);
	exchanges_destroy(&e);
	assert_null(e);
	assert_int_equal(ended[1], 1);
}

static void another_of_a_connection_replaces_the_first(void **state)
{
	struct exchanges *e = exchanges_create(&shared);
	struct exchange *x, *y;

	(void)state;
	assert_true(exchanges_put(e, 7, &ended[0], 5));
	assert_true(exchanges_put(e, 7, &ended[1], 5));
	assert_int_equal(ended[0], ABANDONED);
	x = exchanges_take(e, 7, 5);
	assert_true(exchanges_put(e, 7, &ended[2], 5));
	assert_int_equal(ended[1], 0); /* in use */
	y = exchanges_take(e, 7, 5);
	assert_ptr_equal(exchange_what(y), &ended[2]);
	exchange_keep(e, x);
	assert_int_equal(ended[1], ABANDONED);
	exchange_keep(e, y);
	exchanges_destroy(&e);
	assert_int_equal(ended[2], 1);
}

static void it_ends_when_its_time_is_over(void **state)
{
	struct exchanges *e = exchanges_create(&shared);
	struct exchange *x;

	(void)state;
	assert_true(exchanges_put(e, 1, &ended[0], 100));
	assert_true(exchanges_put(e, 2, &ended[1], 200));
	x = exchanges_take(e, 1, 99); /* read before the other thread put */
	assert_non_null(x);
	exchange_keep(e, x);
	x = exchanges_take(e, 1, 100 + LIFE_MS - 1);
	assert_non_null(x);
	exchange_keep(e, x); /* which gives no more time */
	assert_null(exchanges_take(e, 1, 100 + LIFE_MS));
	assert_int_equal(ended[0], ABANDONED);
	x = exchanges_take(e, 2, 100 + LIFE_MS);
	assert_non_null(x);
	assert_null(exchanges_take(e, 2, 200 + LIFE_MS));
	assert_int_equal(ended[1], 0); /* in use */
	exchange_keep(e, x);
	assert_int_equal(ended[1], ABANDONED);
	assert_null(exchanges_take(e, 2, 200));
	exchanges_destroy(&e);
}

static void it_can_be_forgotten(void **state)
{
	struct exchanges *e = exchanges_create(&shared);
	struct exchange *x;

	(void)state;
	exchanges_forget(e, 1);
	assert_true(exchanges_put(e, 1, &ended[0], 0));
	exchanges_forget(e, 1);
	assert_int_equal(ended[0], ABANDONED);
	assert_null(exchanges_take(e, 1, 0));
	assert_true(exchanges_put(e, 1, &ended[1], 0));
	x = exchanges_take(e, 1, 0);
	exchanges_forget(e, 1);
	exchanges_forget(e, 1);
	assert_int_equal(ended[1], 0);
	exchange_keep(e, x);
	assert_int_equal(ended[1], ABANDONED);
	assert_true(exchanges_put(e, 1, &ended[2], 0));
	x = exchanges_take(e, 1, 0);
	exchanges_forget(e, 1);
	exchange_end(e, x, false);
	assert_int_equal(ended[2], 1);
	assert_true(exchanges_put(e, 1, &ended[3], 0));
	exchange_end(e, exchanges_take(e, 1, 0), true);
	assert_int_equal(ended[3], ABANDONED);
	exchanges_destroy(&e);
}

static void there_are_so_many_and_no_more(void **state)
{
	struct exchanges *e = exchanges_create(&shared);
	struct exchanges *f = exchanges_create(&shared);
	struct exchange *x;

	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		assert_true(exchanges_put(e, i, &ended[i], i));
	}
	assert_false(exchanges_put(e, 4, &ended[4], 4)); /* of this peer */
	assert_true(exchanges_put(f, 0, &ended[5], 5));
	assert_true(exchanges_put(f, 1, &ended[6], 6));
	assert_false(exchanges_put(f, 2, &ended[7], 7)); /* in all */
	assert_int_equal(atomic_load(&shared.count), 6);
	assert_true(exchanges_put(f, 1, &ended[7], 8)); /* instead */
	assert_int_equal(ended[6], ABANDONED);
	/* the oldest makes room, also while it is taken and forgotten */
	x = exchanges_take(e, 1, 0);
	assert_true(exchanges_put(e, 5, &ended[8], LIFE_MS));
	assert_false(exchanges_put(e, 6, &ended[9], LIFE_MS));
	assert_false(exchanges_put(e, 6, &ended[9], LIFE_MS + 1));
	exchange_keep(e, x);
	assert_true(exchanges_put(e, 6, &ended[9], LIFE_MS + 1));
	exchanges_destroy(&e);
	assert_int_equal(atomic_load(&shared.count), 2);
	exchanges_destroy(&f);
	for (uint32_t i = 0; i < 10; i++) {
		assert_int_equal(times(i), i != 4);
	}
}

static unsigned looks;

static void look_around(void *ctx, void *what, bool is_abandoned)
{
	(void)what, (void)is_abandoned;
	looks++;
	assert_null(exchanges_take(ctx, 99, 0));
}

/* Nobody waits for what ends: the lock is free meanwhile. */
static void one_is_ended_without_the_lock(void **state)
{
	struct exchanges *e = exchanges_create(&shared);

	(void)state;
	shared.end = look_around;
	shared.ctx = e;
	looks = 0;
	assert_true(exchanges_put(e, 1, &ended[0], 0));
	exchange_end(e, exchanges_take(e, 1, 0), false);
	assert_true(exchanges_put(e, 1, &ended[0], 0));
	assert_true(exchanges_put(e, 1, &ended[0], 0)); /* replaced */
	exchanges_forget(e, 1);
	assert_int_equal(looks, 3);
	assert_true(exchanges_put(e, 1, &ended[0], 0));
	assert_true(exchanges_put(e, 2, &ended[0], 0));
	assert_null(exchanges_take(e, 1, LIFE_MS)); /* too old, both */
	assert_int_equal(looks, 5);
	exchanges_destroy(&e);
}

#define THREADS 4
#define ROUNDS  2000

struct hammer {
	struct exchanges *e;
	uint32_t number;
};

static void *hammer(void *arg)
{
	const struct hammer *h = arg;

	for (uint32_t i = 0; i < ROUNDS; i++) {
		atomic_uint *what = &ended[h->number * ROUNDS + i];
		uint64_t conn = i % 3;
		struct exchange *x;

		if (!exchanges_put(h->e, conn, what, i)) {
			(void)atomic_fetch_add(what, 1);
		}
		x = exchanges_take(h->e, conn, i);
		if (x != NULL && i % 2 == 0) {
			exchange_end(h->e, x, false);
		} else if (x != NULL) {
			exchange_keep(h->e, x);
		}
		if (i % 5 == 0) {
			exchanges_forget(h->e, conn);
		}
	}
	return NULL;
}

static void threads_end_each_once(void **state)
{
	struct exchanges *e = exchanges_create(&shared);
	struct hammer h[THREADS];
	pthread_t threads[THREADS];

	(void)state;
	for (uint32_t i = 0; i < THREADS; i++) {
		h[i] = (struct hammer){ e, i };
		assert_int_equal(
		    pthread_create(&threads[i], NULL, hammer, &h[i]), 0);
	}
	for (uint32_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	}
	exchanges_destroy(&e);
	for (uint32_t i = 0; i < THREADS * ROUNDS; i++) {
		assert_int_equal(times(i), 1);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_is_found_by_its_connection),
		TEST(another_of_a_connection_replaces_the_first),
		TEST(it_ends_when_its_time_is_over),
		TEST(it_can_be_forgotten),
		TEST(there_are_so_many_and_no_more),
		TEST(one_is_ended_without_the_lock),
		TEST(threads_end_each_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
