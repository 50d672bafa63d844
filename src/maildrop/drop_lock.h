// SPDX-License-Identifier: ISC
/*
 * drop_lock.h - locks for maildrops whose own file system has none: files in
 * the role's directory, one for each such maildrop, which stay there, empty.
 */
#ifndef MAILDROP_DROP_LOCK_H
#define MAILDROP_DROP_LOCK_H

#include "identity.h"
#include "store/store.h"

struct drop_lock_context {
	struct identity self, owner;
	bool has_identities; /* the files are self's, the mail is owner's */
	int locks_fd;        /* of the directory, or -1 */
};

/* A store_lock_fn; ctx is a struct drop_lock_context. */
int drop_lock(void *ctx, uint64_t dev, uint64_t ino, bool is_shared, int *fd_r);

#endif
