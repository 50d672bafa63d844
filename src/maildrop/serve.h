// SPDX-License-Identifier: ISC
/*
 * serve.h - the requests that maildrop answers: GRANT from auth; GET_LISTING,
 * FETCH, MARK, COMMIT and CLOSE from the sessions.
 */
#ifndef MAILDROP_SERVE_H
#define MAILDROP_SERVE_H

#include "drop.h"
#include "handles.h"
#include "ipc/service.h"
#include "lane.h"
#include "waiting.h"

/* The ctx of serve_ops. */
struct serve_context {
	struct drop_context drops;
	struct service service;
	struct waiting waiting;
	struct lane lane;
};

/* Starts what serves besides the channels' threads.  0, or a negative errno. */
MUST_USE int serve_start(struct serve_context *serve);

/* Ends it, once no channel is served any more.  False if something still runs:
 * what it uses must stay. */
MUST_USE bool serve_stop(struct serve_context *serve);

/* Closes what the handle means, if it is still open. */
void serve_shut(struct serve_context *serve, struct handles *h,
		uint64_t handle);

/* Serves a packet, with what there is of the list; may use it for the answer.
 * Negative: its sender has broken the protocol. */
MUST_USE int serve_packet(struct serve_context *serve, struct peer *peer,
			  struct packet *p);

extern const struct service_ops serve_ops;

#endif
