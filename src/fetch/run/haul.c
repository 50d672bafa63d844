// SPDX-License-Identifier: ISC
/*
 * haul.c - an account's mail: its life, what is to be done with each message,
 * and what the end of a session means for the record.
 * Runs in: the carrier's thread.  Trusts: the loop; never the server.
 * Allocates: itself, news; what a session's listing needs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/mail/attempts.h"
#include "fetch/run/haul_impl.h"

#define KEY_MAX 600u /* user@host */

/* -- news */

static struct haul_task task_of(const struct plan_item *item)
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
		news->task = task_of(item);
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

	if (!h->has_failed) {
		h->has_failed = true;
		news = haul_news_of(HAUL_FAILED, NULL, why);
		news->is_record = is_record;
		haul_tell(h, news);
	}
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

static int open_record(struct haul *h, struct why *why)
{
	char key[KEY_MAX];
	int n = snprintf(key, sizeof(key), "%s@%s", h->account->user,
			 h->account->host);

	if (n < 0 || (size_t)n >= sizeof(key)) {
		why_set(why, WHY_CONFIG, "user and host are too long together");
		return -1;
	}
	return record_open(h->want.record_path, key, &h->record, why);
}

struct haul *haul_create(const struct account *account,
			 const struct haul_want *want, struct why *why)
{
	struct haul *h = calloc(1, sizeof(*h));

	if (h == NULL) {
		why_set(why, WHY_INTERNAL, "no memory for another account");
		return NULL;
	}
	h->account = account;
	h->want = *want;
	h->finds_again = account->deliver.kind == DESTINATION_MAILDIR ||
			 account->deliver.kind == DESTINATION_MBOX;
	if (open_record(h, why) < 0 ||
	    (!want->only_looks &&
	     sink_open(&account->deliver, &h->sink, why) < 0) ||
	    digest_create(&h->digest, why) < 0) {
		haul_destroy(&h);
		return NULL;
	}
	return h;
}

static void end_session(struct haul *h)
{
	haul_forget_incoming(h);
	haul_release_loads(h);
	for (size_t i = 0; h->rows != NULL && i < h->plan.count; i++) {
		free(h->rows[i]);
	}
	plan_finish(&h->plan);
	entries_finish(&h->entries);
	listing_finish(&h->listing);
	free(h->by_msn);
	h->by_msn = NULL;
	free(h->rows);
	h->rows = NULL;
	free(h->is_marked);
	h->is_marked = NULL;
}

void haul_destroy(struct haul **haul)
{
	struct haul *h = *haul;

	if (h == NULL) {
		return;
	}
	*haul = NULL;
	end_session(h);
	sink_close(&h->sink);
	record_close(&h->record);
	digest_destroy(&h->digest);
	pool_finish(&h->pool);
	free(h);
}

void haul_begin(struct haul *h, const struct haul_ear *ear)
{
	h->ear = *ear;
}

/* -- the plan */

static int compare_msn(const void *a, const void *b)
{
	const struct plan_item *const *x = a, *const *y = b;

	return ((*x)->msn > (*y)->msn) - ((*x)->msn < (*y)->msn);
}

struct plan_item *haul_item(const struct haul *h, uint32_t msn)
{
	struct plan_item wanted = { .msn = msn };
	const struct plan_item *key = &wanted;
	struct plan_item **at;

	if (h->plan.count == 0) {
		return NULL;
	}
	at = bsearch(&key, h->by_msn, h->plan.count, sizeof(struct plan_item *),
		     compare_msn);
	return at != NULL ? *at : NULL;
}

static int make_index(struct haul *h, struct why *why)
{
	size_t count = h->plan.count;

	h->by_msn = calloc(count + 1, sizeof(struct plan_item *));
	h->is_marked = calloc(count + 1, sizeof(bool));
	h->rows = calloc(count + 1, sizeof(struct record_entry *));
	if (h->by_msn == NULL || h->is_marked == NULL || h->rows == NULL) {
		why_set(why, WHY_INTERNAL, "no memory for %zu messages", count);
		return -1;
	}
	for (size_t i = 0; i < count; i++) {
		h->by_msn[i] = &h->plan.items[i];
	}
	qsort(h->by_msn, count, sizeof(struct plan_item *), compare_msn);
	return 0;
}

/* What was on its way at a crash: is it there? */
static void verify(struct haul *h, struct plan_item *item)
{
	struct record_entry *row = item->row;

	row->stage = RECORD_TRIED;
	if (row->has_sum && row->place != NULL &&
	    sink_find(h->sink, row->place, row->sum.text) == SINK_DELIVERED) {
		row->stage = RECORD_DELIVERED;
		row->delivered_unix = row->changed_unix;
	}
	row->place = NULL;
	item->is_changed = true;
	plan_again(&h->plan, item);
}

static int put_changed(struct haul *h, struct why *why)
{
	bool has_begun = false;

	for (size_t i = 0; i < h->plan.count; i++) {
		struct plan_item *item = &h->plan.items[i];

		if (!item->is_changed) {
			continue;
		}
		if (!has_begun && record_begin(h->record, why) < 0) {
			return -1;
		}
		has_begun = true;
		item->is_changed = false;
		if (record_put(h->record, item->row, why) < 0) {
			return -1;
		}
	}
	return has_begun ? record_commit(h->record, why) : 0;
}

