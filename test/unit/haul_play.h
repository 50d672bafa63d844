// SPDX-License-Identifier: ISC
/*
 * haul_play.h - a haul fed by a maildrop in memory, session by session, as the
 * loop would: what is planned is fetched, what is carried is marked, QUIT comes
 * last.
 */
#ifndef TEST_HAUL_PLAY_H
#define TEST_HAUL_PLAY_H

#include "mail_play.h"

#include <dirent.h>
#include <sys/mman.h>

#include "fetch/run/haul_impl.h"

#define DROP_MAX 600u

/* On the server.  In memory that survives who is killed. */
struct drop_message {
	char uid[24];    /* "": without */
	char text[2000]; /* as on the wire */
	uint64_t octets; /* as LIST says; 0: what there is */
	bool is_refused; /* RETR and TOP get -ERR */
	bool is_marked;
	bool is_gone;
};

struct drop {
	struct drop_message at[DROP_MAX];
	uint32_t count;
};

/* How the session goes. */
struct ride {
	bool has_top;
	bool retries;
	size_t cut;      /* octets that come at a time; 0: all */
	uint32_t broken; /* the line breaks within this message; 0: none */
	enum {
		QUIT_OK,
		QUIT_REFUSED,
		QUIT_LOST,  /* done, but the answer never comes */
		QUIT_UNSAID /* the line breaks before it */
	} quit;
};

struct haul_play {
	struct site site;
	struct account account;
	char to[300];
	struct drop *drop;
	struct haul *haul;
	uint32_t msn_of[DROP_MAX]; /* at this session: index -> number */
	struct ride ride;
	struct haul_task *tasks;
	size_t tasks_count;
	unsigned told[HAUL_FAILED + 1]; /* by kind, of the last session */
	unsigned known;
	bool is_record;
	struct why why; /* of FAILED, ASIDE or POSTPONED */
};

static struct haul_play p;

static int64_t clock_now(void)
{
	return NOW;
}

static struct drop_message *drop_at(uint32_t msn)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p.drop->count; i++) {
		n += p.msn_of[i] != 0 ? 1 : 0;
		if (p.msn_of[i] == msn) {
			return &p.drop->at[i];
		}
	}
	fail_msg("there is no message %u of %u", msn, n);
	return NULL;
}

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
		why_set(&why, WHY_TEMP, "the server does not give it");
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

/* -- the maildrop */

UNUSED static struct drop_message *add(const char *uid, const char *text)
{
	struct drop_message *m = &p.drop->at[p.drop->count++];

	assert_true(p.drop->count <= DROP_MAX);
	*m = (struct drop_message){ 0 };
	snprintf(m->uid, sizeof(m->uid), "%s", uid);
	snprintf(m->text, sizeof(m->text), "%s", text);
	return m;
}

/* uid%u, and a text that no other one has. */
UNUSED static void add_many(uint32_t from, uint32_t until, bool has_uid)
{
	char uid[24], text[200];

	for (uint32_t i = from; i < until; i++) {
		snprintf(uid, sizeof(uid), "uid%u", i);
		snprintf(text, sizeof(text),
			 "Subject: %u\r\n\r\nText of message %u.\r\n", i, i);
		add(has_uid ? uid : "", text);
	}
}

/* -- the destination */

UNUSED static void deliver_to(enum destination_kind kind)
{
	snprintf(p.to, sizeof(p.to), "%s/mail", p.site.dir);
	p.account.deliver = (struct destination){ .kind = kind, .path = p.to };
}

static size_t slurp(const char *path, char *at, size_t cap)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, at, cap - 1);

	if (fd >= 0) {
		close(fd);
	}
	at[n < 0 ? 0 : n] = '\0';
	return n < 0 ? 0 : (size_t)n;
}

/* How many files of the folder have exactly that text; NULL: any. */
UNUSED static unsigned files_with(const char *folder, const char *text)
{
	char path[600], is[4096];
	DIR *d;
	const struct dirent *e;
	unsigned count = 0;

	snprintf(path, sizeof(path), "%s/%s", p.to, folder);
	d = opendir(path);
	if (d == NULL) {
		return 0;
	}
	for (e = readdir(d); e != NULL; e = readdir(d)) {
		snprintf(path, sizeof(path), "%s/%s/%s", p.to, folder,
			 e->d_name);
		if (e->d_name[0] != '.') {
			slurp(path, is, sizeof(is));
			count += text == NULL || strcmp(text, is) == 0;
		}
	}
	closedir(d);
	return count;
}

/* -- the test's frame */

UNUSED static int begin_play(void **state)
{
	(void)state;
	memset(&p, 0, sizeof(p));
	site_begin(&p.site);
	account_init(&p.account);
	p.account.name = strdup("work");
	p.account.user = strdup("me");
	p.account.host = strdup("example.org");
	p.account.deletes = true;
	deliver_to(DESTINATION_MAILDIR);
	p.drop = mmap(NULL, sizeof(*p.drop), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(p.drop != MAP_FAILED);
	return 0;
}

UNUSED static int end_play(void **state)
{
	(void)state;
	haul_destroy(&p.haul);
	free(p.tasks);
	p.account.deliver = (struct destination){ .kind = DESTINATION_NONE };
	p.account.rules = NULL;
	p.account.rules_count = 0;
	account_finish(&p.account);
	munmap(p.drop, sizeof(*p.drop));
	site_end(&p.site);
	return 0;
}

#endif
