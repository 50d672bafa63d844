// SPDX-License-Identifier: ISC
/*
 * exchange.c - the SASL exchanges that are under way (exchange.h).
 * Runs in: auth.  Trusts: no number that a session process says.
 *
 * They stand in a list by age, so that those whose time is over are found at
 * its begin, and in buckets by the connection's number.
 */
#include "auth/exchange.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/list.h"

#define BUCKETS 256u /* connections are numbered one by one */

struct exchange {
	struct list by_age;
	struct list in_bucket;
	uint64_t conn;
	uint64_t begun_ms;
	void *what;
	bool is_taken;
	bool is_forgotten; /* not found any more; ended when given back */
};

struct exchanges {
	struct exchanges_shared *shared;
	pthread_mutex_t lock; /* of what stands below, and of each in it */
	uint32_t count;
	struct list by_age;
	struct list buckets[BUCKETS];
};

struct exchanges *exchanges_create(struct exchanges_shared *shared)
{
	struct exchanges *e = calloc(1, sizeof(*e));

	if (e == NULL) {
		return NULL;
	}
	e->shared = shared;
	pthread_mutex_init(&e->lock, NULL);
	list_init(&e->by_age);
	for (size_t i = 0; i < BUCKETS; i++) {
		list_init(&e->buckets[i]);
	}
	return e;
}

static struct exchange *oldest(struct exchanges *e)
{
	return list_is_empty(&e->by_age)
		   ? NULL
		   : LIST_OWNER(e->by_age.next, struct exchange, by_age);
}

/* Takes it out of everything, to be ended when the lock is given up: that frees
 * memory in many pieces, and asks the guard.  With the lock. */
static void take_out(struct exchanges *e, struct exchange *x, struct list *out)
{
	list_remove(&x->in_bucket);
	list_append(out, &x->by_age);
	e->count--;
	(void)atomic_fetch_sub(&e->shared->count, 1);
}

/* Without the lock. */
static void end_all(const struct exchanges *e, struct list *out,
		    bool is_abandoned)
{
	while (!list_is_empty(out)) {
		struct exchange *x =
		    LIST_OWNER(out->next, struct exchange, by_age);

		list_remove(&x->by_age);
		e->shared->end(e->shared->ctx, x->what, is_abandoned);
		free(x);
	}
}

/* Takes it out now or when it is given back; with the lock. */
static void forget(struct exchanges *e, struct exchange *x, struct list *out)
{
	if (!x->is_taken) {
		take_out(e, x, out);
		return;
	}
	x->is_forgotten = true;
	list_remove(&x->by_age);
	list_remove(&x->in_bucket);
}

static void forget_old(struct exchanges *e, uint64_t now_ms, struct list *out)
{
	struct exchange *x = oldest(e);

	/* another thread's clock reading may be a little ahead of now_ms */
	while (x != NULL && now_ms >= x->begun_ms + e->shared->life_ms) {
		forget(e, x, out);
		x = oldest(e);
	}
}

static struct exchange *find(struct exchanges *e, uint64_t conn)
{
	struct list *bucket = &e->buckets[conn % BUCKETS];

	for (struct list *l = bucket->next; l != bucket; l = l->next) {
		struct exchange *x = LIST_OWNER(l, struct exchange, in_bucket);

		if (x->conn == conn) {
			return x;
		}
	}
	return NULL;
}

void exchanges_destroy(struct exchanges **ep)
{
	struct exchanges *e = *ep;
	struct list out;

	*ep = NULL;
	if (e == NULL) {
		return;
	}
	list_init(&out);
	while (oldest(e) != NULL) {
		take_out(e, oldest(e), &out);
	}
	end_all(e, &out, false);
	pthread_mutex_destroy(&e->lock);
	free(e);
}

/* Counts one more, unless there are too many; with the lock. */
static bool enter(struct exchanges *e)
{
	if (e->count >= e->shared->peer_max) {
		return false;
	}
	if (atomic_fetch_add(&e->shared->count, 1) >= e->shared->all_max) {
		(void)atomic_fetch_sub(&e->shared->count, 1);
		return false;
	}
	e->count++;
	return true;
}

bool exchanges_put(struct exchanges *e, uint64_t conn, void *what,
		   uint64_t now_ms)
{
	struct exchange *x = calloc(1, sizeof(*x));
	struct exchange *before;
	struct list out;
	bool is_put;

	if (x == NULL) {
		return false;
	}
	*x =
	    (struct exchange){ .conn = conn, .begun_ms = now_ms, .what = what };
	list_init(&x->by_age);
	list_init(&x->in_bucket);
	list_init(&out);
	pthread_mutex_lock(&e->lock);
	forget_old(e, now_ms, &out);
	before = find(e, conn);
	if (before != NULL) {
		forget(e, before, &out);
	}
	is_put = enter(e);
	if (is_put) {
		list_append(&e->by_age, &x->by_age);
		list_append(&e->buckets[conn % BUCKETS], &x->in_bucket);
	}
	pthread_mutex_unlock(&e->lock);
	end_all(e, &out, true);
	if (!is_put) {
		free(x);
	}
	return is_put;
}

struct exchange *exchanges_take(struct exchanges *e, uint64_t conn,
				uint64_t now_ms)
{
	struct exchange *x;
	struct list out;

	list_init(&out);
	pthread_mutex_lock(&e->lock);
	forget_old(e, now_ms, &out);
	x = find(e, conn);
	if (x != NULL && x->is_taken) {
		x = NULL;
	}
	if (x != NULL) {
		x->is_taken = true;
	}
	pthread_mutex_unlock(&e->lock);
	end_all(e, &out, true);
	return x;
}

void *exchange_what(const struct exchange *x)
{
	return x->what;
}

void exchange_keep(struct exchanges *e, struct exchange *x)
{
	struct list out;

	list_init(&out);
	pthread_mutex_lock(&e->lock);
	x->is_taken = false;
	if (x->is_forgotten) {
		take_out(e, x, &out);
	}
	pthread_mutex_unlock(&e->lock);
	end_all(e, &out, true);
}

void exchange_end(struct exchanges *e, struct exchange *x, bool is_abandoned)
{
	struct list out;

	list_init(&out);
	pthread_mutex_lock(&e->lock);
	take_out(e, x, &out);
	pthread_mutex_unlock(&e->lock);
	end_all(e, &out, is_abandoned);
}

void exchanges_forget(struct exchanges *e, uint64_t conn)
{
	struct exchange *x;
	struct list out;

	list_init(&out);
	pthread_mutex_lock(&e->lock);
	x = find(e, conn);
	if (x != NULL) {
		forget(e, x, &out);
	}
	pthread_mutex_unlock(&e->lock);
	end_all(e, &out, true);
}
