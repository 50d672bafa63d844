// SPDX-License-Identifier: ISC
/*
 * master.c - the master's loop (master.h).
 * Runs in: master, perhaps as root.  Trusts: the configuration, signals.  It
 * reads nothing from the network, and from the roles only that they are READY.
 */
#include "master/master.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/log.h"
#include "master/logpipe.h"
#include "master/rundir.h"
#include "os/clock.h"
#include "os/fd.h"

#define WATCHED_MAX     1024u   /* descriptors: two own, and a channel a role */
#define START_MS        120000u /* a generation must be READY by then */
#define RETRY_FIRST_MS  1000u   /* pauses between generations that die */
#define RETRY_DOUBLINGS 5u
#define STABLE_MS       60000u /* one that lived as long was sound */
#define STOP_EXTRA_MS   3000u  /* what roles get beyond stop_time */

/* --- generations --- */

static struct generation *find_state(struct master *m,
				     enum generation_state state)
{
	struct generation *g = m->generations;

	while (g != NULL && g->state != state) {
		g = g->next;
	}
	return g;
}

static bool start_generation(struct master *m, const struct config *config,
			     const struct listen_sets *listeners,
			     uint64_t now_ms)
{
	struct generation *g = generation_start(&m->common, config, listeners,
						m->discard_cache, now_ms);

	if (g == NULL) {
		return false;
	}
	m->discard_cache = false;
	g->next = m->generations;
	m->generations = g;
	return true;
}

/* It serves: the one before finishes what it has, and the addresses that are no
 * longer wanted are closed. */
static void promote(struct master *m, struct generation *g)
{
	struct generation *before = find_state(m, GENERATION_RUNNING);

	if (before != NULL) {
		generation_retire(before);
	}
	g->state = GENERATION_RUNNING;
	g->has_run = true;
	listen_close(&m->listeners, &g->listeners);
	m->listeners = g->listeners;
	m->config = g->config;
	m->has_served = true;
	log_event(LOG_INFO, "ready");
}

/* After one that served, the next follows at once; if that dies too, after
 * pauses that double. */
static void plan_retry(struct master *m, const struct generation *g,
		       uint64_t now_ms)
{
	uint32_t doublings =
	    m->failures < RETRY_DOUBLINGS ? m->failures : RETRY_DOUBLINGS;

	if (g->has_run && now_ms - g->started_ms >= STABLE_MS) {
		m->failures = 0;
	}
	m->retry_ms =
	    m->failures == 0 ? now_ms : now_ms + (RETRY_FIRST_MS << doublings);
	m->failures++;
}

static void after_death(struct master *m, struct generation *g, uint64_t now_ms)
{
	bool is_replaced = find_state(m, GENERATION_RUNNING) != NULL ||
			   find_state(m, GENERATION_STARTING) != NULL;

	if (!g->has_run) {
		listen_close(&g->listeners, &m->listeners);
	}
	if (!m->has_served) {
		m->is_stopping = true; /* why is in the log */
	} else if (is_replaced) {
		log_event(LOG_ERROR, "the new configuration cannot serve; the "
				     "old one goes on");
	} else {
		plan_retry(m, g, now_ms);
	}
}

static void sweep(struct master *m, uint64_t now_ms)
{
	struct generation **at = &m->generations;

	while (*at != NULL) {
		struct generation *g = *at;
		bool was_killed = g->state == GENERATION_KILLED;

		if (!generation_is_empty(g)) {
			at = &g->next;
			continue;
		}
		*at = g->next;
		if (was_killed && !g->was_retired && !m->is_stopping) {
			after_death(m, g, now_ms);
		}
		free(g);
	}
}

/* --- what is due --- */

static void retry_if_due(struct master *m, uint64_t now_ms)
{
	if (m->retry_ms == 0 || now_ms < m->retry_ms || m->is_stopping) {
		return;
	}
	m->retry_ms = 0;
	if (!start_generation(m, &m->config, &m->listeners, now_ms)) {
		m->retry_ms = now_ms + RETRY_FIRST_MS;
	}
}

static void check_start(struct master *m, uint64_t now_ms)
{
	struct generation *g = find_state(m, GENERATION_STARTING);

	if (g == NULL) {
		return;
	}
	if (generation_is_ready(g)) {
		promote(m, g);
	} else if (now_ms - g->started_ms >= START_MS) {
		log_event(LOG_ERROR, "the roles do not become ready");
		generation_kill(g);
	}
}

void master_log_faults(const struct config_faults *faults, const char *path)
{
	size_t shown = faults->count < CONFIG_FAULTS_MAX ? faults->count
							 : CONFIG_FAULTS_MAX;

	for (size_t i = 0; i < shown; i++) {
		struct log_line l;

		log_begin(&l, LOG_ERROR, "configuration");
		log_str(&l, "file", path);
		log_u64(&l, "line", faults->fault[i].line);
		log_str(&l, "mistake", faults->fault[i].text);
		log_end(&l);
	}
}

