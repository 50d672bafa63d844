// SPDX-License-Identifier: ISC
/*
 * extra.h - changing the last field of a user's line, the extra fields: some
 * go, some come, and every octet of the others stays as it is.
 */
#ifndef CTL_EXTRA_H
#define CTL_EXTRA_H

#include "auth/limits.h"
#include "auth/passwd_line.h"

struct extra {
	size_t len;
	bool is_full; /* something found no room */
	char at[PASSWD_LINE_MAX];
};

/* Begins with what stands there. */
void extra_init(struct extra *x, struct text old);

/* Removes all fields of that key; how many there were. */
size_t extra_remove(struct extra *x, const char *key);

/* Removes all app passwords of that name, malformed ones too; how many. */
size_t extra_remove_app(struct extra *x, struct text name);

/* Appends a field. */
void extra_add(struct extra *x, const char *field);

/* Wipes it. */
void extra_finish(struct extra *x);

#endif
