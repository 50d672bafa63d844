// SPDX-License-Identifier: ISC
/*
 * sync_files.c - many files made durable at once (sync_files.h).
 * Runs in: a carrier thread, and threads that end before it returns.  Trusts:
 * its caller.  Allocates: the threads' stacks.
 */
#include "fetch/sink/sync_files.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "fetch/limits.h"
#include "os/thread.h"

struct work {
	struct sync_file *files;
	size_t count;
	atomic_size_t next;
};

static void sync_one(struct sync_file *file)
{
	int rc;

	do {
		rc = fdatasync(file->fd);
	} while (rc < 0 && errno == EINTR);
	file->error = rc < 0 ? errno : 0;
}

static void *sync_some(void *arg)
{
	struct work *w = arg;
	size_t i = atomic_fetch_add(&w->next, 1);

	while (i < w->count) {
		sync_one(&w->files[i]);
		i = atomic_fetch_add(&w->next, 1);
	}
	return NULL;
}

/* Signals go to the threads that want them. */
static size_t start(pthread_t *threads, size_t want, struct work *w)
{
	pthread_attr_t attr;
	sigset_t all;
	sigset_t before;
	size_t started = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, THREAD_STACK_OCTETS);
	while (started < want &&
	       pthread_create(&threads[started], &attr, sync_some, w) == 0) {
		started++;
	}
	pthread_attr_destroy(&attr);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
}

void sync_files(struct sync_file *files, size_t count)
{
	pthread_t threads[FETCH_SYNC_THREADS];
	struct work w = { .files = files, .count = count };
	size_t started;

	if (count == 0) {
		return;
	}
	started =
	    count - 1 < FETCH_SYNC_THREADS ? count - 1 : FETCH_SYNC_THREADS - 1;
	started = start(threads, started, &w);
	(void)sync_some(&w);
	for (size_t i = 0; i < started; i++) {
		pthread_join(threads[i], NULL);
	}
}
