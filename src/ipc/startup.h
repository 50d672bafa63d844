// SPDX-License-Identifier: ISC
/*
 * startup.h - how a role process begins.  The master has put its control
 * channel on descriptor STARTUP_FD; on it come SETTINGS, then CHANNEL,
 * LISTENER, FILE and COUNTERS packets, then START.  The role then opens what it
 * needs, confines itself, and answers READY.
 */
#ifndef IPC_STARTUP_H
#define IPC_STARTUP_H

#include "ipc/channel.h"

#define STARTUP_FD 3

/* Channels, counters, and listeners: one process may have to accept for all
 * that there once were (master/config.h: 64 processes, 16 addresses). */
#define STARTUP_DESCRIPTORS_MAX (64u * 16u + 8u)

/* A descriptor that the master sent before START; the caller owns it. */
struct startup_item {
	uint32_t type; /* PACKET_CHANNEL, _LISTENER, _COUNTERS, _FILE */
	uint32_t kind; /* the channel's role, the listener's or file's kind */
	uint32_t id;   /* of a channel's session process; a file's idx */
	int fd;
};

struct startup {
	struct startup_item items[STARTUP_DESCRIPTORS_MAX];
	size_t count;
};

/*
 * Reads all up to START and fills settings (settings_len octets of the role's
 * own settings structure, which begins with struct settings_common), and
 * starts the log under the name given.  0, or negative, logged: then end.
 */
MUST_USE int startup_receive(enum role self, const char *name, void *settings,
			     size_t settings_len, struct startup *startup_r);

/* Drops root for the account in the settings, if it is to. Logged. */
MUST_USE int startup_drop(const struct settings_common *common,
			  bool keep_file_identity);

#endif
