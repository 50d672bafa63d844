// SPDX-License-Identifier: ISC
/*
 * pool.c - work that takes long, in turns (pool.h).
 * Runs in: auth.  Trusts: its caller; a source's number may come from the
 * network, and cannot be aimed at a bucket.  Allocates: once, at start.
 */
#include "auth/pool.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

#include "os/random.h"
#include "os/thread.h"

/* One turn in so many is the strangers' even if others wait. */
#define STRANGERS_TURN 4u

/* Whoever has jobs waiting; in its class's ring, in the order of turns. */
struct source {
	struct list in_ring;   /* or among the free ones */
	struct list in_bucket; /* found by its number */
	struct list jobs;      /* the oldest first */
	uint64_t number;
	uint32_t count;
};

struct queue {
	struct list ring;
	struct list *buckets; /* as many as there may be sources */
	uint32_t count;       /* jobs */
};

struct pool {
	const struct pool_ops *ops;
	void *ctx;
	struct pool_limits limits;
	uint8_t key[crypto_shorthash_KEYBYTES];
	pthread_mutex_t lock;   /* of what stands below */
	pthread_cond_t changed; /* there is a job, or an end */
	struct queue queues[POOL_CLASS_COUNT];
	struct list free_sources;
	struct source *sources;
	uint32_t turns;
	uint32_t threads; /* that run */
	bool is_ending;
};

static void queue_init(struct queue *q, uint32_t buckets)
{
	list_init(&q->ring);
	for (uint32_t i = 0; i < buckets; i++) {
		list_init(&q->buckets[i]);
	}
}

/* A source has a job at least, so there are never more of them than jobs. */
static bool make_places(struct pool *pool)
{
	uint32_t jobs = pool->limits.jobs;

	pool->sources =
	    calloc((size_t)jobs * POOL_CLASS_COUNT, sizeof(*pool->sources));
	for (unsigned kind = 0; kind < POOL_CLASS_COUNT; kind++) {
		pool->queues[kind].buckets = calloc(jobs, sizeof(struct list));
		if (pool->queues[kind].buckets == NULL) {
			return false;
		}
		queue_init(&pool->queues[kind], jobs);
	}
	list_init(&pool->free_sources);
	for (uint32_t i = 0;
	     pool->sources != NULL && i < jobs * POOL_CLASS_COUNT; i++) {
		list_init(&pool->sources[i].in_ring);
		list_append(&pool->free_sources, &pool->sources[i].in_ring);
	}
	return pool->sources != NULL;
}

struct pool *pool_create(const struct pool_limits *limits,
			 const struct pool_ops *ops, void *ctx)
{
	struct pool *pool = calloc(1, sizeof(*pool));

	if (pool == NULL) {
		return NULL;
	}
	pool->ops = ops;
	pool->ctx = ctx;
	pool->limits = *limits;
	random_fill(pool->key, sizeof(pool->key));
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->changed, NULL);
	if (!make_places(pool)) {
		pool_destroy(&pool);
	}
	return pool;
}

static void await_threads(struct pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	pool->is_ending = true;
	pthread_cond_broadcast(&pool->changed);
	while (pool->threads != 0) {
		pthread_cond_wait(&pool->changed, &pool->lock);
	}
	pthread_mutex_unlock(&pool->lock);
}

void pool_destroy(struct pool **poolp)
{
	struct pool *pool = *poolp;

	if (pool != NULL) {
		await_threads(pool);
		for (unsigned kind = 0; kind < POOL_CLASS_COUNT; kind++) {
			free(pool->queues[kind].buckets);
		}
		free(pool->sources);
		pthread_cond_destroy(&pool->changed);
		pthread_mutex_destroy(&pool->lock);
		free(pool);
	}
	*poolp = NULL;
}

static struct list *bucket_of(struct pool *pool, struct queue *q,
			      uint64_t number)
{
	uint64_t hash;

	crypto_shorthash((uint8_t *)&hash, (const uint8_t *)&number,
			 sizeof(number), pool->key);
	return &q->buckets[hash % pool->limits.jobs];
}

static struct source *find_source(struct pool *pool, struct queue *q,
				  uint64_t number)
{
	struct list *bucket = bucket_of(pool, q, number);

	for (struct list *at = bucket->next; at != bucket; at = at->next) {
		struct source *s = LIST_OWNER(at, struct source, in_bucket);

		if (s->number == number) {
			return s;
		}
	}
	return NULL;
}

/* Its turn comes behind all others'. */
static struct source *make_source(struct pool *pool, struct queue *q,
				  uint64_t number)
{
	struct source *s =
	    LIST_OWNER(pool->free_sources.next, struct source, in_ring);

	s->number = number;
	s->count = 0;
	list_init(&s->jobs);
	list_init(&s->in_bucket);
	list_append(&q->ring, &s->in_ring);
	list_append(bucket_of(pool, q, number), &s->in_bucket);
	return s;
}

