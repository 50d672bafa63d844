// SPDX-License-Identifier: ISC
/*
 * ask.h - asking for a new password.
 */
#ifndef CTL_ASK_H
#define CTL_ASK_H

#include "base/checked.h"
#include "base/secret.h"

/*
 * On a terminal: asks twice, without echo; a signal that comes meanwhile has
 * its effect after the terminal is as it was.  Else: reads one line of standard
 * input.  0, or an exit code of sysexits.h, told on standard error.
 */
MUST_USE int ask_new_password(struct secret *secret_r);

#endif
