// SPDX-License-Identifier: ISC
/*
 * tickets.h - the keys of session tickets.  Each time has its own key, made of
 * a seed that only master and key know; the key role of another generation has
 * the same.  Whoever learns the keys of some times cannot make others.
 */
#ifndef KEY_TICKETS_H
#define KEY_TICKETS_H

#include "base/checked.h"
#include "ipc/packet.h"

#define TICKETS_SEED_LEN 32u

/*
 * Fills what a session process is told at now_unix: the key of this time, of
 * the one before, whose tickets are still good, and of the next, since clocks
 * differ.  A time lasts ticket_s seconds.  False if libcrypto fails.
 */
MUST_USE bool tickets_fill(const uint8_t seed[TICKETS_SEED_LEN],
			   uint32_t ticket_s, int64_t now_unix,
			   struct packet_ticket_keys *keys_r);

#endif
