// SPDX-License-Identifier: ISC
/*
 * edit_text.h - the text of restante.conf with a section more, or one less.
 */
#ifndef FETCH_CONF_EDIT_TEXT_H
#define FETCH_CONF_EDIT_TEXT_H

#include "conf/fault.h"

/* The text with the section behind it; to be freed, NULL without memory. */
char *edit_text_append(const char *text, const char *section);

/*
 * The text without the lines of the account's section.  0, and *new_r is to be
 * freed; -1, and *why_r is a sentence, if there is none, or if anything else
 * stands on its first or its last line.
 */
MUST_USE int edit_text_without(const char *text, const char *name, char **new_r,
			       struct conf_reason *why_r);

#endif
