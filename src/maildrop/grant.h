// SPDX-License-Identifier: ISC
/*
 * grant.h - what becomes of a GRANT: the maildrop is opened and locked, perhaps
 * after a moment of waiting for its lock (waiting.h); it is listed, at once or
 * in the slow lane (lane.h); and the session process is told.
 */
#ifndef MAILDROP_GRANT_H
#define MAILDROP_GRANT_H

#include "serve.h"

/* Takes a grant that auth has sent, and uses p for the answer. */
void grant_take(struct serve_context *serve, struct packet *p);

/* A waiting_try; ctx is the serve_context. */
bool grant_try_again(void *ctx, struct packet *grant, bool is_last);

#endif
