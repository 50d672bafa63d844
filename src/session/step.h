// SPDX-License-Identifier: ISC
/*
 * step.h - a connection's turn, step by step: each event of the engine leads to
 * one.
 */
#ifndef SESSION_STEP_H
#define SESSION_STEP_H

#include "session/conn.h"

/* What a step of a turn leads to. */
enum step {
	STEP_GO_ON,
	STEP_INPUT,  /* it needs input */
	STEP_OUTPUT, /* it needs room for output, or has spent its budget */
	STEP_WAITS,  /* another role was asked */
	STEP_SECURE, /* TLS is to begin once the output is out */
	STEP_FINISH, /* the engine said CLOSE */
	STEP_FAIL,   /* the client is gone, or a message broke off */
};

/* What a turn works on. */
struct turn {
	struct pop3_slice in;
	struct pop3_writer out;
	size_t budget;
};

/* Goes on with the message under way, if there is one, and then with the engine
 * until a step is not STEP_GO_ON.  What was put out and not yet sent is in
 * t. */
enum step step_go(struct conn *c, struct turn *t);

#endif
