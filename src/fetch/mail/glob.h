// SPDX-License-Identifier: ISC
/*
 * glob.h - patterns as fnmatch(3) has them: * any octets, ? one character,
 * [a-z] and [!a-z] one of a set (of ASCII), \ takes the next as it stands;
 * without regard to the case of ASCII letters.  Unlike fnmatch its time is at
 * most the product of both lengths: the text is a stranger's.
 */
#ifndef FETCH_MAIL_GLOB_H
#define FETCH_MAIL_GLOB_H

#include <stdbool.h>

/* The whole text.  A pattern with [ and no ] takes the [ as it stands. */
bool glob_matches(const char *pattern, const char *text);

#endif
