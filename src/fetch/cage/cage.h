// SPDX-License-Identifier: ISC
/*
 * cage.h - what a run of the collector may still do, once it has read its
 * configuration and before it reads anything from the network: files, folders
 * and ports of the accounts in this run; and a runner (os/runner.h) for what
 * needs all of its user's rights, if there is any.
 */
#ifndef FETCH_CAGE_CAGE_H
#define FETCH_CAGE_CAGE_H

#include <stdbool.h>

#include "fetch/conf/config.h"
#include "fetch/conf/place.h"
#include "fetch/why.h"

struct cage_options {
	const struct place *place;
	struct config *accounts;
	bool has_record;  /* it is opened, and made if it is missing */
	bool delivers;    /* to the accounts' destinations */
	bool is_watching; /* who has no password yet gets one later */
	bool may_ask;     /* at the terminal, for passwords */
};

struct cage {
	struct runner *runner; /* or NULL: nobody has to ask it */
	unsigned lacks;        /* enum sandbox_lacks: what the kernel lacks */
};

/*
 * Starts the runner, tells the accounts of it, makes the folders that are
 * missing, and confines the process: with one thread.  0, and cage_leave is
 * due; or -1, and *why tells: then the process must end.
 */
MUST_USE int cage_enter(const struct cage_options *options, struct cage *cage_r,
			struct why *why);

/* Ends the runner.  The process stays as confined as it is. */
void cage_leave(struct cage *cage);

#endif
