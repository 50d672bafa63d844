// SPDX-License-Identifier: ISC
/*
 * late.h - requests for a list that has not been loaded yet, since the log-in
 * did not need it: it is loaded first, at once or in the slow lane (lane.h).
 */
#ifndef MAILDROP_LATE_H
#define MAILDROP_LATE_H

#include "serve.h"

/*
 * Loads the list that p, a packet from a session process, is going to need.
 * True if that takes long: p is kept, and will be served when it is there.
 * Else it is to be served now; what could not be loaded is logged.
 */
MUST_USE bool late_takes(struct serve_context *serve, struct peer *session,
			 const struct packet *p);

/* The pace of who serves a channel, until that time: a little, so that most are
 * served in this thread. */
struct store_pace late_pace(uint64_t *until_ms);

#endif
