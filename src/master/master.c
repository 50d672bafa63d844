// SPDX-License-Identifier: ISC
/*
 * master.c - the master's loop (master.h).
 * Runs in: master, perhaps as root.  Trusts: the configuration, signals.  It
 * reads nothing from the network, and from the roles only that they are READY.
 */
#include "master/due.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/log.h"
#include "master/logpipe.h"
#include "master/rundir.h"
#include "master/state.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/random.h"

/* Descriptors: two own, and a channel of each role that is not ready. */
#define WATCHED_MAX 1024u

/* --- the loop --- */

struct watched {
	struct pollfd fds[WATCHED_MAX];
	struct child *children[WATCHED_MAX];
	size_t count;
};

static void add(struct watched *w, int fd, struct child *c)
{
	if (w->count < WATCHED_MAX && fd != -1) {
		w->fds[w->count] = (struct pollfd){ fd, POLLIN, 0 };
		w->children[w->count++] = c;
	}
}

static void add_child(struct generation *g, struct child *c, void *ctx)
{
	(void)g;
	if (c->pid != 0 && !c->is_ready) {
		add(ctx, c->control, c);
	}
}

static void gather(struct master *m, struct watched *w)
{
	w->count = 0;
	add(w, m->signal_fd, NULL);
	add(w, m->log_fd, NULL);
	for (struct generation *g = m->generations; g != NULL; g = g->next) {
		generation_each(g, add_child, w);
	}
}

/* A role says READY, and nothing else.  One whose channel ends is on its way to
 * be reaped. */
static void hear(struct child *c)
{
	struct packet p;
	int rc = channel_receive_checked(c->control, &p, c->role, ROLE_MASTER);

	if (rc == CHANNEL_OK && p.as.head.type == PACKET_READY) {
		c->is_ready = true;
		return;
	}
	child_stop(c);
	if (rc == CHANNEL_BAD) {
		child_kill(c);
	}
}

static void on_signals(struct master *m, uint64_t now_ms)
{
	struct signalfd_siginfo info;

	while (read(m->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGHUP) {
			m->is_reload_due = true;
		} else if (info.ssi_signo != SIGCHLD && !m->is_stopping) {
			due_stop(m, now_ms);
		}
	}
	master_reap(m, now_ms);
}

static void dispatch(struct master *m, const struct watched *w)
{
	uint64_t now_ms = clock_ms();

	for (size_t i = 0; i < w->count; i++) {
		if (w->fds[i].revents != 0 && w->children[i] != NULL) {
			hear(w->children[i]);
		}
	}
	for (size_t i = 0; i < w->count; i++) {
		if (w->fds[i].revents == 0 || w->children[i] != NULL) {
			continue;
		}
		if (w->fds[i].fd == m->signal_fd) {
			on_signals(m, now_ms);
		} else {
			logpipe_relay(m->log_fd);
		}
	}
}

int master_run(struct master *m)
{
	struct watched *w = calloc(1, sizeof(*w));

	if (w == NULL) {
		return EXIT_FAILURE;
	}
	for (;;) {
		int wait_ms = due_do(m);

		if (m->is_stopping && m->generations == NULL) {
			break;
		}
		gather(m, w);
		if (poll(w->fds, w->count, wait_ms) > 0) {
			dispatch(m, w);
		}
	}
	free(w);
	log_event(m->has_failed ? LOG_ERROR : LOG_INFO,
		  m->has_failed ? "restanted could not start" : "stopped");
	if (m->log_fd != -1) {
		logpipe_relay(m->log_fd);
	}
	rundir_leave(&m->config, m->pid_fd);
	return m->has_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* --- its start --- */

static int watch_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0 ||
	    signal(SIGPIPE, SIG_IGN) == SIG_ERR) {
		return -errno;
	}
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

static int init_common(struct generation_common *common)
{
	common->counters_fd = counters_create();
	if (common->counters_fd < 0) {
		return common->counters_fd;
	}
	common->counters = counters_map(common->counters_fd);
	common->guard_fd = -1;
	return common->counters == NULL ? -ENOMEM : 0;
}

void master_log_init(const struct config *config)
{
	log_init("restanted", (enum log_form)config->session.common.log_form,
		 (enum log_level)config->session.common.log_level);
}

static int init_log(struct master *m)
{
	bool by_pipe = m->config.log == CONFIG_LOG_SYSLOG;

	m->log_fd = by_pipe ? logpipe_open() : -1;
	master_log_init(&m->config);
	return by_pipe && m->log_fd < 0 ? m->log_fd : 0;
}

static void take_state(struct generation_common *common,
		       const struct config *config)
{
	common->has_state = state_prepare(config);
	if (common->has_state) {
		common->guard_fd = state_open_guard(config);
	}
}

int master_init(struct master *m, const char *config_path,
		const struct config *config)
{
	struct listen_sets none = { .count = 0 };
	int rc;

	*m = (struct master){ .config_path = config_path, .config = *config };
	m->is_root = geteuid() == 0;
	rc = init_log(m);
	if (rc == 0) {
		rc = init_common(&m->common);
	}
	m->signal_fd = rc == 0 ? watch_signals() : rc;
	if (m->signal_fd < 0) {
		log_event_errno(LOG_ERROR, "start", NULL, -m->signal_fd);
		return m->signal_fd;
	}
	m->pid_fd = rundir_take(config);
	if (m->pid_fd < 0) {
		return m->pid_fd;
	}
	take_state(&m->common, config);
	master_log_worries(config);
	tls_files_init(&m->files);
	rc = tls_files_open(config, &m->files);
	if (rc == 0) {
		rc = listen_open(&none, config, &m->listeners);
	}
	if (rc == 0 &&
	    !due_start(m, config, &m->listeners, &m->files, clock_ms())) {
		rc = -ENOMEM;
	}
	if (rc < 0) {
		rundir_leave(config, m->pid_fd);
	}
	return rc;
}
