// SPDX-License-Identifier: ISC
/*
 * tally.c - sessions per maildrop (tally.h): a hash table of those that are
 * open now, under one lock.
 * Runs in: maildrop, in any thread.  Trusts: its caller.
 */
#include "tally.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#define BUCKETS 4096u

struct count {
	struct count *next;
	uint64_t dev, ino;
	uint32_t sessions;
};

struct tally {
	pthread_mutex_t lock;
	uint32_t sessions_max;
	struct count *buckets[BUCKETS];
};

struct tally *tally_create(uint32_t sessions_max)
{
	struct tally *t = calloc(1, sizeof(*t));

	if (t != NULL) {
		pthread_mutex_init(&t->lock, NULL);
		t->sessions_max = sessions_max;
	}
	return t;
}

void tally_destroy(struct tally **t)
{
	if (*t == NULL) {
		return;
	}
	for (size_t i = 0; i < BUCKETS; i++) {
		while ((*t)->buckets[i] != NULL) {
			struct count *c = (*t)->buckets[i];

			(*t)->buckets[i] = c->next;
			free(c);
		}
	}
	pthread_mutex_destroy(&(*t)->lock);
	free(*t);
	*t = NULL;
}

/* The link that leads to it, or to where it belongs. */
static struct count **find(struct tally *t, uint64_t dev, uint64_t ino)
{
	uint64_t hash = (ino ^ dev << 32) * UINT64_C(0x9e3779b97f4a7c15);
	struct count **at = &t->buckets[hash >> 52];

	while (*at != NULL && ((*at)->dev != dev || (*at)->ino != ino)) {
		at = &(*at)->next;
	}
	return at;
}

static int enter(struct tally *t, uint64_t dev, uint64_t ino)
{
	struct count **at = find(t, dev, ino);

	if (*at == NULL) {
		*at = calloc(1, sizeof(**at));
		if (*at == NULL) {
			return -ENOMEM;
		}
		(*at)->dev = dev;
		(*at)->ino = ino;
	}
	if ((*at)->sessions >= t->sessions_max) {
		return -EUSERS;
	}
	(*at)->sessions++;
	return 0;
}

int tally_enter(struct tally *t, uint64_t dev, uint64_t ino)
{
	int rc;

	pthread_mutex_lock(&t->lock);
	rc = t->sessions_max == 0 ? -EUSERS : enter(t, dev, ino);
	pthread_mutex_unlock(&t->lock);
	return rc;
}

void tally_leave(struct tally *t, uint64_t dev, uint64_t ino)
{
	struct count **at;
	struct count *c;

	pthread_mutex_lock(&t->lock);
	at = find(t, dev, ino);
	c = *at;
	if (c != NULL && --c->sessions == 0) {
		*at = c->next;
		free(c);
	}
	pthread_mutex_unlock(&t->lock);
}
