// SPDX-License-Identifier: ISC
/*
 * threads.h - awaiting threads that nobody joins: what the kernel still has of
 * one at exit valgrind takes for a leak.
 */
#ifndef TEST_THREADS_H
#define TEST_THREADS_H

#include "unit.h"

#include <dirent.h>
#include <pthread.h>
#include <unistd.h>

static inline unsigned threads_now(void)
{
	DIR *dir = opendir("/proc/self/task");
	unsigned count = 0;

	assert_non_null(dir);
	while (readdir(dir)) {
		count++;
	}
	closedir(dir);
	return count;
}

static inline void *no_work(void *arg)
{
	return arg;
}

/* ThreadSanitizer starts one of its own beside the first. */
static inline unsigned threads_before_any(void)
{
	pthread_t first;

	assert_int_equal(pthread_create(&first, NULL, no_work, NULL), 0);
	assert_int_equal(pthread_join(first, NULL), 0);
	return threads_now();
}

/* Until there are as many as there were. */
static inline void await_threads(unsigned before)
{
	for (unsigned i = 0; i < 2000 && threads_now() > before; i++) {
		usleep(5000);
	}
	assert_true(threads_now() <= before);
}

#endif
