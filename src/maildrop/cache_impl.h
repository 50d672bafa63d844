// SPDX-License-Identifier: ISC
/*
 * cache_impl.h - what cache.c and cache_open.c share.
 */
#ifndef MAILDROP_CACHE_IMPL_H
#define MAILDROP_CACHE_IMPL_H

#include <lmdb.h>
#include <stdatomic.h>

#include "cache.h"

struct cache {
	MDB_env *env;
	MDB_dbi dbi;
	int marker_fd;
	uint64_t body_len_max; /* a list longer than that is not kept */
	atomic_bool
	    is_warned; /* one line about what fails, not one each time */
};

#endif
