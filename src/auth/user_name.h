// SPDX-License-Identifier: ISC
/*
 * user_name.h - what may be a user's name.  Whatever passes here can stand in a
 * users file and in a log line, and no part of it is a path.
 */
#ifndef AUTH_USER_NAME_H
#define AUTH_USER_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

/* Octets that somebody else owns; at may be NULL only if len is 0. */
struct text {
	const char *at;
	size_t len;
};

struct text text_of(const char *s);
bool text_equal(struct text a, struct text b);
/* The same without regard to the case of ASCII letters. */
bool text_equal_fold(struct text a, struct text b);

/*
 * NULL if this can be a user's name: 1 to 255 octets of UTF-8, no control
 * character, no '/' and no ':', no blank at either end, neither it nor its
 * parts before and behind the first '@' empty or made of dots only, no '#' at
 * the begin; and nothing that SASLprep prohibits, or makes such a thing of.
 * Else what is wrong, static, as "has a blank at an end".
 */
MUST_USE const char *user_name_fault(struct text name);

#define USER_NAME_FORM_MAX 255u

/* The form of a name by which it is found: two names are one user's if their
 * forms are equal. */
struct user_name_form {
	size_t len;
	char octets[USER_NAME_FORM_MAX];
};

/*
 * Prepared by SASLprep if it is not ASCII; and, if is_folding, with ASCII
 * capitals made small.  A name that cannot be one
 * has a form, too: its own octets, or none if they are too many.
 */
void user_name_form(struct text name, bool is_folding,
		    struct user_name_form *form_r);

/* Whether their forms are equal. */
bool user_name_equal(struct text a, struct text b, bool is_folding);

/* The parts before and behind the first '@'; the second is empty without. */
struct text user_name_local(struct text name);
struct text user_name_domain(struct text name);

/* Makes ASCII capitals small. */
void user_name_lower(char *at, size_t len);

#endif
