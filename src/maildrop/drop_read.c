// SPDX-License-Identifier: ISC
/*
 * drop_read.c - handing out a maildrop's list and its messages (drop.h).
 * Runs in: maildrop, in any thread.
 * Trusts: its caller, for the index.
 */
#include <errno.h>

#include "drop_impl.h"
#include "os/fd.h"

enum packet_status drop_listing(struct drop *d, int *fd_r, uint64_t *len_r)
{
	struct store_fault fault = { 0 };
	enum packet_status status;
	int rc;

	pthread_mutex_lock(&d->lock);
	status = drop_become_owner(d, &fault);
	if (status == STATUS_OK) {
		status = drop_need_listing(d, &fault);
	}
	if (status == STATUS_OK) {
		rc = listing_share(&d->listing, fd_r);
		*len_r = d->listing.len;
		if (rc < 0) {
			status = store_fail(&fault, -rc, "share the list", ".");
		}
	}
	pthread_mutex_unlock(&d->lock);
	return drop_told(d, status, &fault);
}

static enum packet_status fetch(struct drop *d, uint32_t idx, int *fd_r,
				uint64_t *stored_r, struct store_fault *fault)
{
	enum packet_status status = drop_become_owner(d, fault);
	struct snapshot s;

	if (status == STATUS_OK) {
		status = drop_need_listing(d, fault);
	}
	if (status != STATUS_OK) {
		return status;
	}
	if (!listing_view(&d->listing, &s)) {
		return store_fail(fault, EINVAL, "list", ".");
	}
	status = d->ctx->store->fetch(d->stored, &s, idx, fd_r, fault);
	if (status == STATUS_OK) {
		*stored_r = s.entries[idx].stored;
		d->fetched_idx = idx;
		d->has_fetched = true;
	} else if (status == STATUS_CHANGED) {
		cache_forget(d->ctx->cache, drop_id(d));
	}
	return status;
}

enum packet_status drop_fetch(struct drop *d, uint32_t idx, int *fd_r,
			      uint64_t *stored_r)
{
	struct store_fault fault = { 0 };
	enum packet_status status;

	pthread_mutex_lock(&d->lock);
	status = fetch(d, idx, fd_r, stored_r, &fault);
	pthread_mutex_unlock(&d->lock);
	return drop_told(d, status, &fault);
}

void drop_doubt(struct drop *d)
{
	struct store_fault fault = { 0 };
	enum packet_status status;
	uint64_t stored;
	int fd = -1;

	pthread_mutex_lock(&d->lock);
	if (d->has_fetched) {
		status = fetch(d, d->fetched_idx, &fd, &stored, &fault);
		(void)status; /* what fetch itself does about it is all */
	}
	pthread_mutex_unlock(&d->lock);
	fd_close(&fd);
}
