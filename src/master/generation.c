// SPDX-License-Identifier: ISC
/*
 * generation.c - the role processes of one configuration (generation.h).
 * Runs in: master.  Trusts: the configuration, which was checked.
 */
#include "master/generation_impl.h"

#include "base/log.h"
#include "os/fd.h"

/* A session process that dies is replaced at once; if the next ones die too,
 * after pauses that double, until one has lived for a while. */
#define RESTART_FIRST_MS 100u
#define RESTART_MAX_MS   10000u
#define STABLE_MS        60000u

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
	if (generation_start_session(common, g, slot) == 0) {
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
	for (size_t i = 0; i < CORE_COUNT; i++) {
		each(g, &g->core[i], ctx);
	}
	for (uint32_t i = 0; i < g->config.session_processes; i++) {
		each(g, &g->session[i], ctx);
	}
}

bool generation_is_ready(const struct generation *g)
{
	bool is_ready = true;

	for (int i = 0; i < CORE_COUNT; i++) {
		is_ready = is_ready &&
			   (g->core[i].is_ready ||
			    !generation_has_core(g, (enum generation_core)i));
	}
	for (uint32_t i = 0; i < g->config.session_processes; i++) {
		is_ready = is_ready && g->session[i].is_ready;
	}
	return is_ready;
}

bool generation_is_empty(const struct generation *g)
{
	bool is_empty = true;

	for (size_t i = 0; i < CORE_COUNT; i++) {
		is_empty = is_empty && g->core[i].pid == 0;
	}
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
