// SPDX-License-Identifier: ISC
/*
 * haul_play.h - a maildrop in memory and a destination on disk, for tests of
 * hauls.
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

static inline int64_t clock_now(void)
{
	return NOW;
}

static inline struct drop_message *drop_at(uint32_t msn)
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

static inline size_t slurp(const char *path, char *at, size_t cap)
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
