// SPDX-License-Identifier: ISC
/*
 * generation.c - the role processes of one configuration (generation.h).
 * Runs in: master.  Trusts: the configuration, which was checked.
 */
#include "master/generation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/log.h"
#include "os/fd.h"

/* Packets on their way between two roles: each of a session process's
 * connections may have one, mostly far smaller than this allows. */
#define CHANNEL_OCTETS (4u * 1024u * 1024u)

/* A session process that dies is replaced at once; if the next ones die too,
 * after pauses that double, until one has lived for a while. */
#define RESTART_FIRST_MS 100u
#define RESTART_MAX_MS   10000u
#define STABLE_MS        60000u

/* A channel between two children, whose ends are theirs from then on.  id
 * names the session process at one of the ends, or is 0. */
static int join(struct child *a, struct child *b, uint32_t id)
{
	int pair[2];
	int rc = fd_channel_pair(pair, CHANNEL_OCTETS);

	if (rc < 0) {
		log_event_errno(LOG_ERROR, "cannot make a channel", NULL, -rc);
		return rc;
	}
	rc = child_send_channel(a, pair[0], b->role, id);
	if (rc < 0) {
		fd_close(&pair[1]);
		return rc;
	}
	return child_send_channel(b, pair[1], a->role, id);
}

static int duplicate(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	return copy < 0 ? -errno : copy;
}

/* Of each address, every n-th socket: so each socket has a process that accepts
 * from it, also when there were more processes once. */
static int send_listeners(const struct listen_sets *sets, struct child *c,
			  uint32_t slot, uint32_t processes)
{
	int rc = 0;

	for (size_t i = 0; i < sets->count; i++) {
		const struct listen_set *set = &sets->set[i];

		for (size_t j = slot; j < set->count && rc == 0;
		     j += processes) {
			int fd = duplicate(set->fd[j]);

			rc = fd < 0
				 ? fd
				 : child_send_listener(
				       c, fd,
				       (enum listener_kind)set->address.kind);
		}
	}
	return rc;
}

static int send_counters(const struct generation_common *common,
			 struct child *c)
{
	int fd = duplicate(common->counters_fd);

	return fd < 0 ? fd : child_send_counters(c, fd);
}

static int configure_session(struct generation_common *common,
			     struct generation *g, uint32_t slot)
{
	struct child *c = &g->session[slot];
	struct session_settings settings = g->config.session;
	int rc;

	settings.slot = (uint32_t)c->column;
	rc = child_send_settings(c, &settings, sizeof(settings));
	if (rc == 0) {
		rc = join(c, &g->auth, c->id);
	}
	if (rc == 0) {
		rc = join(c, &g->maildrop, c->id);
	}
	if (rc == 0) {
		rc = send_listeners(&g->listeners, c, slot,
				    g->config.session_processes);
	}
	if (rc == 0) {
		rc = send_counters(common, c);
	}
	return rc == 0 ? child_send_bare(c, PACKET_START) : rc;
}

static int start_session(struct generation_common *common, struct generation *g,
			 uint32_t slot)
{
	struct child *c = &g->session[slot];
	int rc;

	child_init(c, ROLE_SESSION);
	c->column = counters_take_column(common->counters);
	if (c->column < 0) {
		log_event(LOG_ERROR, "too many session processes");
		return -EAGAIN;
	}
	c->id = ++common->last_id;
	rc = child_start(c);
	if (rc < 0) {
		generation_forget(common, c);
		return rc;
	}
	return configure_session(common, g, slot);
}

static int start_core(struct generation *g)
{
	int rc = child_start(&g->maildrop);

	if (rc == 0) {
		rc = child_start(&g->auth);
	}
	if (rc == 0) {
		rc = child_send_settings(&g->maildrop, &g->config.maildrop,
					 sizeof(g->config.maildrop));
	}
	if (rc == 0) {
		rc = child_send_settings(&g->auth, &g->config.auth,
					 sizeof(g->config.auth));
	}
	return rc == 0 ? join(&g->auth, &g->maildrop, 0) : rc;
}

static int start_all(struct generation_common *common, struct generation *g)
{
	int rc = start_core(g);

	for (uint32_t i = 0; i < g->config.session_processes && rc == 0; i++) {
		rc = start_session(common, g, i);
	}
	if (rc == 0) {
		rc = child_send_bare(&g->maildrop, PACKET_START);
	}
	return rc == 0 ? child_send_bare(&g->auth, PACKET_START) : rc;
}

