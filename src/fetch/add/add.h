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
#include "fetch/conf/place.h"

/* Each text as it stands on the command line, or NULL: not given. */
struct add_options {
	const char *name;             /* NAME */
	const char *server;           /* --server */
	const char *port;             /* --port */
	const char *tls;              /* --tls: implicit, stls, none */
	const char *user;             /* --user; a mail address, usually */
	const char *password_command; /* --password-command */
	const char *password_file;    /* --password-file */
	const char *pin;              /* --pin */
	const char *ca_file;          /* --ca-file */
	const char *mechanisms;       /* --auth */
	const char *to;               /* --to */
	const char *recipient;        /* --recipient */
	bool keeps;                   /* --keep */
	bool deletes;                 /* --delete */
};

struct add {
	const struct add_options *options;
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
