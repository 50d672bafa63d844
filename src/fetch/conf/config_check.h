// SPDX-License-Identifier: ISC
/*
 * config_check.h - settings of an account against each other.
 */
#ifndef FETCH_CONF_CONFIG_CHECK_H
#define FETCH_CONF_CONFIG_CHECK_H

#include "conf/tree.h"
#include "fetch/account.h"

/* What an account was read from. */
struct config_sources {
	const struct conf_section *account;
	const struct conf_section *defaults; /* or NULL */
	/* What counts of each row: of the account or of the defaults. */
	const struct conf_entry *const *entry;
	/* Something in it has no sound form: nothing is said to be missing. */
	bool is_damaged;
};

/* Completes what follows from other settings, and adds a fault for each that
 * does not go with the others or is missing.  A setting whose own value is
 * wrong is not said to be missing. */
void config_check_account(struct account *a, const struct config_sources *s,
			  struct conf_faults *faults);

/* The same for what an URL and options make.  0; or -1 and *why_r is a
 * sentence. */
MUST_USE int config_check_url(struct account *a, struct conf_reason *why_r);

/* Completes the recipient, and sees whether rules and destination go
 * together. */
MUST_USE int config_check_destination(struct account *a,
				      struct conf_reason *why_r);

/* Whether the account logs in without a password: EXTERNAL and nothing else. */
bool config_is_external_only(const struct account *a);

#endif
