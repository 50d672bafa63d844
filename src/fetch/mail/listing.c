// SPDX-License-Identifier: ISC
/*
 * listing.c - what LIST and UIDL said, put together (listing.h).
 * Runs in: the collector.  Trusts: nothing that the server said.  Allocates:
 * what grows with the messages, up to FETCH_MESSAGES_MAX.
 */
#include "fetch/mail/listing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/limits.h"
#include "fetch/mail/entries.h"

static int no_memory(struct why *why)
{
	why_set(why, WHY_INTERNAL, "no memory for the list of messages");
	return -1;
}

/* at: one of the two arrays. */
static int make_room(void **at, size_t count, size_t *cap, size_t size,
		     struct why *why)
{
	size_t more = *cap == 0 ? 64 : *cap * 2;
	void *new;

	if (count >= FETCH_MESSAGES_MAX) {
		why_set(why, WHY_PROTOCOL,
			"the server lists more than %u messages",
			FETCH_MESSAGES_MAX);
		return -1;
	}
	if (count < *cap) {
		return 0;
	}
	new = reallocarray(*at, more, size);
	if (new == NULL) {
		return no_memory(why);
	}
	*at = new;
	*cap = more;
	return 0;
}

int listing_octets(struct listing *l, uint32_t msn, uint64_t octets,
		   struct why *why)
{
	void *at = l->at;
	int rc;

	if (msn == 0) {
		return 0; /* there is no such message */
	}
	rc = make_room(&at, l->count, &l->cap, sizeof(*l->at), why);

	l->at = at;
	if (rc == 0) {
		l->at[l->count++] = (struct listing_message){ .msn = msn,
							      .octets = octets,
							      .uid = "" };
	}
	return rc;
}

static bool may_be_uid(const uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (at[i] <= ' ' || at[i] == 0x7f) {
			return false;
		}
	}
	return len > 0 && len <= RECORD_UID_MAX;
}

int listing_uid(struct listing *l, uint32_t msn, const void *uid, size_t len,
		struct why *why)
{
	void *at = l->uids;
	int rc =
	    make_room(&at, l->uids_count, &l->uids_cap, sizeof(*l->uids), why);
	const char *copy = "";

	l->uids = at;
	if (rc < 0) {
		return rc;
	}
	if (may_be_uid(uid, len)) {
		copy = pool_copy(&l->pool, uid, len);
	}
	if (copy == NULL) {
		return no_memory(why);
	}
	l->uids[l->uids_count++] =
	    (struct listing_uid){ .msn = msn, .uid = copy };
	return 0;
}

static int by_msn(const void *a, const void *b)
{
	const struct listing_message *m = a, *n = b;

	return (m->msn > n->msn) - (m->msn < n->msn);
}

static int by_uid_msn(const void *a, const void *b)
{
	const struct listing_uid *m = a, *n = b;

	return (m->msn > n->msn) - (m->msn < n->msn);
}

static int by_uid(const void *a, const void *b)
{
	const struct listing_message *const *m = a, *const *n = b;

	return strcmp((*m)->uid, (*n)->uid);
}

/* Nearly every server's lines are in order. */
static void sort(void *at, size_t count, size_t size,
		 int (*compare)(const void *, const void *))
{
	for (size_t i = 1; i < count; i++) {
		if (compare((char *)at + (i - 1) * size,
			    (char *)at + i * size) > 0) {
			qsort(at, count, size, compare);
			return;
		}
	}
}

/* A message that stands twice has one size: the larger one, as limits are to
 * hold. */
static void unite_sizes(struct listing *l)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->count; i++) {
		struct listing_message *last =
		    kept > 0 ? &l->at[kept - 1] : NULL;

		if (last == NULL || last->msn != l->at[i].msn) {
			l->at[kept++] = l->at[i];
		} else if (last->octets < l->at[i].octets) {
			last->octets = l->at[i].octets;
		}
	}
	l->count = kept;
}

static void sort_messages(struct listing *l)
{
	if (l->count > 0) {
		sort(l->at, l->count, sizeof(*l->at), by_msn);
		unite_sizes(l);
	}
}

/* Messages that UIDL alone names: how large they are is not known. */
static int add_unsized(struct listing *l, struct why *why)
{
	size_t listed = l->count;
	size_t i = 0;

	for (size_t u = 0; u < l->uids_count; u++) {
		uint32_t msn = l->uids[u].msn;

		while (i < listed && l->at[i].msn < msn) {
			i++;
		}
		if ((i == listed || l->at[i].msn != msn) &&
		    listing_octets(l, msn, 0, why) < 0) {
			return -1;
		}
	}
	sort_messages(l); /* a message that UIDL names twice is in it once */
	return 0;
}

static void join(struct listing *l)
{
	size_t u = 0;

	for (size_t i = 0; i < l->count; i++) {
		struct listing_message *m = &l->at[i];
		size_t first;

		while (u < l->uids_count && l->uids[u].msn < m->msn) {
			u++;
		}
		first = u;
		while (u < l->uids_count && l->uids[u].msn == m->msn) {
			bool same =
			    strcmp(l->uids[u].uid, l->uids[first].uid) == 0;

			m->uid = same && (u == first || m->uid[0] != '\0')
				     ? l->uids[first].uid
				     : "";
			u++;
		}
	}
}

/* Those that are not the only one with their unique-id lose it. */
static int part_equals(struct listing *l, struct why *why)
{
	struct listing_message **order =
	    reallocarray(NULL, l->count + 1, sizeof(*order));
	size_t i = 0;

	if (order == NULL) {
		return no_memory(why);
	}
	for (size_t k = 0; k < l->count; k++) {
		order[k] = &l->at[k];
	}
	qsort(order, l->count, sizeof(struct listing_message *), by_uid);
	while (i < l->count) {
		const char *uid = order[i]->uid;
		size_t end = i + 1;

		while (end < l->count && strcmp(uid, order[end]->uid) == 0) {
			end++;
		}
		for (size_t k = i; k < end && end - i > 1; k++) {
			order[k]->uid = "";
		}
		i = end;
	}
	free(order);
	return 0;
}

static bool is_numbered(const struct listing *l)
{
	char number[16];

	for (size_t i = 0; i < l->count; i++) {
		snprintf(number, sizeof(number), "%" PRIu32, l->at[i].msn);
		if (strcmp(number, l->at[i].uid) != 0) {
			return false;
		}
	}
	return l->count > 0;
}

int listing_end(struct listing *l, struct why *why)
{
	sort_messages(l);
	if (l->uids_count > 0) {
		sort(l->uids, l->uids_count, sizeof(*l->uids), by_uid_msn);
	}
	if (add_unsized(l, why) < 0) {
		return -1;
	}
	join(l);
	if (part_equals(l, why) < 0) {
		return -1;
	}
	l->is_numbered = is_numbered(l);
	return 0;
}

const struct listing_message *listing_find(const struct listing *l,
					   uint32_t msn)
{
	struct listing_message wanted = { .msn = msn };

	return l->count == 0
		   ? NULL
		   : bsearch(&wanted, l->at, l->count, sizeof(wanted), by_msn);
}

bool listing_is_short(const struct listing *l, struct why *why)
{
	if (l->count >= l->stated) {
		return false; /* or mail has come between */
	}
	why_set(why, WHY_PROTOCOL,
		"the server says that it has %" PRIu32 " message%s and lists "
		"%zu",
		l->stated, l->stated == 1 ? "" : "s", l->count);
	return true;
}

void listing_finish(struct listing *l)
{
	free(l->at);
	free(l->uids);
	pool_finish(&l->pool);
	*l = (struct listing){ 0 };
}