static int make_plan(struct haul *h, bool has_top, struct why *why)
{
	struct plan_policy policy = {
		.account = h->account,
		.retries = h->want.retries,
		.has_top = has_top,
		.now_unix = haul_now(h),
	};

	if (record_load(h->record, &h->listing, &h->entries, why) < 0 ||
	    plan_make(&h->listing, &h->entries, &policy, &h->plan, why) < 0 ||
	    make_index(h, why) < 0) {
		return -1;
	}
	if (h->want.only_looks) {
		return 0;
	}
	for (size_t i = 0; i < h->plan.count; i++) {
		if (h->plan.items[i].action == PLAN_VERIFY) {
			verify(h, &h->plan.items[i]);
		}
	}
	return put_changed(h, why);
}

static void tell_plan(struct haul *h)
{
	struct haul_news *news = haul_news_of(HAUL_PLANNED, NULL, NULL);
	struct haul_task *tasks = calloc(h->plan.count + 1, sizeof(*tasks));

	if (tasks == NULL) {
		abort();
	}
	for (size_t i = 0; i < h->plan.count; i++) {
		tasks[i] = task_of(&h->plan.items[i]);
		if (haul_task_is_new(&tasks[i])) {
			news->new_octets += tasks[i].octets;
		}
	}
	news->tasks = tasks;
	news->tasks_count = h->plan.count;
	news->new_count = (uint32_t)h->plan.new_count;
	haul_tell(h, news);
}

void haul_plan(struct haul *h, struct listing *listing, bool has_top)
{
	struct why why;

	end_session(h);
	h->listing = *listing;
	*listing = (struct listing){ 0 };
	if (make_plan(h, has_top, &why) < 0) {
		haul_fail_record(h, &why);
		return;
	}
	tell_plan(h);
}

/* -- the end of a session */

size_t haul_index(const struct haul *h, const struct plan_item *item)
{
	return (size_t)(item - h->plan.items);
}

void haul_mark(struct haul *h, uint32_t msn, bool is_sent)
{
	struct plan_item *item = haul_item(h, msn);

	if (item != NULL) {
		h->is_marked[haul_index(h, item)] = is_sent;
	}
}

/* In a transaction: the rows of what is marked are at that stage now. */
static int put_marked(struct haul *h, enum record_stage stage, struct why *why)
{
	for (size_t i = 0; i < h->plan.count; i++) {
		struct record_entry *row = h->plan.items[i].row;

		if (!h->is_marked[i] || row == NULL) {
			continue;
		}
		row->stage = stage;
		row->changed_unix = haul_now(h);
		if (record_put(h->record, row, why) < 0) {
			return -1;
		}
	}
	return 0;
}

void haul_quitting(struct haul *h)
{
	struct why why;

	haul_settle(h);
	if (record_begin(h->record, &why) < 0 ||
	    put_marked(h, RECORD_DELETE_SENT, &why) < 0 ||
	    record_commit(h->record, &why) < 0) {
		haul_fail_record(h, &why);
		return;
	}
	haul_tell(h, haul_news_of(HAUL_QUITTING, NULL, NULL));
}

static int put_end(struct haul *h, bool is_whole, struct why *why)
{
	int64_t now_unix = haul_now(h);

	if (record_begin(h->record, why) < 0 ||
	    put_marked(h, RECORD_DELETED, why) < 0) {
		return -1;
	}
	if (is_whole &&
	    record_note_gone(h->record, &h->entries, now_unix, why) < 0) {
		return -1;
	}
	if (record_prune(h->record, now_unix, why) < 0) {
		return -1;
	}
	return record_commit(h->record, why);
}

/* Notes that a line broke in it.  False: it is noted already. */
static bool blame(struct haul *h, const struct plan_item *item)
{
	const char *uid;

	for (size_t i = 0; i < h->blamed_count; i++) {
		if (strcmp(h->blamed[i], item->uid) == 0) {
			return false;
		}
	}
	uid = pool_copy(&h->pool, item->uid, strlen(item->uid));
	if (uid != NULL && h->blamed_count < HAUL_BLAMED_MAX) {
		h->blamed[h->blamed_count++] = uid;
	}
	return true;
}

/* The line broke within an answer: perhaps that message is to blame. */
static int count_attempt(struct haul *h, uint32_t broke,
			 const struct why *failure, struct why *why)
{
	struct plan_item *item = broke != 0 ? haul_item(h, broke) : NULL;
	int rc;

	if (item == NULL || !blame(h, item)) {
		return 0;
	}
	rc = attempts_count(h->record, &h->plan, item, failure, why);
	if (rc > 0) {
		haul_tell(h, haul_news_of(HAUL_ASIDE, item, failure));
	}
	return rc;
}

void haul_over(struct haul *h, const struct why *why, uint32_t broke,
	       bool is_whole)
{
	struct why failure;
	int rc = 0;

	haul_forget_incoming(h);
	haul_settle(h);
	if (why->kind == WHY_NONE) {
		rc = put_end(h, is_whole, &failure);
	} else if (!h->has_failed) {
		rc = count_attempt(h, broke, why, &failure);
	}
	if (rc < 0) {
		haul_fail_record(h, &failure);
	}
	haul_tell(h, haul_news_of(HAUL_OVER, NULL, NULL));
}