static void start_reloaded(struct master *m, const struct config *config,
			   uint64_t now_ms)
{
	struct listen_sets next;

	if (strcmp(config->run_dir, m->config.run_dir) != 0) {
		log_event(LOG_ERROR, "run_dir cannot change while restanted "
				     "runs; the old configuration goes on");
		return;
	}
	if (rundir_prepare(config) < 0 ||
	    listen_open(&m->listeners, config, &next) < 0) {
		log_event(LOG_ERROR, "the old configuration goes on");
		return;
	}
	if (!start_generation(m, config, &next, now_ms)) {
		listen_close(&next, &m->listeners);
	}
}

/* One that is still starting comes first; the new configuration then follows. */
static void reload_if_due(struct master *m, uint64_t now_ms)
{
	struct config *config;
	struct config_faults faults = { .count = 0 };

	if (!m->is_reload_due || m->is_stopping ||
	    find_state(m, GENERATION_STARTING) != NULL) {
		return;
	}
	m->is_reload_due = false;
	config = calloc(1, sizeof(*config));
	if (config == NULL) {
		log_event(LOG_ERROR, "no memory");
		return;
	}
	log_event_str(LOG_INFO, "reload", "file", m->config_path);
	if (config_load(m->config_path, m->is_root, config, &faults) == 0) {
		start_reloaded(m, config, now_ms);
	} else {
		master_log_faults(&faults, m->config_path);
		log_event(LOG_ERROR, "the old configuration goes on");
	}
	free(config);
}

static void begin_stop(struct master *m, uint64_t now_ms)
{
	log_event(LOG_INFO, "stopping");
	m->is_stopping = true;
	m->stop_ms = now_ms + m->config.session.stop_ms + STOP_EXTRA_MS;
	for (struct generation *g = m->generations; g != NULL; g = g->next) {
		if (g->state == GENERATION_STARTING) {
			listen_close(&g->listeners, &m->listeners);
		}
		generation_stop(g);
	}
	listen_close(&m->listeners, NULL);
}

static void kill_if_late(struct master *m, uint64_t now_ms)
{
	if (!m->is_stopping || m->stop_ms == 0 || now_ms < m->stop_ms) {
		return;
	}
	m->stop_ms = 0;
	log_event(LOG_WARNING, "roles did not stop in time; they are killed");
	for (struct generation *g = m->generations; g != NULL; g = g->next) {
		generation_kill(g);
	}
}

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
			begin_stop(m, now_ms);
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

static void earlier(uint64_t *wait_ms, uint64_t due_ms, uint64_t now_ms)
{
	uint64_t left = due_ms > now_ms ? due_ms - now_ms : 0;

	if (due_ms != 0 && left < *wait_ms) {
		*wait_ms = left;
	}
}

/* Does what is due and says how long there is nothing else; -1: no limit. */
static int do_due(struct master *m)
{
	uint64_t now_ms = clock_ms();
	uint64_t wait_ms = UINT64_MAX;
	struct generation *g;

	check_start(m, now_ms);
	sweep(m, now_ms);
	reload_if_due(m, now_ms);
	retry_if_due(m, now_ms);
	kill_if_late(m, now_ms);
	g = find_state(m, GENERATION_RUNNING);
	if (g != NULL) {
		wait_ms = generation_restart_due(&m->common, g, now_ms);
	}
	g = find_state(m, GENERATION_STARTING);
	earlier(&wait_ms, g != NULL ? g->started_ms + START_MS : 0, now_ms);
	earlier(&wait_ms, m->retry_ms, now_ms);
	earlier(&wait_ms, m->is_stopping ? m->stop_ms : 0, now_ms);
	return wait_ms > INT_MAX ? -1 : (int)wait_ms;
}

int master_run(struct master *m)
{
	struct watched *w = calloc(1, sizeof(*w));

	if (w == NULL) {
		return EXIT_FAILURE;
	}
	for (;;) {
		int wait_ms = do_due(m);

		if (m->is_stopping && m->generations == NULL) {
			break;
		}
		gather(m, w);
		if (poll(w->fds, w->count, wait_ms) > 0) {
			dispatch(m, w);
		}
	}
	free(w);
	log_event(m->has_served ? LOG_INFO : LOG_ERROR,
		  m->has_served ? "stopped" : "restanted could not start");
	if (m->log_fd != -1) {
		logpipe_relay(m->log_fd);
	}
	rundir_leave(&m->config, m->pid_fd);
	return m->has_served ? EXIT_SUCCESS : EXIT_FAILURE;
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
	return common->counters == NULL ? -ENOMEM : 0;
}

static int init_log(struct master *m)
{
	m->log_fd = -1;
	if (m->config.log == CONFIG_LOG_SYSLOG) {
		m->log_fd = logpipe_open();
	}
	log_init("restanted", (enum log_form)m->config.session.common.log_form,
		 (enum log_level)m->config.session.common.log_level);
	return m->config.log == CONFIG_LOG_SYSLOG && m->log_fd < 0 ? m->log_fd
								   : 0;
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
	rc = listen_open(&none, config, &m->listeners);
	if (rc == 0 &&
	    !start_generation(m, config, &m->listeners, clock_ms())) {
		rc = -ENOMEM;
	}
	if (rc < 0) {
		rundir_leave(config, m->pid_fd);
	}
	return rc;
}
