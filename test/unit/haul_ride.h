// SPDX-License-Identifier: ISC
/*
 * haul_ride.h - a haul fed by a maildrop in memory, session by session, as the
 * loop would: what is planned is fetched, what is carried is marked, QUIT comes
 * last.
 */
#ifndef TEST_HAUL_RIDE_H
#define TEST_HAUL_RIDE_H

#include "haul_play.h"

/* -- news */

static void mark(const struct haul_task *task)
{
	drop_at(task->msn)->is_marked = true;
	haul_mark(p.haul, task->msn, true);
}

static void take_tasks(struct haul_news *news)
{
	free(p.tasks);
	p.tasks = news->tasks;
	p.tasks_count = news->tasks_count;
	news->tasks = NULL;
}

static void decided(const struct haul_task *task)
{
	for (size_t i = 0; i < p.tasks_count; i++) {
		if (p.tasks[i].msn == task->msn) {
			p.tasks[i] = *task;
		}
	}
}

static void hear(void *ctx, struct haul_news *news)
{
	(void)ctx;
	p.told[news->kind] += 1;
	p.known += news->is_known ? 1 : 0;
	if (news->why.kind != WHY_NONE) {
		p.why = news->why;
	}
	if (news->kind == HAUL_PLANNED) {
		take_tasks(news);
	} else if (news->kind == HAUL_DECIDED) {
		decided(&news->task);
	} else if (news->kind == HAUL_FAILED) {
		p.is_record = news->is_record;
	} else if ((news->kind == HAUL_CARRIED || news->kind == HAUL_LEFT) &&
		   news->task.action == PLAN_DELETE) {
		mark(&news->task);
	}
	haul_news_free(news);
}

/* -- a session */

UNUSED static void open_haul(void)
{
	struct haul_want want = { .record_path = p.site.path,
				  .retries = p.ride.retries,
				  .clock_unix = clock_now };
	struct haul_ear ear = { hear, NULL };
	struct why why;

	p.haul = haul_create(&p.account, &want, &why);
	if (p.haul == NULL) {
		fail_msg("%s", why.text);
	}
	haul_begin(p.haul, &ear);
}

static void plan_all(void)
{
	struct listing l = { 0 };
	uint32_t msn = 0;

	for (uint32_t i = 0; i < p.drop->count; i++) {
		struct drop_message *m = &p.drop->at[i];

		m->is_marked = false;
		p.msn_of[i] = m->is_gone ? 0 : ++msn;
		if (!m->is_gone) {
			list_one(&l, msn, m->uid[0] == '\0' ? NULL : m->uid,
				 m->octets != 0 ? m->octets : strlen(m->text));
		}
	}
	list_end(&l);
	haul_plan(p.haul, &l, p.ride.has_top);
}

static void feed(void (*to)(struct haul *, uint32_t, unsigned, const uint8_t *,
			    size_t),
		 uint32_t msn, const char *text, size_t len, bool has_end)
{
	size_t step = p.ride.cut == 0 ? len : p.ride.cut;
	unsigned part = HAUL_FIRST;

	for (size_t at = 0; at < len; at += step) {
		size_t n = len - at < step ? len - at : step;

		to(p.haul, msn, part, (const uint8_t *)text + at, n);
		part = 0;
	}
	if (has_end) {
		to(p.haul, msn, part | HAUL_LAST, NULL, 0);
	}
}

static void look_at(const struct haul_task *task)
{
	const struct drop_message *m = drop_at(task->msn);
	const char *end = strstr(m->text, "\r\n\r\n");
	size_t len = end != NULL ? (size_t)(end - m->text) + 4 : 0;

	if (m->is_refused) {
		haul_unlooked(p.haul, task->msn);
	} else {
		feed(haul_look, task->msn, m->text, len, true);
	}
}

/* False: the line broke. */
static bool fetch(const struct haul_task *task)
{
	const struct drop_message *m = drop_at(task->msn);
	struct why why;
	size_t len = strlen(m->text);

	if (m->is_refused) {
		why_set(&why, WHY_PROTOCOL, "the server does not give it");
		haul_refused(p.haul, task->msn, &why);
		return true;
	}
	if (task->msn == p.ride.broken) {
		feed(haul_text, task->msn, m->text, len / 2, false);
		return false;
	}
	feed(haul_text, task->msn, m->text, len, true);
	return true;
}

static void over(const char *failure, uint32_t broke)
{
	struct why why = { .kind = WHY_NONE };

	if (failure != NULL) {
		why_set(&why, WHY_NETWORK, "%s", failure);
	}
	haul_over(p.haul, &why, broke, true);
}

static void expunge(void)
{
	for (uint32_t i = 0; i < p.drop->count; i++) {
		struct drop_message *m = &p.drop->at[i];

		m->is_gone = m->is_gone || m->is_marked;
	}
}

static void quit(void)
{
	if (p.ride.quit == QUIT_UNSAID) {
		over("the line broke", 0);
		return;
	}
	haul_quitting(p.haul);
	if (p.told[HAUL_QUITTING] == 0) {
		over("no QUIT", 0);
		return;
	}
	if (p.ride.quit != QUIT_REFUSED) {
		expunge();
	}
	over(p.ride.quit == QUIT_OK ? NULL : "no good answer", 0);
}

static bool fetch_all(void)
{
	for (size_t i = 0; i < p.tasks_count; i++) {
		if (p.tasks[i].action == PLAN_LOOK) {
			look_at(&p.tasks[i]);
		}
	}
	for (size_t i = 0; i < p.tasks_count; i++) {
		if (p.tasks[i].action == PLAN_FETCH && !fetch(&p.tasks[i])) {
			return false;
		}
		if (p.tasks[i].action == PLAN_DELETE) {
			mark(&p.tasks[i]);
		}
	}
	return true;
}

UNUSED static void forget_told(void)
{
	memset(p.told, 0, sizeof(p.told));
	p.known = 0;
	p.is_record = false;
	p.why = (struct why){ .kind = WHY_NONE };
}

/* A session with the haul that is open. */
UNUSED static void ride(struct ride how)
{
	forget_told();
	p.ride = how;
	plan_all();
	if (p.told[HAUL_PLANNED] == 0) {
		over("no plan", 0);
	} else if (fetch_all()) {
		haul_settle(p.haul);
		quit();
	} else {
		over("the line broke", p.ride.broken);
	}
	assert_int_equal(p.told[HAUL_OVER], 1);
}

/* A run of its own: record and destination are opened anew. */
UNUSED static void run(struct ride how)
{
	p.ride = how;
	open_haul();
	ride(how);
	haul_destroy(&p.haul);
}

/* -- what is expected */

UNUSED static void assert_told(enum haul_news_kind kind, unsigned count,
			       int line)
{
	if (p.told[kind] != count) {
		fail_msg("line %d: %u of kind %d told, not %u: %s", line,
			 p.told[kind], (int)kind, count, p.why.text);
	}
}

#define told(kind, count) assert_told((kind), (count), __LINE__)

UNUSED static unsigned still_there(void)
{
	unsigned count = 0;

	for (uint32_t i = 0; i < p.drop->count; i++) {
		count += p.drop->at[i].is_gone ? 0 : 1;
	}
	return count;
}

#endif
