// SPDX-License-Identifier: ISC
/*
 * test_lane.c - the slow lane: turns, jobs that nobody wants any more, too many
 * jobs, and its end.
 */
#include "unit.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lane.h"
#include "limits.h"
#include "threads.h"

static struct lane lane;
static atomic_uint running, running_most, done;
static unsigned threads_before;

/* Reads until it is stopped, or for so many times. */
struct work {
	struct lane_job job;
	unsigned times;
	atomic_bool is_unwanted;
	atomic_uint read;
};

static struct work works[MAILDROP_LANE_JOBS_MAX + 1];

static struct work *work_of(struct lane_job *job)
{
	return (struct work *)(void *)job;
}

static void read_on(struct lane_job *job, struct store_pace *pace)
{
	struct work *w = work_of(job);

	while (w->read < w->times && pace->may_read(pace, 1)) {
		unsigned now = atomic_fetch_add(&running, 1) + 1;

		if (now > running_most) {
			running_most = now;
		}
		usleep(1000);
		atomic_fetch_sub(&running, 1);
		w->read++;
	}
}

static void count_done(struct lane_job *job)
{
	(void)job;
	done++;
}

static bool is_wanted(struct lane_job *job)
{
	return !work_of(job)->is_unwanted;
}

static int begin_test(void **state)
{
	(void)state;
	lane_init(&lane);
	running = running_most = done = 0;
	threads_before = threads_before_any();
	return 0;
}

static int end_test(void **state)
{
	(void)state;
	await_threads(threads_before);
	return 0;
}

static int add(unsigned i, unsigned times)
{
	works[i].job = (struct lane_job){ .run = read_on,
					  .done = count_done,
					  .is_wanted = is_wanted };
	works[i].times = times;
	works[i].is_unwanted = false;
	works[i].read = 0;
	return lane_add(&lane, &works[i].job);
}

static void await_done(unsigned count)
{
	for (unsigned i = 0; i < 2000 && done < count; i++) {
		usleep(5000);
	}
	assert_int_equal(done, count);
}

static void test_turns(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4 * MAILDROP_LANE_AT_ONCE; i++) {
		assert_int_equal(add(i, UINT32_MAX), 0);
	}
	assert_int_equal(add(100, 5), 0);
	await_done(1); /* however much the others have to do */
	assert_int_equal(works[100].read, 5);
	for (unsigned i = 0; i < 4 * MAILDROP_LANE_AT_ONCE; i++) {
		assert_true(works[i].read > 0);
	}
	assert_true(lane_stop(&lane));
	assert_int_equal(done, 4 * MAILDROP_LANE_AT_ONCE + 1);
	assert_true(running_most <= MAILDROP_LANE_AT_ONCE);
	assert_int_equal(add(0, 1), -EAGAIN); /* it has ended */
}

static void test_what_nobody_wants_ends(void **state)
{
	(void)state;
	assert_int_equal(add(0, UINT32_MAX), 0);
	assert_int_equal(add(1, UINT32_MAX), 0);
	works[0].is_unwanted = true;
	await_done(1);
	works[1].is_unwanted = true;
	await_done(2);
	assert_true(lane_stop(&lane));
}

static void test_too_many(void **state)
{
	(void)state;
	for (unsigned i = 0; i < MAILDROP_LANE_JOBS_MAX; i++) {
		assert_int_equal(add(i, UINT32_MAX), 0);
	}
	assert_int_equal(add(MAILDROP_LANE_JOBS_MAX, 1), -EAGAIN);
	assert_true(lane_stop(&lane));
	assert_int_equal(done, MAILDROP_LANE_JOBS_MAX);
}

static void note_priority(struct lane_job *job, struct store_pace *pace)
{
	assert_true(pace->stands_back);
	/* Linux's is the thread's own */
	work_of(job)->read = (unsigned)getpriority(PRIO_PROCESS, 0);
}

static void test_it_stands_back(void **state)
{
	int mine = getpriority(PRIO_PROCESS, 0);

	(void)state;
	works[0] = (struct work){ .job = { .run = note_priority,
					   .done = count_done,
					   .is_wanted = is_wanted } };
	assert_int_equal(lane_add(&lane, &works[0].job), 0);
	while (done == 0) {
		usleep(1000);
	}
	assert_true((int)works[0].read > mine || mine >= 10);
	assert_int_equal(getpriority(PRIO_PROCESS, 0), mine);
	assert_true(lane_stop(&lane));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_turns),
		TEST(test_it_stands_back),
		TEST(test_what_nobody_wants_ends),
		TEST(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
