// SPDX-License-Identifier: ISC
/*
 * brace.h - the braces of a configuration's sections, in a text without
 * comments (text.h).  Those of lists, which stand behind "=", and what is in
 * quotes are passed over.
 */
#ifndef CONF_BRACE_H
#define CONF_BRACE_H

#include <stddef.h>

#include "base/checked.h"

struct conf_braces {
	const char *at; /* begin with the text ... */
	unsigned line;  /* ... and 1 */
};

struct conf_brace {
	bool opens;
	const char *at;
	unsigned line;
};

/* The next one; false at the end of the text. */
MUST_USE bool conf_brace_next(struct conf_braces *walk,
			      struct conf_brace *brace_r);

/* Finds the first brace that has no partner; false if all have one. */
MUST_USE bool conf_brace_lonely(const char *text, struct conf_brace *brace_r);

/* Behind the quoted text, or else the one octet, at; never beyond the NUL. */
const char *conf_brace_skip(const char *at);

#endif
