// SPDX-License-Identifier: ISC
/*
 * config_string.h - values that stay text.  Each of these checks a value by its
 * row and stores it as config_value_store (config_value.h) says.
 */
#ifndef MASTER_CONFIG_STRING_H
#define MASTER_CONFIG_STRING_H

#include "master/config.h"
#include "master/config_table.h"

MUST_USE int config_string_path(const struct setting *s, const char *value,
				const char *base, struct config *config_r,
				struct conf_reason *why_r);
MUST_USE int config_string_template(const struct setting *s, const char *value,
				    struct config *config_r,
				    struct conf_reason *why_r);
MUST_USE int config_string_string(const struct setting *s, const char *value,
				  struct config *config_r,
				  struct conf_reason *why_r);
MUST_USE int config_string_hostname(const struct setting *s, const char *value,
				    struct config *config_r,
				    struct conf_reason *why_r);

/* Only looks at it. */
MUST_USE int config_string_account(const char *value,
				   struct conf_reason *why_r);

#endif
