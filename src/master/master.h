// SPDX-License-Identifier: ISC
/*
 * master.h - the master's own state and its loop: it starts generations of role
 * processes, sees them die, and obeys signals.
 *
 *   SIGHUP           reads the configuration anew
 *   SIGTERM, SIGINT  stops: at once where nothing is in hand, else within
 *                    stop_time
 */
#ifndef MASTER_MASTER_H
#define MASTER_MASTER_H

#include "master/generation.h"
#include "master/watch.h"

struct master {
	const char *config_path;
	struct config config;         /* the one in force */
	struct listen_sets listeners; /* its sockets */
	struct tls_files files;       /* its certificates */
	struct tls_files next_files;  /* of the one that is starting, if any */
	struct generation_common common;
	struct generation *generations;
	struct watch watch;
	uint64_t worry_ms; /* when worries are told again */
	uint64_t retry_ms; /* when to start again; 0: not due */
	uint64_t stop_ms;  /* when a stop has lasted too long */
	uint32_t failures; /* generations that died, in a row */
	int signal_fd;
	int log_fd; /* -1: lines do not pass through us */
	int pid_fd;
	bool is_root;
	bool is_stopping;
	bool is_reload_due;
	bool has_served;
	bool has_next_files;
	bool has_failed; /* the first generation could not serve */
};

/* Takes the configuration into force and starts the first generation. 0, or a
 * negative errno, logged. */
MUST_USE int master_init(struct master *m, const char *config_path,
			 const struct config *config);

/* Serves until told to stop.  EXIT_SUCCESS, or EXIT_FAILURE if the first
 * generation could not serve. */
int master_run(struct master *m);

/* reap.c: takes note of all children that have ended. */
void master_reap(struct master *m, uint64_t now_ms);

/* Logs from now on as the configuration says. */
void master_log_init(const struct config *config);

/* Logs what is no mistake but a worry (config_certificate.h), one line each. */
void master_log_worries(const struct config *config);

/* Prints faults to the log, one line each. */
void master_log_faults(const struct conf_faults *faults, const char *path);

#endif
