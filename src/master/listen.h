// SPDX-License-Identifier: ISC
/*
 * listen.h - the listening sockets.  Each address has as many as there are
 * session processes (SO_REUSEPORT: the kernel spreads connections over them);
 * the master holds them over every restart and reload, so no connection that
 * waits in one is lost.
 */
#ifndef MASTER_LISTEN_H
#define MASTER_LISTEN_H

#include "master/config.h"

struct listen_set {
	struct config_listen address;
	int fd[CONFIG_SESSIONS_MAX];
	size_t count;
};

struct listen_sets {
	struct listen_set set[CONFIG_LISTEN_MAX];
	size_t count;
};

/*
 * Makes *next_r the sockets for config: those of old that serve, and new ones.
 * old may be empty, and stays as it is.  0, or a negative errno, logged with
 * what to do; then *next_r is untouched and nothing new is open.
 */
MUST_USE int listen_open(const struct listen_sets *old,
			 const struct config *config,
			 struct listen_sets *next_r);

/* Closes those in old that are not in kept (which may be NULL: all). */
void listen_close(struct listen_sets *old, const struct listen_sets *kept);

#endif
