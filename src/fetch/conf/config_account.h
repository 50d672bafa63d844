// SPDX-License-Identifier: ISC
/*
 * config_account.h - from sections of the configuration to an account.
 */
#ifndef FETCH_CONF_CONFIG_ACCOUNT_H
#define FETCH_CONF_CONFIG_ACCOUNT_H

#include "conf/tree.h"
#include "fetch/account.h"
#include "fetch/conf/place.h"

/*
 * Reads the section of an account, and what it does not say from that of the
 * defaults, which may be NULL, into *a, which account_init has seen, and adds a
 * fault for each mistake, in a value or in what goes with what.
 */
void config_account_read(const struct conf_section *section,
			 const struct conf_section *defaults,
			 const struct place *place, struct account *a,
			 struct conf_faults *faults);

/* Adds faults for the values of the defaults, whether they count for an account
 * or not. */
void config_account_check_defaults(const struct conf_section *defaults,
				   const struct place *place,
				   struct conf_faults *faults);

#endif
