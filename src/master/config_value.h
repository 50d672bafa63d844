// SPDX-License-Identifier: ISC
/*
 * config_value.h - one value's text, checked by its row of the table and put
 * into its place in struct config.
 */
#ifndef MASTER_CONFIG_VALUE_H
#define MASTER_CONFIG_VALUE_H

#include "master/config.h"
#include "master/config_table.h"

/*
 * Stores the value.  base: the absolute directory that relative paths start
 * from.  0; or -1, and *config_r is as it was, and *why_r ends a sentence that
 * begins with "NAME = VALUE: ".  Accounts are only looked at, not looked up,
 * and of a list this takes one value and adds it to those before.
 */
MUST_USE int config_value_store(const struct setting *setting,
				const char *value, const char *base,
				struct config *config_r,
				struct conf_reason *why_r);

/* The address in the form 127.0.0.1:110 or [::1]:110.  0, or -1. */
MUST_USE int config_address_parse(const char *value,
				  struct config_listen *listen_r,
				  struct conf_reason *why_r);

#endif
