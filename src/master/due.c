// SPDX-License-Identifier: ISC
/*
 * due.c - what the master has to do next (due.h).
 * Runs in: master.  Trusts: the configuration, once it was checked.
 */
#include "master/due.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "master/rundir.h"
#include "master/state.h"
#include "os/clock.h"

#define START_MS        120000u /* a generation must be READY by then */
#define RETRY_FIRST_MS  1000u   /* pauses between generations that die */
#define RETRY_DOUBLINGS 5u
#define STABLE_MS       60000u /* one that lived as long was sound */
#define DAY_MS          86400000u
#define STOP_EXTRA_MS   3000u /* what roles get beyond stop_time */

static struct generation *find_state(struct master *m,
				     enum generation_state state)
{
	struct generation *g = m->generations;

	while (g != NULL && g->state != state) {
		g = g->next;
	}
	return g;
}

bool due_start(struct master *m, const struct config *config,
	       const struct listen_sets *listeners,
	       const struct tls_files *files, uint64_t now_ms)
{
	struct generation *g =
	    generation_start(&m->common, config, listeners, files, now_ms);

	if (g == NULL) {
		return false;
	}
	g->next = m->generations;
	m->generations = g;
	return true;
}

static void forget_next_files(struct master *m)
{
	if (m->has_next_files) {
		m->has_next_files = false;
		tls_files_close(&m->next_files);
	}
}

static void adopt_next_files(struct master *m)
{
	if (m->has_next_files) {
		m->has_next_files = false;
		tls_files_close(&m->files);
		m->files = m->next_files;
	}
}

/* It serves: the one before finishes what it has, and the addresses that are no
 * longer wanted are closed. */
