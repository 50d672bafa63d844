// SPDX-License-Identifier: ISC
/*
 * mistake.h - what libConfuse does not understand, told so that one knows what
 * to write instead; for tree_read.c.
 */
#ifndef CONF_MISTAKE_H
#define CONF_MISTAKE_H

#include "conf/tree.h"

struct conf_mistakes {
	const struct conf_grammar *grammar;
	const char *text; /* without comments */
	struct conf_faults *faults;
	char last_setting[64]; /* and line: where the last value stood */
	char last_value[64];
	unsigned last_line;
	unsigned bad_line;            /* of what was told; 0: nothing yet */
	const struct conf_kind *kind; /* of the section it is in */
	unsigned first_line; /* of a name that is there twice: the other one */
};

/* told: libConfuse's message.  word: the word that it is about, or "". */
void conf_mistake_tell(struct conf_mistakes *m, unsigned line, const char *told,
		       const char *word);

/* A setting that is set a second time. */
void conf_mistake_second(struct conf_mistakes *m, unsigned line,
			 const char *name, unsigned first_line);

#endif
