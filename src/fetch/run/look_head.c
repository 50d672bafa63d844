// SPDX-License-Identifier: ISC
/*
 * look_head.c - From and Subject out of the answer to TOP.
 * Runs in: the collector's loop.  Trusts: never the server.
 */
#include <string.h>

#include "fetch/run/look_impl.h"

void look_head(struct look *l, const uint8_t *at, size_t len)
{
	size_t room = sizeof(l->head) - l->head_len;
	struct why why;

	if (l->text_octets > LOOK_HEAD_OCTETS_MAX) {
		why_set(&why, WHY_PROTOCOL, "a header does not end");
		look_fail(l, &why);
		look_end(l);
		return;
	}
	len = len < room ? len : room;
	memcpy(l->head + l->head_len, at, len);
	l->head_len += len;
}

void look_head_end(struct look *l, bool is_ok, struct look_head *head_r)
{
	struct header header = { l->head, l->head_len };

	l->head_len = 0;
	head_r->has_from =
	    is_ok && header_find_shown(header, "From", head_r->from,
				       sizeof(head_r->from));
	head_r->has_subject =
	    is_ok && header_find_shown(header, "Subject", head_r->subject,
				       sizeof(head_r->subject));
}
