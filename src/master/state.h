// SPDX-License-Identifier: ISC
/*
 * state.h - the state directory: what is to outlast a restart.
 *
 *	STATE            root's, or of whoever starts restanted
 *	STATE/guard      the same: who failed to log in (ipc/guard_file.h); auth
 *	                 gets it open
 *	STATE/app-passwords   auth's: when each app password was used
 *
 * Nothing in it is needed: a server that cannot have it serves without.
 */
#ifndef MASTER_STATE_H
#define MASTER_STATE_H

#include "master/config.h"

/* Makes what is missing.  False if there is none that can be used: a warning
 * is logged. */
bool state_prepare(const struct config *config);

/* The guard's file, open for reading and writing; -1 if there is none, which
 * is logged.  Keep it open: it is for every auth to come. */
int state_open_guard(const struct config *config);

#endif