/* Takes one of a source's jobs; a source without jobs is none. */
static struct pool_job *take_job(struct pool *pool, struct queue *q,
				 struct source *s, struct list *link)
{
	list_remove(link);
	q->count--;
	s->count--;
	if (s->count == 0) {
		list_remove(&s->in_bucket);
		list_append(&pool->free_sources, &s->in_ring);
	}
	return LIST_OWNER(link, struct pool_job, in_source);
}

static struct pool_job *take_turn(struct pool *pool, struct queue *q)
{
	struct source *s = LIST_OWNER(q->ring.next, struct source, in_ring);

	list_append(&q->ring, &s->in_ring);
	return take_job(pool, q, s, s->jobs.next);
}

static struct pool_job *take_next(struct pool *pool)
{
	struct queue *familiar = &pool->queues[POOL_FAMILIAR];
	struct queue *strangers = &pool->queues[POOL_STRANGER];
	bool is_strangers = pool->turns % STRANGERS_TURN == 0;

	if (familiar->count == 0 && strangers->count == 0) {
		return NULL;
	}
	pool->turns++;
	if (familiar->count == 0 || (is_strangers && strangers->count != 0)) {
		return take_turn(pool, strangers);
	}
	return take_turn(pool, familiar);
}

/* The last job of the source that has the most, if those are more than one
 * with own jobs would have with another; NULL if there is no such source. */
static struct pool_job *take_from_longest(struct pool *pool, struct queue *q,
					  uint32_t own)
{
	struct source *longest = NULL;
	uint32_t most = own + 1;

	for (struct list *at = q->ring.next; at != &q->ring; at = at->next) {
		struct source *s = LIST_OWNER(at, struct source, in_ring);

		if (s->count > most) {
			most = s->count;
			longest = s;
		}
	}
	return longest == NULL ? NULL
			       : take_job(pool, q, longest, longest->jobs.prev);
}

/* Adds under the lock; *pushed_r is a job that has to give way. */
static int add(struct pool *pool, struct pool_job *job,
	       struct pool_job **pushed_r)
{
	struct queue *q = &pool->queues[job->kind];
	struct source *s = find_source(pool, q, job->source);
	uint32_t own = s == NULL ? 0 : s->count;

	*pushed_r = NULL;
	if (own >= pool->limits.per_source) {
		return -EAGAIN;
	}
	if (q->count == pool->limits.jobs) {
		*pushed_r = take_from_longest(pool, q, own);
		if (*pushed_r == NULL) {
			return -EAGAIN;
		}
	}
	if (s == NULL) {
		s = make_source(pool, q, job->source);
	}
	list_init(&job->in_source);
	list_append(&s->jobs, &job->in_source);
	s->count++;
	q->count++;
	pthread_cond_signal(&pool->changed);
	return 0;
}

int pool_add(struct pool *pool, struct pool_job *job)
{
	struct pool_job *pushed;
	int rc;

	pthread_mutex_lock(&pool->lock);
	rc = add(pool, job, &pushed);
	pthread_mutex_unlock(&pool->lock);
	if (pushed != NULL) {
		pool->ops->push_out(pool->ctx, pushed);
	}
	return rc;
}

struct pool_job *pool_take(struct pool *pool)
{
	struct pool_job *job;

	pthread_mutex_lock(&pool->lock);
	job = take_next(pool);
	pthread_mutex_unlock(&pool->lock);
	return job;
}

/* NULL at the end. */
static struct pool_job *await_job(struct pool *pool)
{
	struct pool_job *job;

	pthread_mutex_lock(&pool->lock);
	job = take_next(pool);
	while (job == NULL && !pool->is_ending) {
		pthread_cond_wait(&pool->changed, &pool->lock);
		job = take_next(pool);
	}
	pthread_mutex_unlock(&pool->lock);
	return job;
}

static void *work(void *arg)
{
	struct pool *pool = arg;
	struct pool_job *job;

	thread_stand_back(); /* for whoever is let in without such work */
	job = await_job(pool);
	while (job != NULL) {
		pool->ops->run(pool->ctx, job);
		job = await_job(pool);
	}
	pthread_mutex_lock(&pool->lock);
	pool->threads--;
	pthread_cond_broadcast(&pool->changed);
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

int pool_start(struct pool *pool)
{
	int rc = 0;

	pthread_mutex_lock(&pool->lock);
	while (pool->threads < pool->limits.threads && rc == 0) {
		rc = thread_start(work, pool);
		pool->threads += rc == 0;
	}
	pthread_mutex_unlock(&pool->lock);
	return rc;
}
