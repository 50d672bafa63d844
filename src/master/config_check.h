// SPDX-License-Identifier: ISC
/*
 * config_check.h - a configuration against the machine that it is for.
 */
#ifndef MASTER_CONFIG_CHECK_H
#define MASTER_CONFIG_CHECK_H

#include "master/config_parse.h"

/*
 * Looks up the accounts (their uid and gid go into config) and adds a fault for
 * each directory, file, account and address that is not as config needs it.
 * path: of the configuration file, for the remedies.  Leaves nothing behind.
 */
void config_check(const char *path, bool as_root,
		  const struct config_entries *entries, struct config *config,
		  struct conf_faults *faults);

#endif
