// SPDX-License-Identifier: ISC
/*
 * pace.h - who takes gigabytes leaves the processor to others now and then.
 *
 * A connection that has used up its turn while others ask for something rests
 * until the clock has ticked, and counts as one who takes much for a second.
 * Without others it never rests.
 */
#ifndef SESSION_PACE_H
#define SESSION_PACE_H

#include "session/conn.h"

/* It has used up its turn; it has asked for something. */
void pace_note_much(struct conn *c);
void pace_note_asked(struct conn *c);

/* Waits for room for more output, after a rest if one is due. */
void pace_await_room(struct conn *c);

/* Those whose rest is over go on. */
void pace_tick(struct process *p);

#endif
