// SPDX-License-Identifier: ISC
/*
 * password.h - where an account's password comes from: a command, a file, or
 * the person at the terminal.  (A keyring has its place here later.)
 */
#ifndef FETCH_CONF_PASSWORD_H
#define FETCH_CONF_PASSWORD_H

#include "base/secret.h"
#include "fetch/account.h"
#include "fetch/why.h"

/* Whether a password is needed at all: not if EXTERNAL is the only
 * mechanism. */
bool password_is_needed(const struct account *a);

/* Whether password_get would ask the person. */
bool password_is_asked_for(const struct account *a);

/*
 * Gets it and keeps it in a->password; does nothing if it is there already.
 * Blocks, for PASSWORD_COMMAND_S at most if a command is run, and as long as
 * the person takes.  Asking blocks signals in this thread, which are to be
 * delivered to no other: call it before there are threads.  0; or -1, and *why
 * tells: WHY_CONFIG, WHY_LOGIN (nobody to ask, or nothing was typed), WHY_TEMP
 * (the command took too long) or WHY_INTERNAL.
 */
MUST_USE int password_get(struct account *a, struct why *why);

/* What a runner does for password_get, which asks it by a->gets_password; *run
 * is a part of it.  False: nothing. */
bool password_task(const struct account *a, struct run *run,
		   struct runner_task *task_r);

/* Asks with that text on the terminal without echo, whatever the account has.
 * The same results. */
MUST_USE int password_ask(const char *prompt, struct secret *secret_r,
			  struct why *why);

/* Wipes what password_get keeps. */
void password_forget(struct account *a);

#endif
