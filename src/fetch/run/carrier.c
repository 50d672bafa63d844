// SPDX-License-Identifier: ISC
/*
 * carrier.c - an account's thread: takes jobs off a queue, puts news on
 * another, and wakes the loop by uv_async.
 * Runs in: the collector, loop and thread.  Trusts: its owner.
 * Allocates: jobs, news.
 */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "fetch/limits.h"
#include "fetch/run/carrier.h"

struct carrier {
	struct haul *haul;
	const struct carrier_owner *owner; /* NULL: nobody is told */
	void *ctx;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t work;
	struct list jobs;
	struct list news;
	size_t jobs_count;
	bool is_over;   /* the thread is to end */
	bool has_ended; /* all but its return */
	bool was_full;  /* the owner is told when there is room again */
	uv_async_t wake;
};

static void job_free(struct carrier_job *job)
{
	block_release(&job->block);
	listing_finish(&job->listing);
	free(job->why);
	free(job);
}

static void empty(struct carrier *c)
{
	while (!list_is_empty(&c->jobs)) {
		struct list *link = c->jobs.next;

		list_remove(link);
		job_free(LIST_OWNER(link, struct carrier_job, link));
	}
	while (!list_is_empty(&c->news)) {
		struct list *link = c->news.next;

		list_remove(link);
		haul_news_free(LIST_OWNER(link, struct haul_news, link));
	}
}

/* -- the thread */

static void tell(void *ctx, struct haul_news *news)
{
	struct carrier *c = ctx;

	pthread_mutex_lock(&c->mutex);
	list_append(&c->news, &news->link);
	pthread_mutex_unlock(&c->mutex);
	(void)uv_async_send(&c->wake);
}

static void work(struct haul *h, struct carrier_job *job)
{
	switch (job->kind) {
	case JOB_LOGGED_IN:
		haul_logged_in(h, job->login_delay_s);
		return;
	case JOB_PLAN:
		haul_plan(h, &job->listing, job->is_true);
		return;
	case JOB_LOOK:
		haul_look(h, job->msn, job->part, job->at, job->len);
		return;
	case JOB_UNLOOKED:
		haul_unlooked(h, job->msn);
		return;
	case JOB_TEXT:
		haul_text(h, job->msn, job->part, job->at, job->len);
		return;
	case JOB_REFUSED:
		haul_refused(h, job->msn, job->why);
		return;
	case JOB_MARK:
		haul_mark(h, job->msn, job->is_true);
		return;
	case JOB_QUITTING:
		haul_quitting(h);
		return;
	case JOB_OVER:
		haul_over(h, job->why, job->msn, job->is_true);
		return;
	}
}

static bool has_room_again(const struct carrier *c)
{
	return c->was_full && c->jobs_count < CARRIER_JOBS_MAX / 2;
}

/* The next job; NULL at the end.  Nothing waits: what was carried is
 * settled, so that a group is as large as what came while the one before was
 * settled. */
static struct carrier_job *take(struct carrier *c)
{
	struct carrier_job *job = NULL;
	bool has_room;

	pthread_mutex_lock(&c->mutex);
	while (!c->is_over && list_is_empty(&c->jobs)) {
		if (haul_has_unsettled(c->haul)) {
			pthread_mutex_unlock(&c->mutex);
			haul_settle(c->haul);
			pthread_mutex_lock(&c->mutex);
			continue;
		}
		pthread_cond_wait(&c->work, &c->mutex);
	}
	if (!c->is_over) {
		job = LIST_OWNER(c->jobs.next, struct carrier_job, link);
		list_remove(&job->link);
		c->jobs_count -= 1;
	}
	has_room = has_room_again(c);
	pthread_mutex_unlock(&c->mutex);
	if (has_room) {
		(void)uv_async_send(&c->wake);
	}
	return job;
}

static void *run(void *arg)
{
	struct carrier *c = arg;
	struct carrier_job *job;

	haul_begin(c->haul, &(struct haul_ear){ tell, c });
	for (job = take(c); job != NULL; job = take(c)) {
		work(c->haul, job);
		job_free(job);
	}
	/* the sink's farewell may take long */
	haul_destroy(&c->haul);
	pthread_mutex_lock(&c->mutex);
	c->has_ended = true;
	pthread_mutex_unlock(&c->mutex);
	(void)uv_async_send(&c->wake);
	return NULL;
}

/* -- the loop */

static struct haul_news *next_news(struct carrier *c)
{
	struct haul_news *news = NULL;

	pthread_mutex_lock(&c->mutex);
	if (!list_is_empty(&c->news)) {
		news = LIST_OWNER(c->news.next, struct haul_news, link);
		list_remove(&news->link);
	}
	pthread_mutex_unlock(&c->mutex);
	return news;
}