static void promote(struct master *m, struct generation *g)
{
	struct generation *before = find_state(m, GENERATION_RUNNING);

	generation_serve(g);
	if (before != NULL) {
		generation_retire(before);
	}
	g->state = GENERATION_RUNNING;
	g->has_run = true;
	listen_close(&m->listeners, &g->listeners);
	m->listeners = g->listeners;
	adopt_next_files(m);
	m->config = g->config;
	m->has_served = true;
	master_log_init(&m->config);
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
	bool is_served = find_state(m, GENERATION_RUNNING) != NULL;
	bool is_started = find_state(m, GENERATION_STARTING) != NULL;

	if (!g->has_run) {
		listen_close(&g->listeners, &m->listeners);
		forget_next_files(m);
	}
	if (!m->has_served) {
		m->has_failed = true; /* why is in the log */
		m->is_stopping = true;
	} else if (!is_served && !is_started) {
		plan_retry(m, g, now_ms);
	} else if (!g->has_run && is_served) {
		log_event(LOG_ERROR, "the new configuration cannot serve; the "
				     "old one goes on");
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

static void retry_if_due(struct master *m, uint64_t now_ms)
{
	if (m->retry_ms == 0 || now_ms < m->retry_ms || m->is_stopping) {
		return;
	}
	m->retry_ms = 0;
	if (find_state(m, GENERATION_RUNNING) != NULL ||
	    find_state(m, GENERATION_STARTING) != NULL) {
		return; /* a reload came first */
	}
	if (!due_start(m, &m->config, &m->listeners, &m->files, now_ms)) {
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

/* What only a restart can change. */
static bool is_fixed_part_kept(const struct config *now,
			       const struct config *next)
{
	const char *name = NULL;

	if (strcmp(now->run_dir, next->run_dir) != 0) {
		name = "run_dir";
	} else if (strcmp(now->auth.state_dir, next->auth.state_dir) != 0) {
		name = "state_dir";
	} else if (now->log != next->log) {
		name = "log";
	}

	if (name != NULL) {
		log_event_str(LOG_ERROR,
			      "this setting cannot change while restanted "
			      "runs; the old configuration goes on",
			      "setting", name);
	}
	return name == NULL;
}

/* Directories, files and sockets.  False, logged, if the old ones go on. */
static bool open_reloaded(struct master *m, const struct config *config,
			  struct listen_sets *next_r)
{
	forget_next_files(m);
	if (rundir_prepare(config) < 0 ||
	    tls_files_open(config, &m->next_files) < 0) {
		log_event(LOG_ERROR, "the old configuration goes on");
		return false;
	}
	m->has_next_files = true;
	if (listen_open(&m->listeners, config, next_r) < 0) {
		log_event(LOG_ERROR, "the old configuration goes on");
		forget_next_files(m);
		return false;
	}
	m->common.has_state = state_prepare(config);
	return true;
}

static void start_reloaded(struct master *m, const struct config *config,
			   uint64_t now_ms)
{
	struct listen_sets next;

	if (!is_fixed_part_kept(&m->config, config) ||
	    !open_reloaded(m, config, &next)) {
		return;
	}
	master_log_worries(config);
	if (!due_start(m, config, &next, &m->next_files, now_ms)) {
		listen_close(&next, &m->listeners);
		forget_next_files(m);
	}
}

/* One that is still starting comes first; the new configuration then
 * follows. */
static void reload_if_due(struct master *m, uint64_t now_ms)
{
	struct config *config;
	struct conf_faults faults = { .count = 0 };

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

/* With the configuration in force: what stands in the file now may be half of
 * what its operator is about to write. */
static void take_changed_files(struct master *m, uint64_t now_ms)
{
	struct config *config = malloc(sizeof(*config));

	if (config == NULL) {
		log_event(LOG_ERROR, "no memory");
		return;
	}
	*config = m->config;
	log_event(LOG_INFO, "certificate changed");
	start_reloaded(m, config, now_ms);
	free(config);
}

static void watch_files(struct master *m, uint64_t now_ms)
{
	struct conf_faults faults;

	switch (watch_look(&m->watch, m->config_path, &m->config,
			   &m->files.stamps, now_ms, &faults)) {
	case WATCH_SAME:
		break;
	case WATCH_CHANGED:
		take_changed_files(m, now_ms);
		break;
	case WATCH_UNSOUND:
		master_log_faults(&faults, m->config_path);
		log_event(LOG_ERROR, "the old certificate goes on");
		break;
	}
}

/* A server may run for longer than its certificate is good. */
static void worry_daily(struct master *m, uint64_t now_ms)
{
	if (m->worry_ms != 0 && now_ms >= m->worry_ms) {
		master_log_worries(&m->config);
	}
	if (m->worry_ms == 0 || now_ms >= m->worry_ms) {
		m->worry_ms = now_ms + DAY_MS;
	}
}

/* What a server with certificates does from time to time. */
static void tend_certificates(struct master *m, uint64_t now_ms)
{
	if (m->config.certificate.count == 0 || m->is_stopping ||
	    find_state(m, GENERATION_RUNNING) == NULL ||
	    find_state(m, GENERATION_STARTING) != NULL) {
		return;
	}
	watch_files(m, now_ms);
	worry_daily(m, now_ms);
}

void due_stop(struct master *m, uint64_t now_ms)
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

static void earlier(uint64_t *wait_ms, uint64_t due_ms, uint64_t now_ms)
{
	uint64_t left = due_ms > now_ms ? due_ms - now_ms : 0;

	if (due_ms != 0 && left < *wait_ms) {
		*wait_ms = left;
	}
}

/* Does what is due and says how long there is nothing else; -1: no limit. */
int due_do(struct master *m)
{
	uint64_t now_ms = clock_ms();
	uint64_t wait_ms = UINT64_MAX;
	struct generation *g;

	check_start(m, now_ms);
	sweep(m, now_ms);
	reload_if_due(m, now_ms);
	tend_certificates(m, now_ms);
	generation_forget_tickets(&m->common, now_ms);
	retry_if_due(m, now_ms);
	kill_if_late(m, now_ms);
	g = find_state(m, GENERATION_RUNNING);
	if (g != NULL) {
		generation_serve(g);
		wait_ms = generation_restart_due(&m->common, g, now_ms);
	}
	g = find_state(m, GENERATION_STARTING);
	earlier(&wait_ms, g != NULL ? g->started_ms + START_MS : 0, now_ms);
	earlier(&wait_ms, m->retry_ms, now_ms);
	if (m->config.certificate.count != 0 && !m->is_stopping) {
		earlier(&wait_ms, now_ms + WATCH_PAUSE_MS, now_ms);
	}
	earlier(&wait_ms, m->is_stopping ? m->stop_ms : 0, now_ms);
	return wait_ms > INT_MAX ? -1 : (int)wait_ms;
}
