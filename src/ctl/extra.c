// SPDX-License-Identifier: ISC
/*
 * extra.c - changing the extra fields of a user (extra.h).
 * Runs in: restantectl.  Trusts: nothing in the field.  Allocates: never.
 */
#include "ctl/extra.h"

#include <string.h>

#include "base/secret.h"

void extra_init(struct extra *x, struct text old)
{
	x->len = 0;
	x->is_full = old.len > sizeof(x->at);
	if (!x->is_full && old.len != 0) {
		memcpy(x->at, old.at, old.len);
		x->len = old.len;
	}
}

/* With a blank beside it: the one behind, or at the end the one before. */
static void cut(struct extra *x, size_t from, size_t to)
{
	if (to < x->len) {
		to++;
	} else if (from > 0) {
		from--;
	}
	memmove(x->at + from, x->at + to, x->len - to);
	x->len -= to - from;
}

/* Whether a field of that key has a value that begins so. */
static bool is_meant(const struct passwd_extra *e, struct text key,
		     struct text first_part)
{
	if (!text_equal(e->key, key)) {
		return false;
	}
	return first_part.len == 0 ||
	       (e->value.len > first_part.len &&
		e->value.at[first_part.len] == ',' &&
		memcmp(e->value.at, first_part.at, first_part.len) == 0);
}

static size_t remove_all(struct extra *x, struct text key,
			 struct text first_part)
{
	size_t begin = 0, count = 0;

	for (;;) {
		struct text rest = { x->at + begin, x->len - begin };
		struct passwd_extra e;
		size_t from;

		if (!passwd_next_extra(&rest, &e)) {
			return count;
		}
		from = (size_t)(e.word.at - x->at);
		if (is_meant(&e, key, first_part)) {
			cut(x, from, from + e.word.len);
			/* what moved here is looked at next */
			begin = from < x->len ? from : x->len;
			count++;
		} else {
			begin = from + e.word.len;
		}
	}
}

size_t extra_remove(struct extra *x, const char *key)
{
	return remove_all(x, text_of(key), (struct text){ NULL, 0 });
}

size_t extra_remove_app(struct extra *x, struct text name)
{
	return remove_all(x, text_of(PASSWD_APP), name);
}

void extra_add(struct extra *x, const char *field)
{
	size_t len = strlen(field), blank = x->len > 0;

	if (x->len > 0 && x->at[x->len - 1] == ' ') {
		blank = 0;
	}
	if (len + blank > sizeof(x->at) - x->len) {
		x->is_full = true;
		return;
	}
	if (blank > 0) {
		x->at[x->len++] = ' ';
	}
	memcpy(x->at + x->len, field, len);
	x->len += len;
}

void extra_finish(struct extra *x)
{
	wipe(x->at, sizeof(x->at));
	x->len = 0;
}
