// SPDX-License-Identifier: ISC
/*
 * admit.h - who is let in: the limits of how many there may be, and the header
 * by which a proxy says for whom it has come.
 *
 * A connection from one of settings.proxies must begin with such a header;
 * until it is whole nothing is said to the connection, it counts as one of all,
 * but by no address.  Then the client's address takes the proxy's place in
 * everything.  From all others a header is nothing but a line that is no
 * command: whoever may choose his address would choose one that is not limited.
 */
#ifndef SESSION_ADMIT_H
#define SESSION_ADMIT_H

#include "session/conn.h"

/* Looks who has connected, and counts it.  COUNTERS_ENTERED, or which limit
 * forbids it: then it is not counted.  c->awaits_header is set if it is a proxy
 * who must say more first. */
MUST_USE enum counters_verdict admit_enter(struct conn *c);

/* The opposite, of one that was counted. */
void admit_leave(struct conn *c);

/* Reads of the header what is there, and not one octet more.  When it is whole
 * the connection begins to be served, or is turned away; it may be gone. */
void admit_read_header(struct conn *c);

#endif
