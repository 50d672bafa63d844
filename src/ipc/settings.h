// SPDX-License-Identifier: ISC
/*
 * settings.h - what the master tells each role when it starts it: the part of
 * the configuration that the role needs, checked, in a fixed form.  Strings end
 * in a NUL.  A role's settings never change: a new configuration gets new
 * processes.
 */
#ifndef IPC_SETTINGS_H
#define IPC_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#define SETTINGS_PATH_MAX 1024u /* octets with the NUL */
#define SETTINGS_NAME_MAX 256u

/* What every role gets. */
struct settings_common {
	uint8_t log_form;  /* enum log_form */
	uint8_t log_level; /* enum log_level */
	bool sandbox_required;
	bool drop_privileges; /* the master runs as root */
	uint32_t uid, gid;    /* become these, if drop_privileges */
	char hostname[SETTINGS_NAME_MAX];
};

struct session_settings {
	struct settings_common common;
	char jail
	    [SETTINGS_PATH_MAX]; /* an empty directory; if drop_privileges */
	char greeting[SETTINGS_NAME_MAX];
	uint32_t slot;            /* this process's column of the counters */
	uint32_t connections_max; /* of all session processes together */
	uint32_t connections_per_address;
	uint32_t login_tries_max;
	uint32_t login_ms; /* from connect to a successful log-in */
	uint32_t idle_ms;  /* between commands */
	uint32_t stall_ms; /* for a client to take some output */
	uint32_t stop_ms;  /* for a graceful stop */
	bool reveal_users;
	bool plaintext_anywhere; /* or from loopback only */
};

struct auth_settings {
	struct settings_common common;
	char users[SETTINGS_PATH_MAX];    /* the passwd-file */
	char maildrop[SETTINGS_PATH_MAX]; /* path template: %u %n %d %h */
	char mail_root[SETTINGS_PATH_MAX];
	uint32_t mail_uid, mail_gid; /* of users who have none */
	uint32_t threads_per_channel;
	uint32_t hashes_at_once; /* bound on concurrent verifying */
	uint32_t uid_min;        /* users below it are refused */
	bool lowercase_users;
	bool reveal_users;
};

struct maildrop_settings {
	struct settings_common common;
	char mail_root[SETTINGS_PATH_MAX];
	char cache_dir[SETTINGS_PATH_MAX];
	uint64_t cache_octets_max;
	uint32_t threads_per_channel;
	uint32_t sessions_per_user; /* with shared_lock */
	bool shared_lock;
	bool cache_discard; /* the last process died of a signal */
};

#endif
