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

static int make_plan(struct look *l, struct listing *listing)
{
	struct haul_want want = {
		.record_path = l->options->record_path,
		.only_looks = true,
		.clock_unix = clock_unix,
	};
	struct haul_ear ear = { on_news, l };

	l->haul = haul_create(l->account, &want, &l->why);
	if (l->haul == NULL) {
		return -1;
	}
	haul_begin(l->haul, &ear);
	haul_plan(l->haul, listing, l->has_top);
	return l->news != NULL ? 0 : -1;
}

static int compare_tasks(const void *a, const void *b)
{
	const struct haul_task *x = a, *y = b;

	return (x->msn > y->msn) - (x->msn < y->msn);
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

static void remember(struct look *l)
{
	struct listing shown = { 0 };
	struct why why;

	shown.at =
	    reallocarray(NULL, l->news->tasks_count + 1, sizeof(*shown.at));
	if (shown.at == NULL) {
		why_set(&why, WHY_INTERNAL, "no memory for the listing");
		look_fail(l, &why);
		return;
	}
	for (; shown.count < l->news->tasks_count; shown.count++) {
		const struct haul_task *task = &l->news->tasks[shown.count];

		shown.at[shown.count] = (struct listing_message){
			.msn = task->msn,
			.octets = task->octets,
			.uid = task->uid,
		};
	}
	look_remember(l, &shown);
	listing_finish(&shown);
}

static void begin_list(struct look *l)
{
	struct table_list list = {
		.account = l->account->name,
		.count = l->count,
		.uid_max = longest_uid(l->news),
		.has_headers = l->has_top,
	};

	qsort(l->news->tasks, l->news->tasks_count, sizeof(*l->news->tasks),
	      compare_tasks);
	remember(l);
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
	struct haul_task wanted = { .msn = msn };
	const struct haul_task *task =
	    bsearch(&wanted, l->news->tasks, l->news->tasks_count,
		    sizeof(wanted), compare_tasks);

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
	if (make_plan(l, listing) == 0) {
		begin_list(l);
	}
}

void look_check(struct look *l, struct listing *listing)
{
	if (make_plan(l, listing) == 0) {
		put_check(l);
	}
}
