// SPDX-License-Identifier: ISC
/*
 * line.h - lines off the front of what came from the network.
 */
#ifndef LIB_LINE_H
#define LIB_LINE_H

#include "pop3/base.h"

/*
 * Takes the next line off the front of *in, without its end, which is CRLF or
 * a bare LF.  len_max counts the end too.  Returns 1 and sets *line_r, which
 * points into in's octets; 0 if no line is complete yet; POP3_ELINE if the
 * line is longer than len_max.  On 0 and POP3_ELINE *in is untouched.
 */
POP3_MUST_USE int pop3_line_next(struct pop3_slice *in, size_t len_max,
				 struct pop3_slice *line_r);

/*
 * Takes the rest of a line that is too long off the front of *in, its LF too.
 * Returns false, with *in used up, if the LF has not come yet.
 */
POP3_MUST_USE bool pop3_line_skip(struct pop3_slice *in);

#endif