static bool take_room(struct carrier *c)
{
	bool has;

	pthread_mutex_lock(&c->mutex);
	has = has_room_again(c);
	if (has) {
		c->was_full = false;
	}
	pthread_mutex_unlock(&c->mutex);
	return has;
}

static bool has_ended(struct carrier *c)
{
	bool has;

	pthread_mutex_lock(&c->mutex);
	has = c->has_ended;
	pthread_mutex_unlock(&c->mutex);
	return has;
}

static void on_closed(uv_handle_t *wake);

/* Nobody has it any more: it goes with its thread. */
static void end_with_thread(struct carrier *c)
{
	if (has_ended(c) && !uv_is_closing((uv_handle_t *)&c->wake)) {
		(void)pthread_join(c->thread, NULL);
		uv_close((uv_handle_t *)&c->wake, on_closed);
	}
}

static void tell_owner(struct carrier *c)
{
	struct haul_news *news = next_news(c);
	bool has_told = news != NULL;

	while (news != NULL) {
		c->owner->on_news(c->ctx, news);
		news = c->owner != NULL ? next_news(c) : NULL;
	}
	if (c->owner != NULL && has_told) {
		c->owner->on_told(c->ctx);
	}
	if (c->owner != NULL && take_room(c)) {
		c->owner->on_room(c->ctx);
	}
}

/* The owner may destroy c in on_news: then owner is NULL, and the memory is
 * there until uv has closed wake, which is after this. */
static void on_wake(uv_async_t *wake)
{
	struct carrier *c = wake->data;

	if (c->owner != NULL) {
		tell_owner(c);
	}
	if (c->owner != NULL && has_ended(c)) {
		c->owner->on_ended(c->ctx);
	}
	if (c->owner == NULL) {
		end_with_thread(c);
	}
}

static void init(struct carrier *c, const struct carrier_owner *owner,
		 void *ctx)
{
	c->owner = owner;
	c->ctx = ctx;
	list_init(&c->jobs);
	list_init(&c->news);
	pthread_mutex_init(&c->mutex, NULL);
	pthread_cond_init(&c->work, NULL);
	c->wake.data = c;
}

static void finish(struct carrier *c)
{
	empty(c);
	pthread_cond_destroy(&c->work);
	pthread_mutex_destroy(&c->mutex);
	free(c);
}

static void on_closed(uv_handle_t *wake)
{
	finish(wake->data);
}

struct carrier *carrier_create(uv_loop_t *loop, struct haul *h,
			       const struct carrier_owner *owner, void *ctx,
			       struct why *why)
{
	struct carrier *c = calloc(1, sizeof(*c));
	int rc;

	if (c == NULL) {
		why_set(why, WHY_INTERNAL, "no memory for another thread");
		return NULL;
	}
	init(c, owner, ctx);
	rc = uv_async_init(loop, &c->wake, on_wake);
	if (rc < 0) {
		why_set(why, WHY_INTERNAL, "no descriptor for another thread");
		finish(c);
		return NULL;
	}
	c->haul = h;
	rc = pthread_create(&c->thread, NULL, run, c);
	if (rc != 0) {
		why_errno(why, WHY_INTERNAL, rc, "another thread");
		uv_close((uv_handle_t *)&c->wake, on_closed);
		return NULL;
	}
	return c;
}

/* Without memory the process ends, which loses nothing. */
void carrier_put(struct carrier *c, const struct carrier_job *job)
{
	struct carrier_job *copy = malloc(sizeof(*copy));

	if (copy == NULL) {
		abort();
	}
	*copy = *job;
	list_init(&copy->link);
	pthread_mutex_lock(&c->mutex);
	list_append(&c->jobs, &copy->link);
	c->jobs_count += 1;
	if (c->jobs_count >= CARRIER_JOBS_MAX) {
		c->was_full = true;
	}
	pthread_cond_signal(&c->work);
	pthread_mutex_unlock(&c->mutex);
}

bool carrier_is_full(const struct carrier *c)
{
	return c->was_full;
}

void carrier_stop(struct carrier *c)
{
	assert(!c->is_over);
	haul_stop(c->haul);
}

bool carrier_is_delivering(const struct carrier *c)
{
	assert(!c->is_over);
	return haul_is_delivering(c->haul);
}

void carrier_end(struct carrier *c)
{
	pthread_mutex_lock(&c->mutex);
	c->is_over = true;
	pthread_cond_signal(&c->work);
	pthread_mutex_unlock(&c->mutex);
}

void carrier_destroy(struct carrier **carrier)
{
	struct carrier *c = *carrier;

	if (c == NULL) {
		return;
	}
	*carrier = NULL;
	c->owner = NULL;
	carrier_end(c);
	end_with_thread(c);
}
