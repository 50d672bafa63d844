// SPDX-License-Identifier: ISC
/*
 * cache_impl.h - what cache.c and cache_open.c share.
 */
#ifndef MAILDROP_CACHE_IMPL_H
#define MAILDROP_CACHE_IMPL_H

#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>

#include "cache.h"

struct cache {
	MDB_env *env;
	MDB_dbi dbi;
	int marker_fd;
	uint64_t body_len_max; /* a list longer than that is not kept */
	atomic_bool
	    is_warned; /* one line about what fails, not one each time */

	/* who puts: those that stand back one by one, the others together */
	pthread_rwlock_t putting;
	atomic_uint slow; /* that stand back, and put or wait for it */
};

#endif
