// SPDX-License-Identifier: ISC
/*
 * place.h - where a user stands in the text of a users file.
 */
#ifndef CTL_PLACE_H
#define CTL_PLACE_H

#include "auth/user_name.h"

/* Offsets into the text; each end is behind the last octet. */
struct place {
	size_t from; /* the line, with its end */
	size_t to;
	size_t end;   /* the line without its end */
	size_t extra; /* the extra fields, up to end; end if there are none */
	size_t colons_missing; /* before extra, to be written there */
	size_t stored;         /* the password field */
	size_t stored_end;
	bool has_stored; /* else only the name stands there, without a colon */
};

/*
 * The first line with that name, whatever mistakes are in its other fields.
 * False, and *place_r untouched, if there is none.
 */
MUST_USE bool place_find(struct text all, struct text name, bool is_folding,
			 struct place *place_r);

#endif
