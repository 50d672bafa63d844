// SPDX-License-Identifier: ISC
/*
 * sandbox_calls.h - system calls, as seccomp filters: those that a role may
 * make, and those that a program of a user's own may not.
 */
#ifndef OS_SANDBOX_CALLS_H
#define OS_SANDBOX_CALLS_H

#include "os/sandbox.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

/* Loads the filter for all threads to come.  0; -ENOSYS if the kernel has no
 * seccomp filters; or another negative errno. */
MUST_USE int sandbox_calls_load(enum sandbox_calls calls);

/* The same of the calls that no program of a user's own needs. */
MUST_USE int sandbox_refuse_load(void);

#endif
