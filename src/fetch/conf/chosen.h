// SPDX-License-Identifier: ISC
/*
 * chosen.h - the accounts that a command line is about: of the configuration,
 * of URLs, with what the options change.
 */
#ifndef FETCH_CONF_CHOSEN_H
#define FETCH_CONF_CHOSEN_H

#include "fetch/conf/config.h"
#include "fetch/conf/options.h"

/* Whether the command line needs the configuration: not if it names URLs
 * only. */
bool chosen_needs_config(const struct options *o);

/*
 * Moves the accounts of *config that the options name, or all if they name none
 * (and the command is not about one alone), into *chosen_r (for config_finish),
 * makes those of the URLs, and changes them as the options say.  What is not
 * chosen stays in *config.  0; or -1, and *why_r is a sentence: no such account
 * (and which is like it), one that is named twice, an option that is wrong or
 * for URLs only, nowhere to put mail.
 */
MUST_USE int chosen_take(const struct options *o, const struct place *place,
			 struct config *config, struct config *chosen_r,
			 struct conf_reason *why_r);

#endif
