// SPDX-License-Identifier: ISC
/*
 * rules.h - what the account's rules, and newer_days, say of a header.
 */
#ifndef FETCH_MAIL_RULES_H
#define FETCH_MAIL_RULES_H

#include "fetch/account.h"
#include "fetch/mail/header.h"

/*
 * The first rule of which a field of that name matches, or NULL.  A field
 * matches as it stands, unfolded, or decoded (words.h).  What is longer than
 * HEADER_VALUE_MAX is judged by its beginning.
 */
const struct rule *rules_match(const struct account *account,
			       struct header header);

/* A number for what a rule says, never 0: rows skipped by it stay skipped as
 * long as the account has it. */
int64_t rule_mark(const struct rule *rule);

/* Any of the account's rules skips and has this mark. */
bool rules_skip(const struct account *account, int64_t mark);

/* newer_days: a message of that Date is too old.  0, no Date, never is: rather
 * one too many than one lost. */
bool rules_is_old(const struct account *account, int64_t sent_unix,
		  int64_t now_unix);

#endif
