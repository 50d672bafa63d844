// SPDX-License-Identifier: ISC
/*
 * waiting.c - grants of maildrops that are locked (waiting.h).
 * Runs in: maildrop, in a thread of its own.  Trusts: what on_grant trusts.
 * Allocates: a copy of each grant that waits, at most MAILDROP_WAITING_MAX.
 */
#include "waiting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "limits.h"
#include "os/clock.h"

struct waiting_grant {
	struct waiting_grant *next;
	uint64_t until_ms;
	size_t len;
	uint8_t octets[];
};

/* Behind those that came before it. */
static void append(struct waiting *w, struct waiting_grant *g)
{
	g->next = NULL;
	*w->last = g;
	w->last = &g->next;
	w->count++;
}

static struct waiting_grant *take_all(struct waiting *w)
{
	struct waiting_grant *all = w->first;

	w->first = NULL;
	w->last = &w->first;
	w->count = 0;
	return all;
}

/* Until a maildrop was given back here; or for a moment, since it may have been
 * given back by another process. */
static void wait_for_change(struct waiting *w)
{
	struct timespec until;

	if (w->is_stopping) {
		return;
	}
	if (w->first == NULL) {
		pthread_cond_wait(&w->changed, &w->lock);
		return;
	}
	until = clock_end_of(MAILDROP_LOCK_TRY_MS);
	pthread_cond_timedwait(&w->changed, &w->lock, &until);
}

static bool try_again(struct waiting *w, const struct waiting_grant *g)
{
	struct packet p;

	p.len = g->len;
	p.fd = -1;
	memcpy(p.as.octets, g->octets, g->len);
	return w->try_grant(w->ctx, &p, clock_ms() >= g->until_ms);
}

static void try_all(struct waiting *w)
{
	struct waiting_grant *g = take_all(w);

	while (g != NULL) {
		struct waiting_grant *next = g->next;
		bool is_answered;

		pthread_mutex_unlock(&w->lock);
		is_answered = try_again(w, g);
		pthread_mutex_lock(&w->lock);
		if (is_answered) {
			free(g);
		} else {
			append(w, g);
		}
		g = next;
	}
}

static void *run(void *arg)
{
	struct waiting *w = arg;

	pthread_mutex_lock(&w->lock);
	while (!w->is_stopping) {
		wait_for_change(w);
		try_all(w);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

int waiting_start(struct waiting *w, waiting_try *try_grant, void *ctx)
{
	*w = (struct waiting){ .try_grant = try_grant, .ctx = ctx };
	w->last = &w->first;
	pthread_mutex_init(&w->lock, NULL);
	clock_cond_init(&w->changed);
	return -pthread_create(&w->thread, NULL, run, w);
}

void waiting_stop(struct waiting *w)
{
	struct waiting_grant *g;

	pthread_mutex_lock(&w->lock);
	w->is_stopping = true;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	pthread_mutex_lock(&w->lock);
	g = take_all(w);
	pthread_mutex_unlock(&w->lock);
	while (g != NULL) {
		struct waiting_grant *next = g->next;

		free(g);
		g = next;
	}
}

static struct waiting_grant *copy(const struct packet *grant)
{
	struct waiting_grant *g = malloc(sizeof(*g) + grant->len);

	if (g != NULL) {
		g->until_ms = clock_ms() + MAILDROP_LOCK_WAIT_MS;
		g->len = grant->len;
		memcpy(g->octets, grant->as.octets, grant->len);
	}
	return g;
}

bool waiting_add(struct waiting *w, const struct packet *grant)
{
	struct waiting_grant *g = copy(grant);
	bool has_room;

	if (g == NULL) {
		return false;
	}
	pthread_mutex_lock(&w->lock);
	has_room = w->count < MAILDROP_WAITING_MAX;
	if (has_room) {
		append(w, g);
		pthread_cond_signal(&w->changed);
	}
	pthread_mutex_unlock(&w->lock);
	if (!has_room) {
		free(g);
	}
	return has_room;
}

void waiting_nudge(struct waiting *w)
{
	pthread_mutex_lock(&w->lock);
	if (w->first != NULL) {
		pthread_cond_signal(&w->changed);
	}
	pthread_mutex_unlock(&w->lock);
}
