// SPDX-License-Identifier: ISC
/*
 * config_rules.h - what one setting demands of another, and which roles share
 * one.
 */
#ifndef MASTER_CONFIG_RULES_H
#define MASTER_CONFIG_RULES_H

#include "master/config_parse.h"

/*
 * Adds a fault for each setting that does not go with the others.  path: of the
 * configuration file, for the remedies.  That there is no certificate yet goes
 * to lack: a tool is to be able to make one.
 */
void config_rules_check(const char *path, const struct config_entries *entries,
			const struct config *config, struct conf_faults *faults,
			struct conf_faults *lack);

/* Gives every role what the table gave to one of them. */
void config_rules_spread(struct config *config, bool as_root);

#endif
