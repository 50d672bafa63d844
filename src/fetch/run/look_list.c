// SPDX-License-Identifier: ISC
/*
 * look_list.c - what list and check show: messages, and which are new.
 * Runs in: the collector's loop.  Trusts: the record; never the server.
 */
#include <stdlib.h>
#include <string.h>

#include "fetch/mail/header.h"
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

void look_head(struct look *l, const uint8_t *at, size_t len)
{
	size_t room = sizeof(l->head) - l->head_len;
	struct why why;

	l->head_octets += len;
	if (l->head_octets > LOOK_HEAD_OCTETS_MAX) {
		why_set(&why, WHY_PROTOCOL, "a header does not end");
		look_fail(l, &why);
		look_end(l);
		return;
	}
	len = len < room ? len : room;
	memcpy(l->head + l->head_len, at, len);
	l->head_len += len;
}

void look_head_end(struct look *l, uint32_t msn, bool is_ok)
{
	struct haul_task wanted = { .msn = msn };
	const struct haul_task *task =
	    bsearch(&wanted, l->news->tasks, l->news->tasks_count,
		    sizeof(wanted), compare_tasks);
	struct header header = { l->head, l->head_len };
	char from[HEADER_VALUE_MAX], subject[HEADER_VALUE_MAX];
	bool has_from, has_subject;

	l->head_len = 0;
	l->head_octets = 0;
	if (task == NULL) {
		return;
	}
	has_from =
	    is_ok && header_find_shown(header, "From", from, sizeof(from));
	has_subject = is_ok && header_find_shown(header, "Subject", subject,
						 sizeof(subject));
	put_row(l, task, has_from ? from : NULL, has_subject ? subject : NULL);
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
