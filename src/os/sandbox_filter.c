// SPDX-License-Identifier: ISC
/*
 * sandbox_filter.c - making and loading a seccomp filter (sandbox_filter.h).
 * Runs in: who confines itself.  Trusts: libseccomp.  Allocates: the filter.
 */
#include "os/sandbox_filter.h"

#include <errno.h>

int sandbox_filter_init(scmp_filter_ctx *ctx_r, uint32_t action)
{
	scmp_filter_ctx ctx = seccomp_init(action);
	int rc;

	if (ctx == NULL) {
		return -ENOMEM;
	}
	/* or such a call would kill its thread alone, or pass by the rules */
	rc = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH,
			      SCMP_ACT_KILL_PROCESS);
	if (rc < 0) {
		seccomp_release(ctx);
		return rc;
	}
	*ctx_r = ctx;
	return 0;
}

int sandbox_filter_load(scmp_filter_ctx ctx, int rc)
{
	if (rc == 0) {
		rc = seccomp_load(ctx);
		rc = rc == -EINVAL ? -ENOSYS : rc;
	}
	seccomp_release(ctx);
	return rc;
}
