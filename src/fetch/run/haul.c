// SPDX-License-Identifier: ISC
/*
 * haul.c - an account's mail: its life, and news of it.
 * Runs in: the carrier's thread.  Trusts: the loop; never the server.
 * Allocates: itself, news.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/run/haul_impl.h"
#include "fetch/show/human.h"
#include "os/clock.h"

/* -- news */

struct haul_task haul_task_of(const struct plan_item *item)
{
	return (struct haul_task){
		.msn = item->msn,
		.action = item->action,
		.because = item->because,
		.octets = item->octets,
		.uid = item->uid,
	};
}

struct haul_news *haul_news_of(enum haul_news_kind kind,
			       const struct plan_item *item,
			       const struct why *why)
{
	struct haul_news *news = calloc(1, sizeof(*news));

	if (news == NULL) {
		abort();
	}
	list_init(&news->link);
	news->kind = kind;
	if (item != NULL) {
		news->task = haul_task_of(item);
	}
	if (why != NULL) {
		news->why = *why;
	}
	return news;
}

void haul_news_free(struct haul_news *news)
{
	free(news->tasks);
	free(news);
}

void haul_tell(struct haul *h, struct haul_news *news)
{
	h->ear.tell(h->ear.ctx, news);
}

static void fail(struct haul *h, const struct why *why, bool is_record)
{
	struct haul_news *news;

	/* Behind a destination that failed the record may fail, too: then there
	 * is no QUIT, and that is to be told. */
	if (h->has_record_failed || (h->has_failed && !is_record)) {
		return;
	}
	h->has_failed = true;
	h->has_record_failed = is_record;
	news = haul_news_of(HAUL_FAILED, NULL, why);
	news->is_record = is_record;
	haul_tell(h, news);
}

void haul_fail(struct haul *h, const struct why *why)
{
	fail(h, why, false);
}

void haul_fail_record(struct haul *h, const struct why *why)
{
	record_rollback(h->record);
	fail(h, why, true);
}

int64_t haul_now(const struct haul *h)
{
	return h->want.clock_unix();
}

/* -- its life */

void haul_stop(struct haul *h)
{
	atomic_store(&h->stop_ms, clock_ms() + HAUL_STOP_MS);
}

bool haul_is_stopping(const struct haul *h)
{
	return atomic_load(&h->stop_ms) != 0;
}

bool haul_is_late(const struct haul *h)
{
	uint64_t stop_ms = atomic_load(&h->stop_ms);

	return stop_ms != 0 && clock_ms() >= stop_ms;
}

static bool is_stopping(const void *haul)
{
	return haul_is_stopping(haul);
}

bool haul_is_delivering(const struct haul *h)
{
	return atomic_load(&h->is_delivering);
}

/* To open it is to write to it, if it is new; and the first one looks through
 * all of it. */
static int open_in_turn(struct haul *h, const char *key, struct why *why)
{
	struct turns *turns = h->want.turns;
	int rc;

	if (turns != NULL && !turns_take(turns)) {
		return record_not_ours(h->want.record_path, why);
	}
	rc = record_open(h->want.record_path, key, &h->record, why);
	if (turns != NULL) {
		turns_leave(turns, rc < 0);
	}
	if (rc == 0) {
		record_take_turns(h->record, turns);
	}
	return rc;
}

static int open_record(struct haul *h, struct why *why)
{
	char key[ACCOUNT_KEY_MAX];

	if (account_key(h->account, key) < 0) {
		why_set(why, WHY_CONFIG, "user and host are too long together");
		return -1;
	}
	/* who only looks keeps nobody from the account */
	if (h->want.only_looks) {
		return record_open_shared(h->want.record_path, key, &h->record,
					  why);
	}
	return open_in_turn(h, key, why);
}

struct haul *haul_prepare(const struct account *account,
			  const struct haul_want *want)
{
	struct haul *h = calloc(1, sizeof(*h));

	if (h == NULL) {
		return NULL;
	}
	h->account = account;
	h->want = *want;
	h->octets_max = FETCH_MESSAGE_OCTETS_MAX;
	return h;
}

static int open_all(struct haul *h, struct why *why)
{
	if (open_record(h, why) < 0 ||
	    (!h->want.only_looks &&
	     sink_open(&h->account->deliver, &h->sink, why) < 0)) {
		return -1;
	}
	if (h->sink != NULL) {
		sink_heed(h->sink, &(struct sink_heed){ is_stopping, h });
	}
	if (record_login(h->record, &h->login, why) < 0) {
		return -1;
	}
	return digest_create(&h->digest, why);
}

struct haul *haul_create(const struct account *account,
			 const struct haul_want *want, struct why *why)
{
	struct haul *h = haul_prepare(account, want);

	if (h == NULL) {
		why_set(why, WHY_INTERNAL, "no memory for another account");
		return NULL;
	}
	if (open_all(h, why) < 0) {
		haul_destroy(&h);
	}
	return h;
}

void haul_end_session(struct haul *h)
{
	haul_forget_incoming(h);
	haul_release_loads(h);
	for (size_t i = 0; h->rows != NULL && i < h->plan.count; i++) {
		free(h->rows[i]);
	}
	plan_finish(&h->plan);
	entries_finish(&h->entries);
	listing_finish(&h->listing);
	free(h->by_listing);
	h->by_listing = NULL;
	free(h->rows);
	h->rows = NULL;
	free(h->is_marked);
	h->is_marked = NULL;
	free(h->is_touched);
	h->is_touched = NULL;
	h->last = NULL;
}

void haul_destroy(struct haul **haul)
{
	struct haul *h = *haul;

	if (h == NULL) {
		return;
	}
	*haul = NULL;
	haul_end_session(h);
	sink_close(&h->sink);
	record_close(&h->record);
	digest_destroy(&h->digest);
	pool_finish(&h->pool);
	free(h);
}

/* The server would refuse the log-in, or lock the account.  A clock that was
 * set back keeps nobody away. */
static bool is_too_early(const struct haul *h, struct why *why)
{
	int64_t again_unix = h->login.last_unix + h->login.delay_s;
	char at[HUMAN_MAX];

	if (h->login.delay_s == 0 || haul_now(h) < h->login.last_unix ||
	    haul_now(h) >= again_unix) {
		return false;
	}
	human_time_of_day(again_unix, at);
	why_set(why, WHY_TEMP,
		"the server wants %u seconds between two log-ins "
		"(LOGIN-DELAY); nothing is fetched before %s",
		h->login.delay_s, at);
	return true;
}

void haul_begin(struct haul *h, const struct haul_ear *ear)
{
	struct why why;

	h->ear = *ear;
	if (h->digest != NULL) {
		return;
	}
	if (open_all(h, &why) < 0) {
		fail(h, &why, true);
		return;
	}
	if (is_too_early(h, &why)) {
		fail(h, &why, true);
		return;
	}
	haul_tell(h, haul_news_of(HAUL_OPENED, NULL, NULL));
}

void haul_logged_in(struct haul *h, uint32_t login_delay_s)
{
	struct record_login login = { haul_now(h), login_delay_s };
	struct why why;

	if (login_delay_s == 0 && h->login.delay_s == 0) {
		return; /* as nearly everywhere: nothing to be put down */
	}
	h->login = login;
	if (record_put_login(h->record, &login, &why) < 0) {
		haul_fail_record(h, &why);
	}
}
