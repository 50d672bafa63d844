// SPDX-License-Identifier: ISC
/*
 * drop_impl.h - what the files of drop.h share.
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
	atomic_uint references;
	bool is_tallied;
	atomic_bool is_late; /* somebody loads its list in the slow lane */

	/* once it is counted the same for ever */
	bool is_counted;
	uint32_t count;
	uint64_t octets;
	struct cache_head promised; /* if it was counted by the cache alone */

	pthread_mutex_t lock; /* of what stands below */
	pthread_cond_t marks_came;
	struct store_maildrop *stored; /* NULL once shut */
	struct listing listing;        /* none until loaded; none once shut */
	bool is_lost;                  /* and cannot be loaded any more */
	uint8_t *marks;                /* none until there are some */
	uint32_t marked;

	uint16_t path_len;
	char names[]; /* path, NUL, user, NUL */
};

static inline struct cache_id drop_id(const struct drop *d)
{
	return (struct cache_id){ d->stored->dev, d->stored->ino };
}

/* Logs what failed, unless that was done, or it is nothing that an operator
 * could do something about; returns status. */
enum packet_status drop_told(const struct drop *d, enum packet_status status,
			     const struct store_fault *fault);

enum packet_status drop_become_owner(const struct drop *d,
				     struct store_fault *fault);

/* Under lock: its list.  STATUS_GONE if it was shut; STATUS_TEMP if it is not
 * loaded, which was logged by who tried to. */
enum packet_status drop_view(const struct drop *d, struct snapshot *s_r,
			     struct store_fault *fault);

#endif
