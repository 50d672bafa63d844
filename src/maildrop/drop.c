// SPDX-License-Identifier: ISC
/*
 * drop.c - one opened maildrop (drop.h).
 * Runs in: maildrop, in any thread.
 * Trusts: auth's grants; of a session only what the caller has checked.
 */
#include "drop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "drop_impl.h"
#include "drop_lock.h"
#include "os/clock.h"

static const char *path_of(const struct drop *d)
{
	return d->names;
}

const char *drop_user(const struct drop *d)
{
	return d->names + d->path_len + 1;
}

static void log_fault(const struct drop *d, enum packet_status status,
		      const struct store_fault *fault)
{
	struct log_line l;

	log_begin(&l, LOG_ERROR, "maildrop");
	log_str(&l, "user", drop_user(d));
	log_str(&l, "maildrop", path_of(d));
	log_str(&l, "status", status == STATUS_PERM ? "SYS/PERM" : "SYS/TEMP");
	log_str(&l, "tried", fault->what);
	log_str(&l, "file", fault->path);
	log_errno(&l, fault->error);
	log_end(&l);
}

enum packet_status drop_told(const struct drop *d, enum packet_status status,
			     const struct store_fault *fault)
{
	bool is_fault = status == STATUS_PERM || status == STATUS_TEMP;

	if (is_fault && fault->error != 0) {
		log_fault(d, status, fault);
	}
	return status;
}

enum packet_status drop_become_owner(const struct drop *d,
				     struct store_fault *fault)
{
	int rc;

	if (!d->ctx->settings->common.drop_privileges) {
		return STATUS_OK;
	}
	rc = identity_take(&d->owner);
	return rc < 0 ? store_fail(fault, -rc, "become the owner", ".")
		      : STATUS_OK;
}

static enum packet_status enter_tally(struct drop *d, struct store_fault *fault)
{
	int rc;

	if (d->ctx->tally == NULL || d->stored->is_absent) {
		return STATUS_OK;
	}
	rc = tally_enter(d->ctx->tally, d->stored->dev, d->stored->ino);
	d->is_tallied = rc == 0;
	if (rc == -EUSERS) {
		return STATUS_IN_USE;
	}
	return rc < 0 ? store_fail(fault, -rc, "count", ".") : STATUS_OK;
}

static enum packet_status open_store(struct drop *d, struct store_fault *fault)
{
	struct drop_context *ctx = d->ctx;
	struct drop_lock_context lock = { .self = ctx->self,
					  .owner = d->owner,
					  .locks_fd = ctx->locks_fd };
	struct store_place place = { .root_fd = ctx->root_fd,
				     .path = path_of(d),
				     .is_shared = ctx->settings->shared_lock,
				     .lock = drop_lock,
				     .lock_ctx = &lock };
	enum packet_status status;

	lock.has_identities = ctx->settings->common.drop_privileges;
	status = drop_become_owner(d, fault);
	if (status == STATUS_OK) {
		status = ctx->store->open(&place, &d->stored, fault);
	}
	return status == STATUS_OK ? enter_tally(d, fault) : status;
}

static void init_lock(struct drop *d)
{
	pthread_mutex_init(&d->lock, NULL);
	clock_cond_init(&d->marks_came);
}

static struct drop *create(struct drop_context *ctx,
			   const struct drop_grant *grant)
{
	size_t len = (size_t)grant->path_len + grant->user_len + 2;
	struct drop *d = calloc(1, sizeof(*d) + len);

	if (d == NULL) {
		return NULL;
	}
	d->ctx = ctx;
	d->owner = grant->owner;
	d->conn = grant->conn;
	d->listing = LISTING_NONE;
	d->path_len = grant->path_len;
	memcpy(d->names, grant->path, grant->path_len);
	memcpy(d->names + grant->path_len + 1, grant->user, grant->user_len);
	atomic_init(&d->references, 1);
	atomic_init(&d->is_late, false);
	init_lock(d);
	return d;
}

enum packet_status drop_open(struct drop_context *ctx,
			     const struct drop_grant *grant,
			     struct drop **drop_r)
{
	struct store_fault fault = { 0 };
	struct drop *d = create(ctx, grant);
	enum packet_status status;

	if (d == NULL) {
		log_event_errno(LOG_ERROR, "maildrop", NULL, ENOMEM);
		return STATUS_TEMP;
	}
	if (strlen(path_of(d)) != grant->path_len) {
		status = store_fail(&fault, EINVAL, "open", ".");
	} else {
		status = open_store(d, &fault);
	}
	if (status != STATUS_OK) {
		(void)drop_told(d, status, &fault);
		drop_release(d);
		return status;
	}
	*drop_r = d;
	return STATUS_OK;
}

void drop_hold(struct drop *d)
{
	atomic_fetch_add(&d->references, 1);
}

void drop_release(struct drop *d)
{
	if (atomic_fetch_sub(&d->references, 1) != 1) {
		return;
	}
	drop_shut(d);
	free(d->marks);
	pthread_cond_destroy(&d->marks_came);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

void drop_shut(struct drop *d)
{
	pthread_mutex_lock(&d->lock);
	if (d->is_tallied) {
		tally_leave(d->ctx->tally, d->stored->dev, d->stored->ino);
		d->is_tallied = false;
	}
	d->ctx->store->close(&d->stored);
	listing_finish(&d->listing);
	pthread_mutex_unlock(&d->lock);
}

uint64_t drop_conn(const struct drop *d)
{
	return d->conn;
}
