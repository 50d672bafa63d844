// SPDX-License-Identifier: ISC
/*
 * line.c - lines off the front of what came from the network (RFC 1939,
 * section 3; limits of RFC 2449, section 4).
 * Runs in: session, the client.  Trusts: nothing.  Allocates: never.
 */
#include "line.h"

static const uint8_t *find_lf(struct pop3_slice s)
{
	return s.len == 0 ? NULL : memchr(s.at, '\n', s.len);
}

int pop3_line_next(struct pop3_slice *in, size_t len_max,
		   struct pop3_slice *line_r)
{
	struct pop3_slice head = *in;
	const uint8_t *lf;
	size_t len;

	if (head.len > len_max) {
		head.len = len_max;
	}
	lf = find_lf(head);
	if (lf == NULL) {
		return head.len == len_max ? POP3_ELINE : 0;
	}
	len = (size_t)(lf - head.at);
	*in = pop3_slice_tail(*in, len + 1);
	/* People type into netcat, and scripts forget the CR: a bare LF ends
	 * a command too, as it does in every server that is in wide use. */
	if (len != 0 && head.at[len - 1] == '\r') {
		len--;
	}
	*line_r = pop3_slice_of(head.at, len);
	return 1;
}

bool pop3_line_skip(struct pop3_slice *in)
{
	const uint8_t *lf = find_lf(*in);

	if (lf == NULL) {
		*in = pop3_slice_tail(*in, in->len);
		return false;
	}
	*in = pop3_slice_tail(*in, (size_t)(lf - in->at) + 1);
	return true;
}
