// SPDX-License-Identifier: ISC
/*
 * look_list.c - what list and check show: messages, and which are new.
 * Runs in: the collector's loop.  Trusts: the record; never the server.
 */
#include <stdlib.h>
#include <string.h>

#include "fetch/run/look_impl.h"
#include "os/clock.h"

static void on_news(void *ctx, struct haul_news *news)
{
	struct look *l = ctx;

	if (news->kind == HAUL_PLANNED && l->news == NULL) {
		l->news = news;
		return;
	}
	look_fail(l, &news->why);
	haul_news_free(news);
}

static void no_memory(struct look *l)
{
	struct why why;

	why_set(&why, WHY_INTERNAL, "no memory for the listing");
	look_fail(l, &why);
}

/* The haul takes the listing over, with the strings of this copy. */
static int copy_listing(struct look *l, const struct listing *listing)
{
	l->listing.at = calloc(listing->count + 1, sizeof(*l->listing.at));
	if (l->listing.at == NULL) {
		no_memory(l);
		return -1;
	}
	for (size_t i = 0; i < listing->count; i++) {
		l->listing.at[i] = listing->at[i];
	}
	l->listing.count = listing->count;
	return 0;
}

static int make_plan(struct look *l, struct listing *listing)
{
	struct haul_want want = {
		.record_path = l->options->record_path,
		.only_looks = true,
		.clock_unix = clock_unix,
	};
	struct haul_ear ear = { on_news, l };

	(void)listing_is_short(listing, &l->unlisted);
	l->haul = haul_create(l->account, &want, &l->why);
	if (l->haul == NULL) {
		return -1;
	}
	haul_begin(l->haul, &ear);
	haul_plan(l->haul, listing, l->has_top);
	return l->news != NULL ? 0 : -1;
}

static struct haul_task *task_of(struct look *l, struct haul_task *tasks,
				 uint32_t msn)
{
	const struct listing_message *m = listing_find(&l->listing, msn);

	return m != NULL ? &tasks[m - l->listing.at] : NULL;
}

/* As they are listed. */
static int put_in_order(struct look *l)
{
	struct haul_news *news = l->news;
	struct haul_task *tasks = calloc(l->listing.count + 1, sizeof(*tasks));

	if (tasks == NULL) {
		no_memory(l);
		return -1;
	}
	for (size_t i = 0; i < news->tasks_count; i++) {
		*task_of(l, tasks, news->tasks[i].msn) = news->tasks[i];
	}
	free(news->tasks);
	news->tasks = tasks;
	return 0;
}

static size_t longest_uid(const struct haul_news *news)
{
	size_t most = 0;

	for (size_t i = 0; i < news->tasks_count; i++) {
		size_t len = strlen(news->tasks[i].uid);

		most = len > most ? len : most;
	}
	return most;
}

static void begin_list(struct look *l)
{
	struct table_list list = {
		.account = l->account->name,
		.count = l->count,
		.uid_max = longest_uid(l->news),
		.has_headers = l->has_top,
	};

	if (put_in_order(l) < 0) {
		return;
	}
	look_remember(l);
	if (l->why.kind != WHY_NONE) {
		return; /* its numbers would mean those of the list before */
	}
	table_list(l->options->table, &list);
}

static void put_row(struct look *l, const struct haul_task *task,
		    const char *from, const char *subject)
{
	struct report_message m = {
		.number = task->msn,
		.octets = task->octets,
		.uid = task->uid,
		.from = from,
		.subject = subject,
	};

	table_message(l->options->table, &m, haul_task_is_new(task));
}

static void put_check(struct look *l)
{
	struct table_check check = {
		.account = l->account->name,
		.messages = l->count,
		.new_count = l->news->new_count,
		.new_octets = l->news->new_octets,
	};

	table_check(l->options->table, &check);
}

void look_row_headed(struct look *l, uint32_t msn, const struct look_head *head)
{
	const struct haul_task *task = task_of(l, l->news->tasks, msn);

	if (task != NULL) {
		put_row(l, task, head->has_from ? head->from : NULL,
			head->has_subject ? head->subject : NULL);
	}
}

void look_row(struct look *l, const struct haul_task *task)
{
	put_row(l, task, NULL, NULL);
}

void look_list_begin(struct look *l, struct listing *listing)
{
	if (copy_listing(l, listing) == 0 && make_plan(l, listing) == 0) {
		begin_list(l);
	}
}

void look_check(struct look *l, struct listing *listing)
{
	if (make_plan(l, listing) == 0) {
		put_check(l);
	}
}
