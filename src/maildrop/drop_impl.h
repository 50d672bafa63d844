// SPDX-License-Identifier: ISC
/*
 * drop_impl.h - what drop.c and drop_marks.c share.
 */
#ifndef MAILDROP_DROP_IMPL_H
#define MAILDROP_DROP_IMPL_H

#include <pthread.h>
#include <stdatomic.h>

#include "drop.h"

struct drop {
	struct drop_context *ctx;
	struct identity owner;
	uint64_t conn;
	struct cache_head head; /* of the list: count, octets, sum */
	atomic_uint references;
	bool is_tallied;

	pthread_mutex_t lock; /* of what stands below */
	pthread_cond_t marks_came;
	struct store_maildrop *stored; /* NULL once shut */
	struct listing listing;        /* none until it is needed */
	uint8_t *marks;                /* none until there are some */
	uint32_t marked;
	uint32_t fetched_idx; /* the last one, if has_fetched */
	bool has_fetched;

	uint16_t path_len;
	char names[]; /* path, NUL, user, NUL */
};

static inline struct cache_id drop_id(const struct drop *d)
{
	return (struct cache_id){ d->stored->dev, d->stored->ino };
}

/* Logs what failed, unless it is nothing that an operator could do something
 * about; returns status. */
enum packet_status drop_told(const struct drop *d, enum packet_status status,
			     const struct store_fault *fault);

enum packet_status drop_become_owner(const struct drop *d,
				     struct store_fault *fault);

/*
 * Under lock: brings the list that was counted at the log-in into d->listing,
 * now that it is needed.  Should the cache have lost it meanwhile, it is made
 * again; if mail has come or gone since, that is another list, and the client
 * must log in again.  STATUS_GONE if the drop was shut.
 */
enum packet_status drop_need_listing(struct drop *d, struct store_fault *fault);

#endif
