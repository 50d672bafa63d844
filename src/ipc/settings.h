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

#include "os/net.h"

#define SETTINGS_NETS_MAX 32u
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
	uint32_t login_ms;      /* from connect to a successful log-in */
	uint32_t idle_ms;       /* between commands */
	uint32_t stall_ms;      /* for a client to take some output */
	uint32_t stop_ms;       /* for a graceful stop */
	uint32_t login_delay_s; /* that CAPA announces; 0: none */
	uint32_t ticket_s;      /* for which TLS's session tickets are good */
	uint32_t proxy_count;   /* of proxies */
	struct net proxies[SETTINGS_NETS_MAX]; /* they say who the client is */
	bool reveal_users;
	bool plaintext_anywhere; /* or from loopback only */
	bool has_tls;            /* a key role has the certificates */
	bool alpn_required;      /* or a client may name no protocol */
	bool asks_certificate;   /* of clients, for EXTERNAL */
	bool scram;              /* is offered */
	bool apop;               /* a stamp in the greeting */
	bool cram_md5;
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
	uint32_t login_delay_s;  /* between log-ins of one user; 0: none */
	uint32_t login_burst;    /* log-ins that may come without a pause */
	uint32_t failures_max;   /* then an address, or user, is refused */
	uint32_t failures_ms;    /* after which half of them are forgotten */
	char state_dir[SETTINGS_PATH_MAX]; /* when app passwords were used */
	bool lowercase_users;
	bool reveal_users;
	bool apop;
	bool cram_md5;
	uint8_t certificate_name; /* enum certificate_name */
};

/* What of a client's certificate is the user's name. */
enum certificate_name {
	CERTIFICATE_EMAIL, /* the first rfc822Name of subjectAltName */
	CERTIFICATE_COMMON_NAME,
};

/* Its files come as FILE packets. */
struct key_settings {
	struct settings_common common;
	uint8_t ticket_seed[32]; /* a chain's: tls/ticket_chain.h */
	uint64_t ticket_period;  /* where it stands */
	uint32_t ticket_s;       /* each ticket key's time */
	uint32_t certificates;   /* how many */
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
