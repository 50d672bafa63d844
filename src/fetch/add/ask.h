// SPDX-License-Identifier: ISC
/*
 * ask.h - a person at a terminal: what is said, asked and answered.
 */
#ifndef FETCH_ADD_ASK_H
#define FETCH_ADD_ASK_H

#include <stdbool.h>

#include "base/checked.h"
#include "fetch/show/text.h"

struct ask {
	int in; /* usually 0, 1 and 2; they stay the caller's */
	int out;
	int err;
	bool is_terminal; /* there is somebody to be asked */
	bool is_utf8;
	bool has_ended; /* the input has: no question has an answer any more */
	struct text line;
};

/* Looks at the descriptors and the locale. */
void ask_init(struct ask *ask, int in, int out, int err);
void ask_finish(struct ask *ask);

/* Says it, foreign or not: all but line ends and tabs is escaped. */
__attribute__((format(printf, 2, 3))) void ask_say(struct ask *ask,
						   const char *format, ...);
/* The same of a text of any length. */
void ask_text(struct ask *ask, const char *text);
/* The same on standard error, as "restante: ...\n". */
__attribute__((format(printf, 2, 3))) void ask_fail(struct ask *ask,
						    const char *format, ...);

/*
 * Asks "prompt [usual]: " and returns the answer, without blanks around it;
 * usual, if that is empty; or NULL: has_ended, or the answer is longer than
 * ASK_ANSWER_MAX.  usual may be NULL.  Valid until the next question.
 */
const char *ask_line(struct ask *ask, const char *prompt, const char *usual);

/* Asks "prompt [y/N]: " until it is yes or no.  false: has_ended. */
MUST_USE bool ask_yes(struct ask *ask, const char *prompt, bool usual,
		      bool *is_yes_r);

#endif
