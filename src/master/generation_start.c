// SPDX-License-Identifier: ISC
/*
 * generation_start.c - starting the processes of a generation, and telling them
 * all that they are told (generation.h).
 * Runs in: master.  Trusts: the configuration, which was checked.
 */
#include "master/generation_impl.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "os/fd.h"
#include "os/random.h"

/* Packets on their way between two roles: each of a session process's
 * connections may have one, mostly far smaller than this allows. */
#define CHANNEL_OCTETS (4u * 1024u * 1024u)

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
			int fd = fd_duplicate(set->fd[j]);

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
	int fd = fd_duplicate(common->counters_fd);

	return fd < 0 ? fd : child_send_counters(c, fd);
}

bool generation_has_core(const struct generation *g, enum generation_core core)
{
	return core != CORE_KEY || g->config.session.has_tls;
}

/* With each role that there is. */
static int join_cores(struct generation *g, struct child *c)
{
	int rc = 0;

	for (int i = 0; i < CORE_COUNT && rc == 0; i++) {
		if (generation_has_core(g, (enum generation_core)i)) {
			rc = join(c, &g->core[i], c->id);
		}
	}
	return rc;
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
		rc = join_cores(g, c);
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

int generation_start_session(struct generation_common *common,
			     struct generation *g, uint32_t slot)
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

/* What each of the core roles is told. */
static const struct {
	enum role role;
	size_t at; /* of its settings, in struct config */
	size_t len;
} cores[CORE_COUNT] = {
	[CORE_MAILDROP] = { ROLE_MAILDROP, offsetof(struct config, maildrop),
			    sizeof(struct maildrop_settings) },
	[CORE_AUTH] = { ROLE_AUTH, offsetof(struct config, auth),
			sizeof(struct auth_settings) },
	[CORE_KEY] = { ROLE_KEY, offsetof(struct config, key),
		       sizeof(struct key_settings) },
};

/* The seed is in no configuration, which is kept: it would never be wiped. */
static int send_key_settings(const struct generation_common *common,
			     struct generation *g)
{
	struct key_settings key = g->config.key;
	int rc;

	key.ticket_period = common->tickets.period;
	memcpy(key.ticket_seed, common->tickets.seed, sizeof(key.ticket_seed));
	rc = child_send_settings(&g->core[CORE_KEY], &key, sizeof(key));
	wipe(key.ticket_seed, sizeof(key.ticket_seed));
	return rc;
}

/* An auth without a state directory is told of none. */
static int send_settings(const struct generation_common *common,
			 struct generation *g, enum generation_core core)
{
	struct auth_settings auth;

	if (core == CORE_KEY) {
		return send_key_settings(common, g);
	}
	if (core == CORE_AUTH && !common->has_state) {
		auth = g->config.auth;
		auth.state_dir[0] = '\0';
		return child_send_settings(&g->core[core], &auth, sizeof(auth));
	}
	return child_send_settings(&g->core[core],
				   (const char *)&g->config + cores[core].at,
				   cores[core].len);
}

static int start_core(const struct generation_common *common,
		      struct generation *g, enum generation_core core)
{
	int rc = child_start(&g->core[core]);

	return rc < 0 ? rc : send_settings(common, g, core);
}

static int send_guard(const struct generation_common *common,
		      struct child *auth)
{
	int fd;

	if (common->guard_fd == -1) {
		return 0;
	}
	fd = fd_duplicate(common->guard_fd);
	return fd < 0 ? fd : child_send_file(auth, fd, FILE_GUARD, 0);
}

static int send_files(const struct generation_common *common,
		      struct generation *g, const struct tls_files *files)
{
	int rc = send_guard(common, &g->core[CORE_AUTH]);

	if (rc == 0) {
		rc = tls_files_send_to_auth(files, &g->core[CORE_AUTH]);
	}
	if (rc == 0 && generation_has_core(g, CORE_KEY)) {
		rc = tls_files_send_to_key(files, &g->core[CORE_KEY]);
	}
	return rc;
}

static int start_cores(const struct generation_common *common,
		       struct generation *g, const struct tls_files *files)
{
	int rc = 0;

	for (int i = 0; i < CORE_COUNT && rc == 0; i++) {
		if (generation_has_core(g, (enum generation_core)i)) {
			rc = start_core(common, g, (enum generation_core)i);
		}
	}
	if (rc == 0) {
		rc = join(&g->core[CORE_AUTH], &g->core[CORE_MAILDROP], 0);
	}
	return rc == 0 ? send_files(common, g, files) : rc;
}

static int start_all(struct generation_common *common, struct generation *g,
		     const struct tls_files *files)
{
	int rc = start_cores(common, g, files);

	for (uint32_t i = 0; i < g->config.session_processes && rc == 0; i++) {
		rc = generation_start_session(common, g, i);
	}
	for (int i = 0; i < CORE_COUNT && rc == 0; i++) {
		if (generation_has_core(g, (enum generation_core)i)) {
			rc = child_send_bare(&g->core[i], PACKET_START);
		}
	}
	return rc;
}

/* What the configuration does not know. */
static void complete(struct config *config, struct generation_common *common)
{
	config->maildrop.cache_discard = common->discard_cache;
	common->discard_cache = false;
}

void generation_forget_tickets(struct generation_common *common,
			       uint64_t now_ms)
{
	if (common->tickets.period_ms != 0 &&
	    !ticket_chain_advance(&common->tickets, now_ms)) {
		log_event(LOG_ERROR, "OpenSSL makes no keys of tickets");
	}
}

/* One that is so long already goes on; else what was sealed before is not
 * opened. */
static void prepare_tickets(struct generation_common *common, uint32_t ticket_s,
			    uint64_t now_ms)
{
	uint64_t period_ms = ticket_s * UINT64_C(1000);
	uint8_t seed[TICKET_SEED_LEN];

	if (common->tickets.period_ms != period_ms) {
		random_fill(seed, sizeof(seed));
		ticket_chain_init(&common->tickets, period_ms,
				  now_ms / period_ms, seed);
		wipe(seed, sizeof(seed));
	}
	generation_forget_tickets(common, now_ms);
}

struct generation *generation_start(struct generation_common *common,
				    const struct config *config,
				    const struct listen_sets *listeners,
				    const struct tls_files *files,
				    uint64_t now_ms)
{
	struct generation *g = calloc(1, sizeof(*g));

	if (g == NULL) {
		log_event(LOG_ERROR, "no memory");
		return NULL;
	}
	g->config = *config;
	complete(&g->config, common);
	prepare_tickets(common, config->key.ticket_s, now_ms);
	g->listeners = *listeners;
	g->started_ms = now_ms;
	for (size_t i = 0; i < CORE_COUNT; i++) {
		child_init(&g->core[i], cores[i].role);
	}
	for (uint32_t i = 0; i < CONFIG_SESSIONS_MAX; i++) {
		child_init(&g->session[i], ROLE_SESSION);
		g->lived_ms[i] = now_ms;
	}
	if (start_all(common, g, files) < 0) {
		generation_kill(g);
	}
	return g;
}
