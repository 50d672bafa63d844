// SPDX-License-Identifier: ISC
/*
 * config_rule.h - from a section "rule { ... }" to a rule of an account.
 */
#ifndef FETCH_CONF_CONFIG_RULE_H
#define FETCH_CONF_CONFIG_RULE_H

#include "conf/tree.h"
#include "fetch/account.h"

/* Adds it behind the rules of the account; or a fault for each mistake, where
 * of what is damaged nothing is said to be missing. */
void config_rule_add(const struct conf_section *section, bool is_damaged,
		     struct account *a, struct conf_faults *faults);

#endif
