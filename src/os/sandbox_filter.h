// SPDX-License-Identifier: ISC
/*
 * sandbox_filter.h - a seccomp filter, from its beginning to the kernel.
 */
#ifndef OS_SANDBOX_FILTER_H
#define OS_SANDBOX_FILTER_H

#include <seccomp.h>
#include <stdint.h>

#include "base/checked.h"

/* A filter without rules: what none is about gets that action, and a call of
 * another architecture kills the process.  0, and sandbox_filter_load is due;
 * or a negative errno. */
MUST_USE int sandbox_filter_init(scmp_filter_ctx *ctx_r, uint32_t action);

/* Releases it; and if rc, that of its rules, is 0, loads it before, for all
 * threads to come.  0; -ENOSYS if the kernel has no seccomp filters; or rc or
 * another negative errno. */
MUST_USE int sandbox_filter_load(scmp_filter_ctx ctx, int rc);

#endif
