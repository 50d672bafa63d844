// SPDX-License-Identifier: ISC
/*
 * thread.h - threads that nobody waits for.
 */
#ifndef OS_THREAD_H
#define OS_THREAD_H

#include "base/checked.h"

/*
 * Starts run(arg) in a detached thread with a stack of THREAD_STACK_OCTETS.  0,
 * or a negative errno.  Needs thread calls in a confined process (sandbox.h).
 */
MUST_USE int thread_start(void *(*run)(void *arg), void *arg);

/* Lets threads that have little to do go before the calling one, which works
 * long: from now on, for good.  Needs SANDBOX_AUTH's calls in a confined
 * process. */
void thread_stand_back(void);

/*
 * Lets the calling thread, and all that it starts, work in turns (SCHED_BATCH):
 * woken, it waits for a processor that is free, or for the end of another
 * thread's slice.  A role that takes the processor from who sent it a packet
 * finds one packet; one that waits finds several, and half the switches from
 * thread to thread are gone.  For use before confining the process.
 */
void thread_take_turns(void);

#define THREAD_STACK_OCTETS                                                    \
	(512u * 1024u) /* a few packets; libcrypt's is on the heap */

#endif
