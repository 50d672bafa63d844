// SPDX-License-Identifier: ISC
/*
 * argv.h - the words of a command that is run without a shell.
 */
#ifndef FETCH_CONF_ARGV_H
#define FETCH_CONF_ARGV_H

#include <stddef.h>

#include "conf/fault.h"
#include "fetch/conf/place.h"

#define ARGV_MAX 64u /* words of a command */

/*
 * One value is split at blanks, and refused if it has what only a shell
 * understands (quotes, |, >, $ ...); more are taken as they are.  "~/" in front
 * of the first is our home.  0, and *argv_r, with NULL behind the last, is for
 * argv_free; -1, and *why_r ends a sentence that begins with the command.
 */
MUST_USE int argv_parse(const char *const *values, size_t count,
			const struct place *place, char ***argv_r,
			struct conf_reason *why_r);

/* Takes NULL. */
void argv_free(char **argv);

#endif
