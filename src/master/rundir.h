// SPDX-License-Identifier: ISC
/*
 * rundir.h - the run directory: the process id, which is also the lock against
 * a second start, and the session processes' jail; and the cache directory.
 */
#ifndef MASTER_RUNDIR_H
#define MASTER_RUNDIR_H

#include "master/config.h"

/* Makes what is missing, and writes our process id.  Returns the pid file,
 * locked: keep it open.  Or a negative errno, logged. */
MUST_USE int rundir_take(const struct config *config);

/* Makes what a new configuration has and the old one had not. */
MUST_USE int rundir_prepare(const struct config *config);

/* Removes the pid file and closes it. */
void rundir_leave(const struct config *config, int fd);

#endif
