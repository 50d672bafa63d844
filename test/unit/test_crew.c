// SPDX-License-Identifier: ISC
/*
 * test_crew.c - threads that take turns at a channel: one at a time, another
 * when that one is held up, none when they are dismissed.
 */
#include "unit.h"

#include <semaphore.h>
#include <unistd.h>

#include "ipc/crew.h"

#define THREADS CREW_CORES_PER_RECEIVER

static struct lookout lookout;
static struct crew crew;
static pthread_t threads[THREADS];
static sem_t packets, release;
static atomic_uint served, held_up, serving_threads;
static atomic_bool holds, is_over;
static atomic_uint wait_us; /* of each packet */

static void serve(struct crew_thread *t, unsigned *mine)
{
	crew_taken(t);
	if (atomic_load(&holds)) {
		atomic_fetch_add(&held_up, 1);
		sem_wait(&release);
	}
	if (atomic_load(&wait_us) != 0) {
		usleep(atomic_load(&wait_us));
	}
	if ((*mine)++ == 0) {
		atomic_fetch_add(&serving_threads, 1);
	}
	crew_served(t);
	atomic_fetch_add(&served, 1);
}

static void *work(void *arg)
{
	struct crew_thread t;
	unsigned mine = 0;

	(void)arg;
	crew_join(&crew, &t);
	while (crew_await_turn(&t)) {
		sem_wait(&packets);
		if (atomic_load(&is_over)) {
			break;
		}
		serve(&t, &mine);
	}
	crew_dismiss(&crew);
	crew_leave(&t);
	return NULL;
}

static int begin_test(void **state)
{
	(void)state;
	served = held_up = serving_threads = wait_us = 0;
	holds = is_over = false;
	sem_init(&packets, 0, 0);
	sem_init(&release, 0, 0);
	lookout_init(&lookout);
	crew_begin(&crew, &lookout);
	crew.least = 1; /* on any machine */
	for (unsigned i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_create(&threads[i], NULL, work, NULL),
				 0);
	}
	return 0;
}

/* One leaves, and the others, which stand by, with it. */
static int end_test(void **state)
{
	(void)state;
	atomic_store(&is_over, true);
	for (unsigned i = 0; i < THREADS; i++) {
		sem_post(&packets);
	}
	for (unsigned i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	}
	crew_end(&crew);
	return 0;
}

static void await(atomic_uint *count, unsigned wanted)
{
	for (unsigned i = 0; i < 50000 && atomic_load(count) < wanted; i++) {
		usleep(100);
	}
	assert_true(atomic_load(count) >= wanted);
}

static void await_sleep(void)
{
	for (unsigned i = 0; i < 5000 && atomic_load(&lookout.is_awake); i++) {
		usleep(1000);
	}
	assert_false(atomic_load(&lookout.is_awake));
}

static void one_serves_all(void **state)
{
	(void)state;
	for (unsigned i = 1; i <= 200; i++) {
		sem_post(&packets);
		if (i % 10 == 0) {
			await(&served, i);
		}
	}
	await(&served, 200);
	assert_int_equal(atomic_load(&serving_threads), 1);
}

static void others_are_called_beside_who_is_held_up(void **state)
{
	(void)state;
	assert_int_equal(lookout_start(&lookout), 0);
	atomic_store(&holds, true);
	for (unsigned i = 0; i < THREADS; i++) {
		sem_post(&packets);
	}
	await(&held_up, THREADS);
	atomic_store(&holds, false);
	for (unsigned i = 0; i < THREADS; i++) {
		sem_post(&release);
	}
	await(&served, THREADS);
	sem_post(&packets); /* somebody still receives */
	await(&served, THREADS + 1);
	lookout_stop(&lookout);
}

static unsigned receivers(void)
{
	unsigned count;

	pthread_mutex_lock(&lookout.lock);
	count = crew.receivers;
	pthread_mutex_unlock(&lookout.lock);
	return count;
}

static void one_is_called_for_one_that_is_held_up(void **state)
{
	(void)state;
	assert_int_equal(lookout_start(&lookout), 0);
	atomic_store(&holds, true);
	sem_post(&packets);
	await(&held_up, 1);
	atomic_store(&holds, false);
	for (unsigned i = 1; i <= 100; i++) { /* ticks */
		sem_post(&packets);
		await(&served, i);
		usleep(CREW_TICK_MS * 1000);
	}
	assert_in_range(receivers(), 2, THREADS / 2); /* not all of them */
	sem_post(&release);
	await(&served, 101);
	lookout_stop(&lookout);
}

/* As many packets as it takes. */
static void feed_until(unsigned least, unsigned most)
{
	unsigned i = atomic_load(&served);

	for (unsigned fed = 0; fed < 20000; fed++) {
		if (receivers() >= least && receivers() <= most) {
			return;
		}
		sem_post(&packets);
		usleep(100);
		if (++i > 8) {
			await(&served, i - 8);
		}
	}
	fail_msg("%u receive", receivers());
}

static void more_receive_while_packets_wait_and_fewer_afterwards(void **state)
{
	(void)state;
	assert_int_equal(lookout_start(&lookout), 0);
	atomic_store(&wait_us, 1500); /* too short to be seen twice */
	feed_until(3, THREADS);
	atomic_store(&wait_us, 0);
	feed_until(1, 1);
	lookout_stop(&lookout);
}

static void the_lookout_sleeps_and_wakes(void **state)
{
	(void)state;
	assert_int_equal(lookout_start(&lookout), 0);
	for (unsigned i = 1; i <= 3; i++) {
		await_sleep();
		atomic_store(&holds, true);
		sem_post(&packets);
		sem_post(&packets);
		await(&held_up, 2 * i); /* so it was awake */
		atomic_store(&holds, false);
		sem_post(&release);
		sem_post(&release);
		await(&served, 2 * i);
	}
	lookout_stop(&lookout);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_serves_all),
		TEST(others_are_called_beside_who_is_held_up),
		TEST(one_is_called_for_one_that_is_held_up),
		TEST(more_receive_while_packets_wait_and_fewer_afterwards),
		TEST(the_lookout_sleeps_and_wakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
