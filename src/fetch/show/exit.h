// SPDX-License-Identifier: ISC
/*
 * exit.h - what the collector's exit code says, in one place.
 */
#ifndef FETCH_SHOW_EXIT_H
#define FETCH_SHOW_EXIT_H

#include "fetch/why.h"

/* After Ctrl-C, as shells have it: 128 and SIGINT. */
#define EXIT_INTERRUPTED 130

/* Of sysexits.h; EX_OK for WHY_NONE.  WHY_MESSAGE, which ends no visit, is
 * EX_CANTCREAT where a command is about that message alone. */
int exit_of(enum why_kind kind);

#endif
