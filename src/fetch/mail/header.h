// SPDX-License-Identifier: ISC
/*
 * header.h - fields of a message's header, out of any octets (RFC 5322, section
 * 2.2, and what is seen instead): lines that end with LF or CRLF, up to the
 * first empty one.  What is no field is passed over.
 */
#ifndef FETCH_MAIL_HEADER_H
#define FETCH_MAIL_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEADER_VALUE_MAX 2000u /* octets of a value that is looked at */

struct header {
	const uint8_t *at;
	size_t len;
};

struct header_field {
	struct header name;  /* without the colon and blanks before it */
	struct header value; /* as it stands, with its folds */
};

/* Takes the next field off the front of *rest.  False: there is none. */
bool header_next(struct header *rest, struct header_field *field_r);

bool header_has_name(const struct header_field *field, const char *name);

/* The value in one line, blanks at both ends removed, with a NUL; folds are one
 * blank each, NULs are left out.  Cut if it is longer than cap. */
void header_unfold(struct header value, char *to, size_t cap);

/* The first field of that name, unfolded.  False, and "": there is none. */
bool header_find(struct header header, const char *name, char *to, size_t cap);

/* The same, decoded (words.h), as UTF-8 that may be shown. */
bool header_find_shown(struct header header, const char *name, char *to,
		       size_t cap);

/* Of the first field Date that can be read; 0: there is none. */
int64_t header_date(struct header header);

#endif
