// SPDX-License-Identifier: ISC
/*
 * generation.h - the role processes of one configuration: a maildrop, an auth,
 * a key if there is TLS, and some session processes, joined by channels.
 *
 *	starting -> running -> retired (sessions finish) -> gone
 *	    \___________\____________\-> killed (a role died) -> gone
 */
#ifndef MASTER_GENERATION_H
#define MASTER_GENERATION_H

#include "ipc/counters.h"
#include "master/child.h"
#include "master/listen.h"
#include "master/tls_files.h"
#include "tls/ticket_chain.h"

enum generation_state {
	GENERATION_STARTING,
	GENERATION_RUNNING,
	GENERATION_RETIRED,
	GENERATION_KILLED,
};

/* The roles that there is one process of; the generation ends if it dies. */
enum generation_core {
	CORE_MAILDROP,
	CORE_AUTH,
	CORE_KEY, /* if there is TLS */
	CORE_COUNT
};

struct generation {
	struct generation *next;
	struct config config;
	struct listen_sets listeners; /* it serves these; the master's own */
	struct child core[CORE_COUNT];
	struct child session[CONFIG_SESSIONS_MAX];
	enum generation_state state;
	bool has_run;     /* it was RUNNING once */
	bool was_retired; /* another one serves instead */
	uint64_t started_ms;
	uint64_t restart_ms[CONFIG_SESSIONS_MAX]; /* when one is due; 0: none */
	uint64_t lived_ms[CONFIG_SESSIONS_MAX];   /* since when that process */
	uint32_t restarts[CONFIG_SESSIONS_MAX];   /* in a row */
};

/* What all generations share. */
struct generation_common {
	struct counters *counters;
	int counters_fd;
	uint32_t last_id; /* of a session process */
	int guard_fd;     /* of state.h; -1: none */
	bool has_state;   /* the configuration's state_dir can be used */
	bool discard_cache;
	struct ticket_chain tickets; /* so that they outlast a reload */
};

/*
 * Starts all processes, and sends them what they read.  The generation is then
 * STARTING, and they will say READY or die; or KILLED, if one could not be
 * started: what went wrong is logged, and what did start is to be reaped.
 * NULL: no memory.
 */
MUST_USE struct generation *
generation_start(struct generation_common *common, const struct config *config,
		 const struct listen_sets *listeners,
		 const struct tls_files *files, uint64_t now_ms);

/* Of the chain of tickets forgets what is past: from time to time, so that it
 * can be learned from nobody. */
void generation_forget_tickets(struct generation_common *common,
			       uint64_t now_ms);

/* Session process slot has died: another is due at once, or after a pause that
 * grows if they keep dying. */
void generation_plan_restart(struct generation *g, uint32_t slot,
			     uint64_t now_ms);

/* Starts the session processes that are due.  Returns how many milliseconds
 * from now the next one is, UINT64_MAX if none. */
uint64_t generation_restart_due(struct generation_common *common,
				struct generation *g, uint64_t now_ms);

/* Whether every process has said READY; whether none is left. */
bool generation_is_ready(const struct generation *g);
bool generation_is_empty(const struct generation *g);

/* Lets the session processes that are ready take connections. */
void generation_serve(struct generation *g);

/* Takes no more connections; what runs finishes. */
void generation_retire(struct generation *g);

/* Closes all control channels: a graceful stop within the stop time. */
void generation_stop(struct generation *g);

/* Ends all of its processes now. */
void generation_kill(struct generation *g);

/* Calls each for every process there is. */
void generation_each(struct generation *g,
		     void (*each)(struct generation *g, struct child *c,
				  void *ctx),
		     void *ctx);

/* Gives back what a process that has ended held. */
void generation_forget(struct generation_common *common, struct child *c);

#endif
