// SPDX-License-Identifier: ISC
/*
 * trim.c - memory that is given back (trim.h).
 * Runs in: session.  Trusts: its caller.  Allocates: never.
 */
#include "session/trim.h"

#include <malloc.h>

#include "session/process.h"

/* As long as some are there, their holes would come again at once. */
static bool has_ahead_ended(const struct process *p)
{
	return list_is_empty(&p->ahead) &&
	       p->ahead_copied >= SESSION_AHEAD_TRIM_OCTETS;
}

void trim_tick(struct process *p)
{
	bool is_after_handshakes = p->handshakes >= SESSION_HANDSHAKES_PER_TRIM;
	bool is_after_ahead = has_ahead_ended(p);

	if ((!is_after_handshakes && !is_after_ahead) ||
	    p->loop.now_ms - p->given_back_ms < SESSION_TRIM_MS) {
		return;
	}
	malloc_trim(0);
	p->given_back_ms = p->loop.now_ms;
	p->handshakes = 0;
	if (list_is_empty(&p->ahead)) {
		p->ahead_copied = 0;
	}
}
