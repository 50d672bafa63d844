// SPDX-License-Identifier: ISC
/*
 * link_impl.h - what link.c and link_flow.c share.
 */
#ifndef FETCH_NET_LINK_IMPL_H
#define FETCH_NET_LINK_IMPL_H

#include "fetch/limits.h"
#include "fetch/net/dial.h"
#include "fetch/net/link.h"
#include "fetch/net/tls.h"
#include "fetch/net/waits.h"
#include "fetch/net/watched.h"
#include "os/clock.h"

enum link_state {
	LINK_DIALING,
	LINK_SHAKING,
	LINK_TALKING,
	LINK_ENDED,  /* the owner knows */
	LINK_CLOSED, /* by the owner */
};

/* How it ended, until that can be told. */
struct ending {
	bool is_set;
	enum link_end end;
	struct why why;
};

struct link {
	struct link_options options;
	enum link_state state;
	unsigned uses; /* handles of libuv's */
	struct dial *dial;
	int fd;
	uv_poll_t poll;
	bool has_poll;
	int polled; /* what is waited for */
	uv_timer_t timer;
	uint64_t armed_ms; /* what it rings for; UINT64_MAX: never */
	struct watched watched;
	bool has_rung;   /* for a fault that is looked at once more */
	uv_idle_t again; /* there is more to do without a wait */
	struct waits waits;
	struct tls tls;
	struct link_peer peer;
	struct ending ending;
	bool is_awaited;
	bool is_paused;  /* by the owner */
	bool is_starved; /* no block is free */
	bool read_wants_write;
	bool is_deaf;        /* what is sent is not taken: reading tells why */
	struct block *block; /* that is filled, and up to where */
	size_t filled;
	struct pop3_writer out; /* what was sent is taken off the front */
	uint8_t out_octets[FETCH_OUT_MAX];
};

/* By the link's own clock (watched.h), and not when the loop woke: much may
 * have been done since, and a wait that begins now would be over before it
 * began. */
static inline uint64_t link_now(struct link *l)
{
	return watched_ms(&l->watched, clock_ms());
}

/* link.c */
void link_end_now(struct link *l, enum link_end end, const struct why *why);
/* Once the loop runs, and all that came before it was read. */
void link_end_later(struct link *l, enum link_end end, const struct why *why);
void link_arm(struct link *l);
void link_shake(struct link *l);

/* link_flow.c: sees to it that the loop reads, and looks what there is to do,
 * without waiting for the socket. */
void link_go_on(struct link *l);
void link_poll(struct link *l, int events);
void link_on_block_free(void *ctx);

#endif
