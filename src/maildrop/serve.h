// SPDX-License-Identifier: ISC
/*
 * serve.h - the requests that maildrop answers: GRANT from auth; GET_LISTING,
 * FETCH, MARK, COMMIT and CLOSE from the sessions.
 */
#ifndef MAILDROP_SERVE_H
#define MAILDROP_SERVE_H

#include "drop.h"
#include "ipc/service.h"

/* The ctx of serve_ops. */
struct serve_context {
	struct drop_context drops;
	struct service service;
};

extern const struct service_ops serve_ops;

#endif
