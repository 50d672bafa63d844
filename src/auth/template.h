// SPDX-License-Identifier: ISC
/*
 * template.h - where a user's maildrop is: a path below the mail root, made of
 * a template and the user's entry.  %u is the user's name, %n and %d its parts
 * before and behind the first '@', %h the home in the users file, %% a percent
 * sign.  Used by auth, and by whoever checks a configuration.
 */
#ifndef AUTH_TEMPLATE_H
#define AUTH_TEMPLATE_H

#include "auth/user_name.h"

enum template_result {
	TEMPLATE_OK = 0,
	TEMPLATE_ESYNTAX = -1, /* the template: a bad % */
	TEMPLATE_ENAME = -2,   /* the name cannot be part of a path */
	TEMPLATE_EDOMAIN = -3, /* %d, but the name has no domain */
	TEMPLATE_EHOME = -4,   /* %h, but the entry has no home */
	TEMPLATE_EOUTSIDE =
	    -5,                /* not below the mail root, or the root itself */
	TEMPLATE_ELENGTH = -6, /* too long, in all or in a component */
};

/*
 * Writes the path, relative to mail_root, as a string into path_r, of cap
 * octets: one or more components, none of them "." or "..", each at most
 * PATH_COMPONENT_MAX octets, without control octets.  An expansion that
 * begins with '/' must lead below mail_root, an absolute path.  On failure
 * path_r is undefined.
 */
MUST_USE enum template_result
template_expand(const char *template, const char *mail_root, struct text user,
		struct text home, char *path_r, size_t cap);

/* What is wrong and what to do, for logs and for a configuration's faults. */
const char *template_why(enum template_result result);

#endif
