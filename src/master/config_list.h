// SPDX-License-Identifier: ISC
/*
 * config_list.h - values of lists: addresses, paths, networks.
 */
#ifndef MASTER_CONFIG_LIST_H
#define MASTER_CONFIG_LIST_H

#include "master/config.h"
#include "master/config_table.h"

/* Checks one value by its row and adds it to the row's list, and otherwise does
 * as config_value_store (config_value.h) says. */
MUST_USE int config_list_add(const struct setting *s, const char *value,
			     const char *base, struct config *config_r,
			     struct conf_reason *why_r);

#endif
