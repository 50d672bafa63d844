// SPDX-License-Identifier: ISC
/*
 * new_password.h - a password that is asked for, and all that is stored to know
 * it again.
 */
#ifndef CTL_NEW_PASSWORD_H
#define CTL_NEW_PASSWORD_H

#include "auth/verifiers.h"
#include "ctl/command.h"

struct new_password {
	char stored[SCHEME_STORED_MAX]; /* the password field */
	/* extra fields, or empty; in the order of enum scram_kind */
	char scram[SCRAM_KINDS][VERIFIERS_FIELD_MAX];
};

/* Asks, prepares by SASLprep what is UTF-8, and hashes.  That takes time, and a
 * person more: do it without a lock.  EX_OK, or another exit code, told. */
MUST_USE int new_password_ask(const struct request *r, struct new_password *p);

/* Wipes it. */
void new_password_finish(struct new_password *p);

#endif
