// SPDX-License-Identifier: ISC
/*
 * destination.h - where mail is to go, as written: "maildir:PATH", "mbox:PATH",
 * "command:ARGV...", "lmtp:PATH", "lmtp:HOST:PORT", "smtp:HOST[:PORT]",
 * "stdout" or "-".
 */
#ifndef FETCH_CONF_DESTINATION_H
#define FETCH_CONF_DESTINATION_H

#include "fetch/account.h"
#include "fetch/conf/place.h"

/*
 * Reads it into *destination_r, which is DESTINATION_NONE before.  values: one
 * text; of a command more: {"command:PROGRAM", "ARGUMENT", ...}.  0; or -1,
 * *destination_r is as it was, and *why_r ends a sentence that begins with it.
 * Sender and recipient are the caller's to set.
 */
MUST_USE int destination_parse(const char *const *values, size_t count,
			       const struct place *place,
			       struct destination *destination_r,
			       struct conf_reason *why_r);

/* As it would be written, for a person to read; to be freed.  NULL if there is
 * no memory. */
char *destination_text(const struct destination *d);

#endif
