// SPDX-License-Identifier: ISC
/*
 * drop_list.c - the list of a maildrop, taken once, before anybody is told that
 * it is open: from the cache if nothing has changed, else by reading (drop.h).
 * Runs in: maildrop, in a channel's thread as far as that is quick, else in the
 * slow lane.
 * Trusts: of the cache what its sums and stamps prove.
 */
#include <errno.h>
#include <string.h>

#include "drop_impl.h"
#include "limits.h"

/* Large lists take a while to be copied and checked, too. */
static bool may_load(const struct drop *d, const struct cache_head *head)
{
	return head->body_len <= MAILDROP_DIRECT_OCTETS_MAX ||
	       store_may_read(d->stored, head->body_len);
}

/* What the cache knows of it need not be measured. */
static enum packet_status read_maildrop(struct drop *d,
					const struct cache_head *old,
					struct store_list *list_r,
					struct store_fault *fault)
{
	struct listing listing = LISTING_NONE;
	struct store_known known;
	enum packet_status status;
	bool is_known = old != NULL &&
			cache_load(d->ctx->cache, old, &listing) &&
			listing_view(&listing, &known.list);

	if (is_known) {
		known.state = old->state;
		known.settled = old->settled;
	}
	status = d->ctx->store->list(d->stored, is_known ? &known : NULL,
				     list_r, fault);
	listing_finish(&listing);
	return status;
}

static enum packet_status take_new_list(struct drop *d,
					const struct cache_head *old,
					struct store_fault *fault)
{
	struct store_list list;
	struct snapshot s;
	enum packet_status status = read_maildrop(d, old, &list, fault);

	if (status != STATUS_OK) {
		return status;
	}
	d->listing = list.listing;
	if (!listing_view(&d->listing, &s)) {
		return store_fail(fault, EINVAL, "list", ".");
	}
	d->count = s.head->count;
	d->octets = s.head->octets;
	d->is_listed = true;
	if (!d->stored->is_absent) {
		cache_put(d->ctx->cache, drop_id(d), &list);
	}
	return STATUS_OK;
}

static bool take_known_list(struct drop *d, const struct cache_head *head,
			    const struct store_state *state)
{
	if (head->settled != STORE_SETTLED_ALL ||
	    memcmp(&head->state, state, sizeof(*state)) != 0 ||
	    !cache_load(d->ctx->cache, head, &d->listing)) {
		return false;
	}
	d->count = head->count;
	d->octets = head->octets;
	d->is_listed = true;
	return true;
}

static enum packet_status take_list(struct drop *d, struct store_fault *fault)
{
	struct cache_head head;
	struct store_state state;
	enum packet_status status;

	if (d->stored->is_absent) {
		return take_new_list(d, NULL, fault);
	}
	status = d->ctx->store->state(d->stored, &state, fault);
	if (status != STATUS_OK) {
		return status;
	}
	if (!cache_find(d->ctx->cache, drop_id(d), &head)) {
		return take_new_list(d, NULL, fault);
	}
	if (!may_load(d, &head)) {
		return store_fail(fault, STORE_STOPPED, "load", ".");
	}
	return take_known_list(d, &head, &state)
		   ? STATUS_OK
		   : take_new_list(d, &head, fault);
}

enum packet_status drop_list(struct drop *d, struct store_pace *pace)
{
	struct store_fault fault = { 0 };
	enum packet_status status;

	pthread_mutex_lock(&d->lock);
	d->stored->pace = pace;
	status = drop_become_owner(d, &fault);
	if (status == STATUS_OK) {
		status = take_list(d, &fault);
	}
	d->stored->pace = NULL;
	pthread_mutex_unlock(&d->lock);
	return fault.error == STORE_STOPPED ? STATUS_OK
					    : drop_told(d, status, &fault);
}

bool drop_is_listed(const struct drop *d)
{
	return d->is_listed;
}

uint32_t drop_count(const struct drop *d)
{
	return d->count;
}

uint64_t drop_octets(const struct drop *d)
{
	return d->octets;
}

struct snapshot_text drop_inline_listing(struct drop *d)
{
	struct snapshot_text text = { NULL, 0 };

	pthread_mutex_lock(&d->lock);
	if (d->count != 0 && d->listing.len <= PACKET_INLINE_LISTING_MAX) {
		text.at = d->listing.memory;
		text.len = d->listing.len;
	}
	pthread_mutex_unlock(&d->lock);
	return text;
}
