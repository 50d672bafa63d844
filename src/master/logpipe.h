// SPDX-License-Identifier: ISC
/*
 * logpipe.h - log lines for syslog: the roles, which may not connect to it, and
 * the master itself write to a pipe; the master passes each line on.
 */
#ifndef MASTER_LOGPIPE_H
#define MASTER_LOGPIPE_H

#include "base/checked.h"

/* Makes a pipe, puts standard error of this process and of all that it starts
 * onto it, and opens syslog.  Returns the end to be read, or a negative
 * errno. */
MUST_USE int logpipe_open(void);

/* Passes on what has come. */
void logpipe_relay(int fd);

#endif
