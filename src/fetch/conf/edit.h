// SPDX-License-Identifier: ISC
/*
 * edit.h - adding accounts to restante.conf and taking them out, without a
 * change to anything else in it.
 *
 * The new file is written beside the old one and takes its name when it is on
 * disk (os/new_file.h); a symbolic link stays one, and what it leads to is
 * replaced.  A file is only edited if it is ours and has no mistake in it, and
 * the outcome is read again before it takes the name: what would be wrong, or
 * say anything else about another account, is not written.
 */
#ifndef FETCH_CONF_EDIT_H
#define FETCH_CONF_EDIT_H

#include "fetch/conf/config.h"

/*
 * Appends the account's section: server, tls, port, user, destination, after,
 * and whatever differs from the defaults of the program; so that the defaults
 * of the file count for the rest.  Its password is never written.  The file is
 * made if it is missing (0600, its folder 0700).  0; or -1, nothing was
 * changed, and *why_r is a sentence.
 */
MUST_USE int edit_add(const struct place *place, const struct account *a,
		      struct conf_reason *why_r);

/* Deletes exactly the lines of the account's section.  0; or -1 as above, for
 * instance if something else stands on these lines. */
MUST_USE int edit_remove(const struct place *place, const char *name,
			 struct conf_reason *why_r);

/* The section as edit_add would write it, to be freed; NULL without memory. */
char *edit_section(const struct place *place, const struct account *a);

#endif
