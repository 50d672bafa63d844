// SPDX-License-Identifier: ISC
/*
 * add.h - `restante account add`: the dialogue that finds a server, tries the
 * log-in and writes the account into the configuration.
 *
 * What an option says is not asked for.  Without a terminal nothing is: what is
 * missing is a mistake that names the option.  Until its last step it changes
 * nothing, and Ctrl-C at any moment is safe.
 */
#ifndef FETCH_ADD_ADD_H
#define FETCH_ADD_ADD_H

#include <stdbool.h>

#include "fetch/add/probe.h"
#include "fetch/conf/options.h"
#include "fetch/conf/place.h"

struct add {
	const char *name; /* of the account; NULL: it is asked for */
	const struct options_account *options;
	const struct place *place;
	const struct probe *probe;
	int in; /* descriptors: usually 0, 1, 2 */
	int out;
	int err;
};

/* To be called before there are threads.  0, or an exit code of exit.h, and it
 * was told why. */
MUST_USE int add_account(const struct add *add);

#endif