struct generation *generation_start(struct generation_common *common,
				    const struct config *config,
				    const struct listen_sets *listeners,
				    bool discard_cache, uint64_t now_ms)
{
	struct generation *g = calloc(1, sizeof(*g));

	if (g == NULL) {
		log_event(LOG_ERROR, "no memory");
		return NULL;
	}
	g->config = *config;
	g->config.maildrop.cache_discard = discard_cache;
	g->listeners = *listeners;
	g->started_ms = now_ms;
	child_init(&g->maildrop, ROLE_MAILDROP);
	child_init(&g->auth, ROLE_AUTH);
	for (uint32_t i = 0; i < CONFIG_SESSIONS_MAX; i++) {
		child_init(&g->session[i], ROLE_SESSION);
		g->lived_ms[i] = now_ms;
	}
	if (start_all(common, g) < 0) {
		generation_kill(g);
	}
	return g;
}

void generation_plan_restart(struct generation *g, uint32_t slot,
			     uint64_t now_ms)
{
	uint64_t pause_ms = 0;

	if (now_ms - g->lived_ms[slot] >= STABLE_MS) {
		g->restarts[slot] = 0;
	}
	if (g->restarts[slot] != 0) {
		uint32_t doublings = g->restarts[slot] - 1;

		pause_ms = doublings < 7 ? RESTART_FIRST_MS << doublings
					 : RESTART_MAX_MS;
	}
	g->restarts[slot]++;
	g->restart_ms[slot] = now_ms + pause_ms;
}

/* One that could not be started is planned anew; one that was killed for it is
 * planned when it is reaped. */
static void restart_slot(struct generation_common *common, struct generation *g,
			 uint32_t slot, uint64_t now_ms)
{
	struct child *c = &g->session[slot];

	g->restart_ms[slot] = 0;
	g->lived_ms[slot] = now_ms;
	if (start_session(common, g, slot) == 0) {
		return;
	}
	if (c->pid == 0) {
		generation_plan_restart(g, slot, now_ms);
	} else {
		child_kill(c);
	}
}

uint64_t generation_restart_due(struct generation_common *common,
				struct generation *g, uint64_t now_ms)
{
	uint64_t next_ms = UINT64_MAX;

	for (uint32_t i = 0; i < g->config.session_processes; i++) {
		if (g->restart_ms[i] != 0 && g->restart_ms[i] <= now_ms) {
			restart_slot(common, g, i, now_ms);
		}
		if (g->restart_ms[i] != 0 &&
		    g->restart_ms[i] - now_ms < next_ms) {
			next_ms = g->restart_ms[i] - now_ms;
		}
	}
	return next_ms;
}

void generation_each(struct generation *g,
		     void (*each)(struct generation *g, struct child *c,
				  void *ctx),
		     void *ctx)
{
	each(g, &g->maildrop, ctx);
	each(g, &g->auth, ctx);
	for (uint32_t i = 0; i < g->config.session_processes; i++) {
		each(g, &g->session[i], ctx);
	}
}

bool generation_is_ready(const struct generation *g)
{
	bool is_ready = g->maildrop.is_ready && g->auth.is_ready;

	for (uint32_t i = 0; i < g->config.session_processes; i++) {
		is_ready = is_ready && g->session[i].is_ready;
	}
	return is_ready;
}

bool generation_is_empty(const struct generation *g)
{
	bool is_empty = g->maildrop.pid == 0 && g->auth.pid == 0;

	for (uint32_t i = 0; i < g->config.session_processes; i++) {
		is_empty = is_empty && g->session[i].pid == 0;
	}
	return is_empty;
}

void generation_serve(struct generation *g)
{
	for (uint32_t i = 0; i < g->config.session_processes; i++) {
		struct child *c = &g->session[i];

		if (c->is_ready && !c->is_serving) {
			c->is_serving = true;
			if (child_send_bare(c, PACKET_SERVE) < 0) {
				child_kill(c);
			}
		}
	}
}

static void retire_child(struct generation *g, struct child *c, void *ctx)
{
	(void)g, (void)ctx;
	if (c->pid != 0 && c->control != -1 &&
	    child_send_bare(c, PACKET_RETIRE) < 0) {
		child_kill(c);
	}
}

void generation_retire(struct generation *g)
{
	g->state = GENERATION_RETIRED;
	g->was_retired = true;
	generation_each(g, retire_child, NULL);
}

static void stop_child(struct generation *g, struct child *c, void *ctx)
{
	(void)g, (void)ctx;
	child_stop(c);
}

void generation_stop(struct generation *g)
{
	if (g->state != GENERATION_KILLED) {
		g->state = GENERATION_RETIRED;
	}
	generation_each(g, stop_child, NULL);
}

static void kill_child(struct generation *g, struct child *c, void *ctx)
{
	(void)g, (void)ctx;
	child_kill(c);
}

void generation_kill(struct generation *g)
{
	g->state = GENERATION_KILLED;
	generation_each(g, kill_child, NULL);
}

void generation_forget(struct generation_common *common, struct child *c)
{
	fd_close(&c->control);
	if (c->column >= 0) {
		counters_free_column(common->counters, (uint32_t)c->column);
		c->column = -1;
	}
	c->pid = 0;
	c->is_ready = false;
	c->is_serving = false;
}
