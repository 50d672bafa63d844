// SPDX-License-Identifier: ISC
/*
 * prompt.h - asking a person for what nobody is to see.
 */
#ifndef OS_PROMPT_H
#define OS_PROMPT_H

#include <stddef.h>

#include "base/checked.h"
#include "base/secret.h"

enum prompt_result {
	PROMPT_OK,
	PROMPT_NONE,    /* end of input before any octet */
	PROMPT_LONG,    /* longer than a secret may be */
	PROMPT_STOPPED, /* it was stopped (Ctrl-Z) and goes on: ask again */
	PROMPT_SIGNAL,  /* another signal came, and has had its effect */
	PROMPT_ERROR,   /* errno tells */
};

/*
 * Asks at the terminal for each secret with its text, the echo being off from
 * the first to the last.  The signals that would end or stop this process are
 * blocked meanwhile, in this thread, and only looked out for: they have their
 * effect once the terminal is as it was, before this returns.  No other thread
 * may be there to take them.  Secrets are to be wiped by the caller, whatever
 * is returned.
 */
MUST_USE enum prompt_result prompt_secrets(int terminal,
					   const char *const *texts,
					   struct secret *secrets,
					   size_t count);

/* Reads one line of what is no terminal, and no octet behind it. */
MUST_USE enum prompt_result prompt_read_line(int fd, struct secret *secret);

#endif
