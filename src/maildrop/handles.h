// SPDX-License-Identifier: ISC
/*
 * handles.h - the maildrops that were opened for one session process, and the
 * handles by which it speaks of them: a slot and the slot's generation.  A
 * handle means nothing in another table, and nothing new once it has been taken
 * out.
 */
#ifndef MAILDROP_HANDLES_H
#define MAILDROP_HANDLES_H

#include "drop.h"

struct handles;

/* NULL if there is no memory. */
struct handles *handles_create(uint32_t count_max);

/* Shuts and releases all that is left. */
void handles_destroy(struct handles **h);

/* Takes over the caller's reference.  0; -EMFILE or -ENOMEM: then it is still
 * the caller's. */
MUST_USE int handles_add(struct handles *h, struct drop *d, uint64_t *handle_r);

enum handle_state {
	HANDLE_IS_OPEN,
	HANDLE_WAS_OPEN, /* until it was taken out */
	HANDLE_NEVER_WAS,
};

/* Looks up; if it is open, *drop_r is a new reference. */
MUST_USE enum handle_state handles_get(struct handles *h, uint64_t handle,
				       struct drop **drop_r);

/* Takes it out; if it was open, *drop_r is the table's reference. */
MUST_USE enum handle_state handles_take(struct handles *h, uint64_t handle,
					struct drop **drop_r);

#endif
