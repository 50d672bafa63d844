// SPDX-License-Identifier: ISC
/*
 * command_run.h - how the command of a destination is run.
 */
#ifndef FETCH_SINK_COMMAND_RUN_H
#define FETCH_SINK_COMMAND_RUN_H

#include "fetch/account.h"
#include "os/run.h"

#define COMMAND_SAID_MAX     1024u /* the first octets that it says */
#define COMMAND_SETTINGS_MAX 16u

/* run: all but its input, which it takes, and where goes what it says. */
struct command_run {
	struct run run;
	char *settings[COMMAND_SETTINGS_MAX]; /* allocated */
	size_t count;
};

/* d, whose argv is not copied, and the account's name.  0, or -ENOMEM; and
 * command_run_finish is due in any case. */
MUST_USE int command_run_init(struct command_run *c,
			      const struct destination *d, const char *account);
void command_run_finish(struct command_run *c);

#endif
