// SPDX-License-Identifier: ISC
/*
 * handles.c - a session process's opened maildrops (handles.h).
 * Runs in: maildrop, in any thread.  Trusts: no handle.
 */
#include "handles.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#define NO_SLOT UINT32_MAX

struct slot {
	struct drop *drop;   /* NULL if it is free */
	uint32_t generation; /* of the drop in it, or of the next; from 1 */
	uint32_t next_free;
};

struct handles {
	pthread_mutex_t lock;
	struct slot *slots;
	uint32_t count, count_max;
	uint32_t first_free;
};

struct handles *handles_create(uint32_t count_max)
{
	struct handles *h = calloc(1, sizeof(*h));

	if (h != NULL) {
		pthread_mutex_init(&h->lock, NULL);
		h->count_max = count_max;
		h->first_free = NO_SLOT;
	}
	return h;
}

void handles_destroy(struct handles **h)
{
	if (*h == NULL) {
		return;
	}
	for (uint32_t i = 0; i < (*h)->count; i++) {
		if ((*h)->slots[i].drop != NULL) {
			drop_shut((*h)->slots[i].drop);
			drop_release((*h)->slots[i].drop);
		}
	}
	pthread_mutex_destroy(&(*h)->lock);
	free((*h)->slots);
	free(*h);
	*h = NULL;
}

static int grow(struct handles *h)
{
	uint32_t count = h->count == 0 ? 16 : h->count * 2;
	struct slot *slots;

	if (count > h->count_max) {
		count = h->count_max;
	}
	if (count == h->count) {
		return -EMFILE;
	}
	slots = realloc(h->slots, (size_t)count * sizeof(*slots));
	if (slots == NULL) {
		return -ENOMEM;
	}
	for (uint32_t i = count; i > h->count; i--) {
		slots[i - 1] = (struct slot){ NULL, 1, h->first_free };
		h->first_free = i - 1;
	}
	h->slots = slots;
	h->count = count;
	return 0;
}

static uint64_t handle_of(uint32_t slot, uint32_t generation)
{
	return (uint64_t)generation << 32 | slot;
}

int handles_add(struct handles *h, struct drop *d, uint64_t *handle_r)
{
	struct slot *slot;
	int rc = 0;

	pthread_mutex_lock(&h->lock);
	if (h->first_free == NO_SLOT) {
		rc = grow(h);
	}
	if (rc == 0) {
		slot = &h->slots[h->first_free];
		*handle_r = handle_of(h->first_free, slot->generation);
		h->first_free = slot->next_free;
		slot->drop = d;
	}
	pthread_mutex_unlock(&h->lock);
	return rc;
}

static enum handle_state find(struct handles *h, uint64_t handle,
			      struct slot **slot_r)
{
	uint32_t generation = (uint32_t)(handle >> 32);
	uint32_t idx = (uint32_t)handle;
	struct slot *slot;

	if (idx >= h->count || generation == 0 ||
	    generation > h->slots[idx].generation) {
		return HANDLE_NEVER_WAS;
	}
	slot = &h->slots[idx];
	if (generation < slot->generation) {
		return HANDLE_WAS_OPEN;
	}
	if (slot->drop == NULL) {
		return HANDLE_NEVER_WAS; /* the next one, foretold */
	}
	*slot_r = slot;
	return HANDLE_IS_OPEN;
}

enum handle_state handles_get(struct handles *h, uint64_t handle,
			      struct drop **drop_r)
{
	enum handle_state state;
	struct slot *slot;

	pthread_mutex_lock(&h->lock);
	state = find(h, handle, &slot);
	if (state == HANDLE_IS_OPEN) {
		drop_hold(slot->drop);
		*drop_r = slot->drop;
	}
	pthread_mutex_unlock(&h->lock);
	return state;
}

enum handle_state handles_take(struct handles *h, uint64_t handle,
			       struct drop **drop_r)
{
	enum handle_state state;
	struct slot *slot;

	pthread_mutex_lock(&h->lock);
	state = find(h, handle, &slot);
	if (state == HANDLE_IS_OPEN) {
		*drop_r = slot->drop;
		slot->drop = NULL;
		slot->generation++;
		/* a generation that began again could mean an old handle */
		if (slot->generation != UINT32_MAX) {
			slot->next_free = h->first_free;
			h->first_free = (uint32_t)handle;
		}
	}
	pthread_mutex_unlock(&h->lock);
	return state;
}
