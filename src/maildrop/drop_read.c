// SPDX-License-Identifier: ISC
/*
 * drop_read.c - handing out a maildrop's list (drop.h).
 * Runs in: maildrop, in any thread.
 * Trusts: its caller.
 */
#include <errno.h>

#include "drop_impl.h"

enum packet_status drop_view(const struct drop *d, struct snapshot *s_r,
			     struct store_fault *fault)
{
	if (d->stored == NULL) {
		return STATUS_GONE;
	}
	if (d->listing.memory == NULL) {
		return STATUS_TEMP;
	}
	return listing_view(&d->listing, s_r)
		   ? STATUS_OK
		   : store_fail(fault, EINVAL, "list", ".");
}

enum packet_status drop_listing(struct drop *d, int *fd_r, uint64_t *len_r)
{
	struct store_fault fault = { 0 };
	struct snapshot s;
	enum packet_status status;
	int rc;

	pthread_mutex_lock(&d->lock);
	status = drop_view(d, &s, &fault);
	if (status == STATUS_OK) {
		rc = listing_share(&d->listing, fd_r);
		*len_r = d->listing.len;
		status = rc < 0 ? store_fail(&fault, -rc, "share the list", ".")
				: STATUS_OK;
	}
	pthread_mutex_unlock(&d->lock);
	return drop_told(d, status, &fault);
}

void drop_disbelieve(struct drop *d)
{
	pthread_mutex_lock(&d->lock);
	if (d->stored != NULL) {
		cache_forget(d->ctx->cache, drop_id(d));
	}
	pthread_mutex_unlock(&d->lock);
}
