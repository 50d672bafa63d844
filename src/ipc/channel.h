// SPDX-License-Identifier: ISC
/*
 * channel.h - packets over a SOCK_SEQPACKET descriptor.
 */
#ifndef IPC_CHANNEL_H
#define IPC_CHANNEL_H

#include "ipc/packet.h"

enum channel_result {
	CHANNEL_OK = 0,
	CHANNEL_AGAIN = -1, /* a non-blocking one has none, or no room */
	CHANNEL_EOF = -2,   /* the peer is gone */
	CHANNEL_BAD = -3,   /* truncated, or with descriptors it may not have */
};

/*
 * Sends p.  If p->fd is not -1 it is closed and set to -1 on success: the
 * receiver owns it now.  On failure it stays the caller's.  Waits if the
 * descriptor is a blocking one, at most as long as its SO_SNDTIMEO; a time-out
 * is CHANNEL_AGAIN.
 */
MUST_USE int channel_send(int fd, struct packet *p);

/*
 * Receives into *p; p->fd is the descriptor that came, or -1: the caller owns
 * it.  On any failure p->fd is -1 and *p is otherwise undefined.
 */
MUST_USE int channel_receive(int fd, struct packet *p);

/* channel_receive, and packet_check: CHANNEL_BAD if it fails. */
MUST_USE int channel_receive_checked(int fd, struct packet *p, enum role from,
				     enum role to);

#endif
