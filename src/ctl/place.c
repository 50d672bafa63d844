// SPDX-License-Identifier: ISC
/*
 * place.c - where a user stands in the text of a users file (place.h).
 * Runs in: restantectl.  Trusts: nothing in the text.  Allocates: never.
 */
#include "ctl/place.h"

#include <string.h>

#include "auth/passwd_line.h"

/* Up to the first colon or the end. */
static struct text first_field(struct text t)
{
	const char *colon = t.len == 0 ? NULL : memchr(t.at, ':', t.len);

	return colon == NULL ? t
			     : (struct text){ t.at, (size_t)(colon - t.at) };
}

/* The extra fields stand behind the seventh colon. */
static void measure_extra(struct text line, struct place *place)
{
	size_t colons = 0, n = 0;

	while (n < line.len && colons < PASSWD_EXTRA_FIELD) {
		colons += line.at[n] == ':';
		n++;
	}
	place->extra = place->from + n;
	place->colons_missing = PASSWD_EXTRA_FIELD - colons;
}

static void measure(struct text line, struct text name, struct place *place)
{
	struct text rest = { line.at + name.len, line.len - name.len };

	place->end = place->from + line.len;
	measure_extra(line, place);
	place->has_stored = rest.len > 0;
	if (place->has_stored) {
		rest.at++;
		rest.len--;
	}
	place->stored = place->from + line.len - rest.len;
	place->stored_end = place->stored + first_field(rest).len;
}

bool place_find(struct text all, struct text name, bool is_folding,
		struct place *place_r)
{
	struct text rest = all, line;
	struct place place = { .from = 0 };

	while (passwd_next_line(&rest, &line)) {
		struct text own = first_field(line);

		place.to = all.len - rest.len;
		if (!passwd_line_is_blank(line) &&
		    user_name_equal(own, name, is_folding)) {
			measure(line, own, &place);
			*place_r = place;
			return true;
		}
		place.from = place.to;
	}
	return false;
}
