// SPDX-License-Identifier: ISC
/*
 * reap.c - role processes that have ended, and what follows from it (master.h).
 * Runs in: master.  Trusts: the kernel.
 *
 *   a session process       is replaced, in a running generation
 *   auth, maildrop or key   takes its generation with it; the master starts
 *                           another
 */
#include "master/master.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/log.h"

struct found {
	pid_t pid;
	struct generation *g;
	struct child *c;
};

static void match(struct generation *g, struct child *c, void *ctx)
{
	struct found *f = ctx;

	if (c->pid == f->pid) {
		f->g = g;
		f->c = c;
	}
}

static struct found find(struct master *m, pid_t pid)
{
	struct found f = { .pid = pid };

	for (struct generation *g = m->generations; g != NULL; g = g->next) {
		generation_each(g, match, &f);
	}
	return f;
}

static void log_end_of(const struct child *c, int status)
{
	struct log_line l;

	log_begin(&l, LOG_ERROR, "role process died");
	log_str(&l, "role", child_name(c));
	log_u64(&l, "pid", (uint64_t)c->pid);
	if (WIFSIGNALED(status)) {
		log_u64(&l, "signal", (uint64_t)WTERMSIG(status));
		log_str(&l, "what", strsignal(WTERMSIG(status)));
	} else {
		log_u64(&l, "status", (uint64_t)WEXITSTATUS(status));
	}
	log_end(&l);
}

/* A signal that memory errors raise may come from a damaged cache file, which
 * maildrop has mapped: the next one starts without it.  SIGSYS is abort() in
 * the sandbox. */
static bool is_memory_error(int status)
{
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	return sig == SIGSEGV || sig == SIGBUS || sig == SIGABRT ||
	       sig == SIGILL || sig == SIGFPE || sig == SIGSYS;
}

/* A retired generation's roles end by themselves, and a killed one's too. */
static bool is_expected(const struct generation *g, int status)
{
	return g->state == GENERATION_KILLED ||
	       (g->state == GENERATION_RETIRED && status == 0);
}

/* The process id is given back first: it may be somebody else's already, and a
 * generation that is killed must not mean him. */
static void on_end(struct master *m, struct generation *g, struct child *c,
		   int status, uint64_t now_ms)
{
	bool is_session = c->role == ROLE_SESSION;

	if (!is_expected(g, status)) {
		log_end_of(c, status);
	}
	generation_forget(&m->common, c);
	if (c->role == ROLE_MAILDROP && is_memory_error(status)) {
		m->common.discard_cache = true;
	}
	if (is_session && g->state == GENERATION_RUNNING) {
		generation_plan_restart(g, (uint32_t)(c - g->session), now_ms);
	} else if (g->state == GENERATION_STARTING ||
		   (!is_expected(g, status) && !is_session)) {
		generation_kill(g);
	}
}

void master_reap(struct master *m, uint64_t now_ms)
{
	int status;
	pid_t pid = waitpid(-1, &status, WNOHANG);

	while (pid > 0) {
		struct found f = find(m, pid);

		if (f.c != NULL) {
			on_end(m, f.g, f.c, status, now_ms);
		}
		pid = waitpid(-1, &status, WNOHANG);
	}
}
