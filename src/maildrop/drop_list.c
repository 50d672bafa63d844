// SPDX-License-Identifier: ISC
/*
 * drop_list.c - the messages of a maildrop, counted before anybody is told that
 * it is open, and their list, taken when it is asked for: from the cache if
 * nothing has changed, else by reading (drop.h).
 * Runs in: maildrop, in a channel's thread as far as that is quick, else in the
 * slow lane.
 * Trusts: of the cache what its sums and stamps prove.
 *
 * A list that is taken late is that of the log-in, or none: the cache's own
 * record, known by its sums; and if that was damaged, removed or replaced
 * meanwhile, what is there now, as far as it was there then (promise.h).
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

static enum packet_status stopped(struct store_fault *fault)
{
	return store_fail(fault, STORE_STOPPED, "load", ".");
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

/* A short list that will not be believed at the next log-in either, since the
 * mail has just come, is read again sooner than written. */
static bool is_worth_keeping(const struct store_list *list,
			     const struct snapshot *s)
{
	return list->settled == STORE_SETTLED_ALL ||
	       s->head->count > MAILDROP_KEPT_IN_MIND ||
	       s->head->octets > MAILDROP_READ_OCTETS;
}

/* What a channel's thread has read is soon read again; what took the slow lane
 * is worth waiting for. */
static void keep(struct drop *d, const struct store_list *list)
{
	const struct store_pace *pace = d->stored->pace;

	cache_put(d->ctx->cache, drop_id(d), list,
		  pace != NULL && pace->stands_back);
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
	if (!d->stored->is_absent && is_worth_keeping(&list, &s)) {
		keep(d, &list);
	}
	return STATUS_OK;
}

/* What the cache has of it, for its state now. */
struct found {
	struct cache_head head;
	bool is_there;
	bool is_of_now;
};

static enum packet_status look_up(struct drop *d, struct found *found_r,
				  struct store_fault *fault)
{
	struct store_state state;
	enum packet_status status;

	*found_r = (struct found){ .is_there = false };
	if (d->stored->is_absent) {
		return STATUS_OK;
	}
	status = d->ctx->store->state(d->stored, &state, fault);
	if (status == STATUS_OK &&
	    cache_find(d->ctx->cache, drop_id(d), &found_r->head)) {
		found_r->is_there = true;
		found_r->is_of_now =
		    found_r->head.settled == STORE_SETTLED_ALL &&
		    memcmp(&found_r->head.state, &state, sizeof(state)) == 0;
	}
	return status;
}

static enum packet_status take_list(struct drop *d, const struct found *found,
				    struct store_fault *fault)
{
	if (found->is_there && !may_load(d, &found->head)) {
		return stopped(fault);
	}
	if (found->is_of_now &&
	    cache_load(d->ctx->cache, &found->head, &d->listing)) {
		return STATUS_OK;
	}
	return take_new_list(d, found->is_there ? &found->head : NULL, fault);
}

/* --- at the log-in --- */

static void count_by_list(struct drop *d)
{
	const struct snapshot_head *head = d->listing.memory;

	d->count = head->count;
	d->octets = head->octets;
	d->is_counted = true;
}

static void count_by_cache(struct drop *d, const struct cache_head *head)
{
	d->promised = *head;
	d->count = head->count;
	d->octets = head->octets;
	d->is_counted = true;
}

/* A small list goes with the answer; and where another session may have the
 * cache's record replaced meanwhile, a list is ours from the beginning. */
static bool may_come_late(const struct drop *d, const struct cache_head *head)
{
	return head->count == 0 ||
	       (head->body_len > PACKET_INLINE_LISTING_MAX &&
		!d->ctx->settings->shared_lock);
}

static enum packet_status count(struct drop *d, struct store_fault *fault)
{
	struct found found;
	enum packet_status status = look_up(d, &found, fault);

	if (status != STATUS_OK) {
		return status;
	}
	if (found.is_of_now && may_come_late(d, &found.head)) {
		count_by_cache(d, &found.head);
		return STATUS_OK;
	}
	status = take_list(d, &found, fault);
	if (status == STATUS_OK) {
		count_by_list(d);
	}
	return status;
}

/* --- when the list is asked for --- */

static enum packet_status take_what_is_there(struct drop *d,
					     struct store_fault *fault)
{
	struct promise promise = cache_promise(&d->promised);
	struct found found;
	enum packet_status status = look_up(d, &found, fault);

	if (status == STATUS_OK) {
		status = take_list(d, &found, fault);
	}
	if (status == STATUS_OK && !promise_keep(&promise, &d->listing)) {
		listing_finish(&d->listing);
		d->is_lost = true;
		return store_fail(fault, ESTALE, "list what was there", ".");
	}
	return status;
}

static enum packet_status load(struct drop *d, struct store_fault *fault)
{
	if (d->stored == NULL) {
		return STATUS_GONE;
	}
	if (d->listing.memory != NULL) {
		return STATUS_OK;
	}
	if (d->is_lost) {
		return STATUS_TEMP;
	}
	if (!may_load(d, &d->promised)) {
		return stopped(fault);
	}
	return cache_load(d->ctx->cache, &d->promised, &d->listing)
		   ? STATUS_OK
		   : take_what_is_there(d, fault);
}

/* --- both --- */

typedef enum packet_status take_fn(struct drop *d, struct store_fault *fault);

static enum packet_status at_pace(struct drop *d, struct store_pace *pace,
				  take_fn *take)
{
	struct store_fault fault = { 0 };
	enum packet_status status;

	pthread_mutex_lock(&d->lock);
	if (d->stored != NULL) {
		d->stored->pace = pace;
	}
	status = drop_become_owner(d, &fault);
	if (status == STATUS_OK) {
		status = take(d, &fault);
	}
	if (d->stored != NULL) {
		d->stored->pace = NULL;
	}
	pthread_mutex_unlock(&d->lock);
	return fault.error == STORE_STOPPED ? STATUS_OK
					    : drop_told(d, status, &fault);
}

enum packet_status drop_count_mail(struct drop *d, struct store_pace *pace)
{
	return at_pace(d, pace, count);
}

bool drop_is_counted(const struct drop *d)
{
	return d->is_counted;
}

enum packet_status drop_load(struct drop *d, struct store_pace *pace)
{
	return at_pace(d, pace, load);
}

bool drop_is_loaded(struct drop *d)
{
	bool is_loaded;

	pthread_mutex_lock(&d->lock);
	is_loaded = d->listing.memory != NULL;
	pthread_mutex_unlock(&d->lock);
	return is_loaded;
}

bool drop_begin_late(struct drop *d)
{
	return !atomic_exchange(&d->is_late, true);
}

void drop_end_late(struct drop *d)
{
	atomic_store(&d->is_late, false);
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
