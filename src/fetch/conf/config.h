// SPDX-License-Identifier: ISC
/*
 * config.h - restante.conf(5), read and checked, as accounts.
 * Called by main, before there are threads.
 */
#ifndef FETCH_CONF_CONFIG_H
#define FETCH_CONF_CONFIG_H

#include <stddef.h>

#include "conf/fault.h"
#include "fetch/account.h"
#include "fetch/conf/place.h"

struct config {
	struct account *account; /* in the order of the file */
	size_t count;            /* up to FETCH_ACCOUNTS_MAX */
};

/*
 * Reads the file and checks each setting, alone and against the others.  0 if
 * there is no mistake, and config_finish is due.  -1, and *config_r is
 * untouched, if there is one or more: all are in *faults_r, by line, for
 * conf_faults_print.  A file that is not there is such a mistake too; whoever
 * wants to go on without one asks place_has_config first.
 */
MUST_USE int config_load(const char *path, const struct place *place,
			 struct config *config_r, struct conf_faults *faults_r);

/* The same of a text, which is overwritten; for tests and for config_edit. */
MUST_USE int config_load_text(char *text, const struct place *place,
			      struct config *config_r,
			      struct conf_faults *faults_r);

/* Frees all, wiping what is secret.  *config is empty then. */
void config_finish(struct config *config);

/* The account of that name, or NULL. */
struct account *config_find(const struct config *config, const char *name);

/* The name that is most like it, or NULL if none is. */
const char *config_nearest(const struct config *config, const char *name);

/* Whether it may name an account: one to CONFIG_NAME_MAX letters, digits and
 * characters of "-_.@+", the first a letter or digit. */
#define CONFIG_NAME_MAX 64u
bool config_is_name(const char *name);

#endif
