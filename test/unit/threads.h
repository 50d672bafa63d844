// SPDX-License-Identifier: ISC
/*
 * threads.h - awaiting threads that nobody joins: what the kernel still has of
 * one at exit valgrind takes for a leak.
 */
#ifndef TEST_THREADS_H
#define TEST_THREADS_H

#include "unit.h"

#include <dirent.h>
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

/* Until there are as many as there were. */
static inline void await_threads(unsigned before)
{
	for (unsigned i = 0; i < 2000 && threads_now() > before; i++) {
		usleep(5000);
	}
	assert_true(threads_now() <= before);
}

#endif
