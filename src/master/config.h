// SPDX-License-Identifier: ISC
/*
 * config.h - the configuration file, read and checked (restanted.conf(5)).
 * Used by the master and restantectl.
 */
#ifndef MASTER_CONFIG_H
#define MASTER_CONFIG_H

#include <stddef.h>
#include <sys/socket.h>

#include "conf/fault.h"
#include "ipc/identity.h"
#include "ipc/packet.h"
#include "ipc/settings.h"

#define CONFIG_LISTEN_MAX       16u /* addresses, with and without TLS */
#define CONFIG_CERTIFICATES_MAX IDENTITY_CERTIFICATES_MAX

enum config_log {
	CONFIG_LOG_STDERR,
	CONFIG_LOG_SYSLOG,
	CONFIG_LOG_JOURNAL,
};

struct config_listen {
	enum listener_kind kind;
	socklen_t len;
	struct sockaddr_storage address;
	char text[64]; /* as "127.0.0.1:110" or "[::]:110" */
};

/* Files, as the operator listed them. */
struct config_paths {
	size_t count;
	char path[CONFIG_CERTIFICATES_MAX][SETTINGS_PATH_MAX];
};

/* All of it, checked, with every default filled in. */
struct config {
	struct config_listen listen[CONFIG_LISTEN_MAX];
	size_t listen_count;
	uint32_t session_processes; /* 1 to CONFIG_SESSIONS_MAX */
	enum config_log log;
	uint32_t keepalive_s;            /* and TCP_USER_TIMEOUT */
	char run_dir[SETTINGS_PATH_MAX]; /* pid file, jail */
	struct session_settings session;
	struct auth_settings auth;
	struct maildrop_settings maildrop;
	struct key_settings key;         /* without its chain of tickets */
	struct config_paths certificate; /* none: there is no TLS */
	struct config_paths private_key; /* as many; in the same order */
	char client_ca[SETTINGS_PATH_MAX];
};

#define CONFIG_SESSIONS_MAX 64u

/*
 * Reads the file and checks each setting, alone and against the others and the
 * machine (accounts exist, directories are there).  0 if there is no mistake;
 * -1, and *config_r is untouched, if there is one or more: all are in
 * *faults_r, by line.  as_root: whether accounts are needed.
 */
MUST_USE int config_load(const char *path, bool as_root,
			 struct config *config_r, struct conf_faults *faults_r);

/*
 * The same, but what the machine lacks is no mistake: for a tool that is about
 * to make it (the first user, say).  Accounts that are not there are 0.
 */
MUST_USE int config_read(const char *path, bool as_root,
			 struct config *config_r, struct conf_faults *faults_r);

#endif
