// SPDX-License-Identifier: ISC
/*
 * offer.h - what a connection is offered: ways to log in and STLS, by who might
 * overhear it.
 */
#ifndef SESSION_OFFER_H
#define SESSION_OFFER_H

#include "session/conn.h"

/* Makes the process's configurations of the engine. */
void offer_init(struct process *p);

/* Begins the connection's engine.  0, or negative. */
MUST_USE int offer_begin(struct conn *c);

/* TLS has begun by STLS: tells the engine. */
void offer_secured(struct conn *c);

#endif
