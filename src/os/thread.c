// SPDX-License-Identifier: ISC
/*
 * thread.c - threads that nobody waits for (thread.h).
 * Runs in: auth, maildrop, key; session, which only takes turns.  Trusts: its
 * caller.  Allocates: a stack each.
 */
#include "os/thread.h"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

int thread_start(void *(*run)(void *arg), void *arg)
{
	pthread_attr_t attr;
	pthread_t thread;
	int rc;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, THREAD_STACK_OCTETS);
	rc = pthread_create(&thread, &attr, run, arg);
	pthread_attr_destroy(&attr);
	return -rc;
}

/* Linux's nice value is a thread's own; 0 means the calling one. */
#define NICE 10

void thread_stand_back(void)
{
	(void)setpriority(PRIO_PROCESS, 0, NICE);
}

/* Where it is forbidden all works as well, but for what it saves. */
void thread_take_turns(void)
{
	struct sched_param none = { .sched_priority = 0 };

	(void)sched_setscheduler(0, SCHED_BATCH, &none);
}
