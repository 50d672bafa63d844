// SPDX-License-Identifier: ISC
/*
 * sandbox_calls.h - the system calls of each role, as a seccomp filter.
 */
#ifndef OS_SANDBOX_CALLS_H
#define OS_SANDBOX_CALLS_H

#include "os/sandbox.h"

/* Loads the filter for all threads to come.  0; -ENOSYS if the kernel has no
 * seccomp filters; or another negative errno. */
MUST_USE int sandbox_calls_load(enum sandbox_calls calls);

#endif
