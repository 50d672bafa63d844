// SPDX-License-Identifier: ISC
/*
 * child.h - one role process, as the master sees it.
 */
#ifndef MASTER_CHILD_H
#define MASTER_CHILD_H

#include <sys/types.h>

#include "ipc/channel.h"

struct child {
	pid_t pid; /* 0: none */
	enum role role;
	uint32_t id;     /* of a session process; 0 for the other roles */
	int control;     /* our end of its control channel */
	int column;      /* of a session process, in the counters; -1: none */
	bool is_ready;   /* it said READY */
	bool is_serving; /* it was told SERVE */
};

/* No child, of that role. */
void child_init(struct child *c, enum role role);

/*
 * Starts the role's program, with an empty environment and the control channel
 * on STARTUP_FD.  0, or a negative errno, logged.
 */
MUST_USE int child_start(struct child *c);

/* Sends it its settings, a packet of a type without fields, or a descriptor:
 * fd is closed in any case.  0, or negative, logged: it will be seen to die. */
MUST_USE int child_send_settings(struct child *c, const void *settings,
				 size_t len);
MUST_USE int child_send_bare(struct child *c, enum packet_type type);
MUST_USE int child_send_channel(struct child *c, int fd, enum role role,
				uint32_t id);
MUST_USE int child_send_listener(struct child *c, int fd,
				 enum listener_kind kind);
MUST_USE int child_send_file(struct child *c, int fd, enum file_kind kind,
			     uint32_t idx);
MUST_USE int child_send_counters(struct child *c, int fd);

/* Closes the control channel: it is to finish, soon (session) or when the
 * session processes have ended (auth, maildrop, key). */
void child_stop(struct child *c);

/* Ends it now. */
void child_kill(const struct child *c);

/* "session", "auth", "maildrop", "key" */
const char *child_name(const struct child *c);

#endif
