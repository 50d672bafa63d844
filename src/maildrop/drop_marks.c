// SPDX-License-Identifier: ISC
/*
 * drop_marks.c - what a session wants to be removed, and its removal (drop.h).
 * Runs in: maildrop, in any thread.
 * Trusts: no mark; each is checked against the count.
 */
#include <errno.h>
#include <stdlib.h>

#include "drop_impl.h"
#include "limits.h"
#include "os/clock.h"

static size_t octets_of(const struct drop *d)
{
	return ((size_t)d->count + 7) / 8;
}

/* Whether all that is marked is below count. */
static bool is_in_range(const struct drop *d, uint32_t first,
			const uint8_t *bits, size_t octets)
{
	for (size_t o = 0; o < octets; o++) {
		uint64_t at = (uint64_t)first + 8 * o;

		if (bits[o] == 0) {
			continue;
		}
		if (at >= d->count ||
		    (d->count - at < 8 && bits[o] >> (d->count - at) != 0)) {
			return false;
		}
	}
	return true;
}

static bool need_marks(struct drop *d)
{
	if (d->marks == NULL) {
		d->marks = calloc(octets_of(d) + 1, 1);
	}
	return d->marks != NULL;
}

static void mark(struct drop *d, uint32_t first, const uint8_t *bits,
		 size_t octets)
{
	for (size_t o = 0; o < octets; o++) {
		uint8_t *at = &d->marks[first / 8 + o];
		unsigned fresh = bits[o] & ~(unsigned)*at;

		if (bits[o] == 0) {
			continue; /* it may stand for what is beyond count */
		}
		*at |= (uint8_t)fresh;
		d->marked += (uint32_t)__builtin_popcount(fresh);
	}
}

bool drop_mark(struct drop *d, uint32_t first, const uint8_t *bits,
	       size_t octets)
{
	bool is_done;

	if (first % 8 != 0 || !is_in_range(d, first, bits, octets)) {
		return false;
	}
	pthread_mutex_lock(&d->lock);
	is_done = need_marks(d);
	if (is_done) {
		mark(d, first, bits, octets);
	}
	pthread_cond_broadcast(&d->marks_came);
	pthread_mutex_unlock(&d->lock);
	return is_done;
}

bool drop_await_marks(struct drop *d, uint32_t marked)
{
	struct timespec until = clock_end_of(MAILDROP_MARKS_WAIT_MS);
	bool is_right;
	int rc = 0;

	pthread_mutex_lock(&d->lock);
	while (d->marked < marked && rc == 0) {
		rc = pthread_cond_timedwait(&d->marks_came, &d->lock, &until);
	}
	is_right = d->marked == marked;
	pthread_mutex_unlock(&d->lock);
	return is_right;
}

static bool is_marked(const struct drop *d, uint32_t idx)
{
	return (d->marks[idx / 8] >> (idx % 8) & 1) != 0;
}

/* Goes on after a failure; the first one is what is logged. */
static void expunge(struct drop *d, uint32_t *removed_r, uint32_t *stayed_r)
{
	struct store_fault first = { 0 };
	enum packet_status first_status = drop_become_owner(d, &first);
	struct snapshot s;

	if (first_status == STATUS_OK) {
		first_status = drop_view(d, &s, &first);
	}
	if (first_status != STATUS_OK) {
		*stayed_r = d->marked;
		(void)drop_told(d, first_status, &first);
		return;
	}
	for (uint32_t i = 0; i < d->count; i++) {
		struct store_fault fault = { 0 };
		enum packet_status status;

		if (!is_marked(d, i)) {
			continue;
		}
		status = d->ctx->store->expunge(d->stored, &s, i, &fault);
		*removed_r += status == STATUS_OK;
		*stayed_r += status != STATUS_OK;
		if (status != STATUS_OK && first_status == STATUS_OK) {
			first = fault;
			first_status = status;
		}
	}
	(void)drop_told(d, first_status, &first);
}

void drop_expunge(struct drop *d, uint32_t *removed_r, uint32_t *stayed_r)
{
	uint32_t removed = 0;
	uint32_t stayed = 0;

	pthread_mutex_lock(&d->lock);
	if (d->marked != 0) {
		expunge(d, &removed, &stayed);
	}
	pthread_mutex_unlock(&d->lock);
	*removed_r = removed;
	*stayed_r = stayed;
}
