// SPDX-License-Identifier: ISC
/*
 * serve.h - the requests that maildrop answers: GRANT from auth; GET_LISTING,
 * FETCH, MARK, COMMIT and CLOSE from the sessions.
 */
#ifndef MAILDROP_SERVE_H
#define MAILDROP_SERVE_H

#include "drop.h"
#include "ipc/service.h"
#include "waiting.h"

/* The ctx of serve_ops. */
struct serve_context {
	struct drop_context drops;
	struct service service;
	struct waiting waiting;
};

/* Starts what serves besides the channels' threads.  0, or a negative errno. */
MUST_USE int serve_start(struct serve_context *serve);

extern const struct service_ops serve_ops;

#endif
