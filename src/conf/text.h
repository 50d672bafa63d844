// SPDX-License-Identifier: ISC
/*
 * text.h - the text of a configuration file, made ready for libConfuse.
 * Lines are counted from 1; every change keeps the length and the lines.
 */
#ifndef CONF_TEXT_H
#define CONF_TEXT_H

#include "base/checked.h"

/*
 * Overwrites comments with blanks, because libConfuse 3.3 counts the lines of
 * comments wrong, and takes a comment within a list for a value.  0, or the
 * number of the line on which a quoted text or comment begins that has no end.
 */
MUST_USE unsigned conf_text_blank_comments(char *text);

/*
 * Overwrites line with blanks and, if it opens a list, a section or a quoted
 * text that it does not close, the lines up to its end; but not a } of what was
 * opened above.  Of a line that is blank already, the nearest one above it that
 * is not. False if there is none: all is blank.
 */
MUST_USE bool conf_text_blank_line(char *text, unsigned line);

/* The number of the nearest line, from line upwards, that begins with word; or
 * line itself if there is none. */
unsigned conf_text_find_above(const char *text, unsigned line,
			      const char *word);

/* The number of the last line that is not blank; 1 if all are. */
unsigned conf_text_last_line(const char *text);

#endif
