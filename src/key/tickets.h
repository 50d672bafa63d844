// SPDX-License-Identifier: ISC
/*
 * tickets.h - the keys of session tickets.  Each period has its own, made of a
 * chain of seeds (tls/ticket_chain.h) that master and key alone know; the key
 * role of another generation has the same.  Whoever learns the keys of some
 * periods cannot make others.
 */
#ifndef KEY_TICKETS_H
#define KEY_TICKETS_H

#include <pthread.h>

#include "ipc/packet.h"
#include "ipc/settings.h"
#include "tls/ticket_chain.h"

struct tickets {
	pthread_mutex_t lock;
	struct ticket_chain chain;
};

/* Takes the chain out of the settings: its seed is wiped there. */
void tickets_init(struct tickets *t, struct key_settings *settings);

/*
 * Fills what a session process is told at now_ms (clock_ms): the key of this
 * period, of the one before, whose tickets are still good, and of the next,
 * since another process may be ahead.  False if libcrypto fails: then keys_r
 * has no key.  Any thread may call it.
 */
MUST_USE bool tickets_fill(struct tickets *t, uint64_t now_ms,
			   struct packet_ticket_keys *keys_r);

/* Forgets what is past when nobody asks.  Returns how many milliseconds there
 * is nothing more to forget. */
uint64_t tickets_forget(struct tickets *t, uint64_t now_ms);

#endif
