// SPDX-License-Identifier: ISC
/*
 * parcel.h - one packet of octets and descriptors over a SOCK_SEQPACKET socket.
 */
#ifndef OS_PARCEL_H
#define OS_PARCEL_H

#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "base/checked.h"

#define PARCEL_FDS_MAX 2u

struct parcel_fds {
	int fd[PARCEL_FDS_MAX];
	size_t count;
};

/* Sends all of iov, and fds, which stay the caller's, as one packet.  flags: 0,
 * or MSG_DONTWAIT.  0, or a negative errno: -EPIPE if nobody hears any more. */
MUST_USE int parcel_send(int socket, struct iovec *iov, size_t count,
			 const struct parcel_fds *fds, int flags);

/* Waits for a packet: its octets, and *fds_r is the caller's to close; 0 at the
 * end, or a negative errno.  -EBADMSG: it is longer than iov, or brought what
 * is no descriptor, or more than PARCEL_FDS_MAX; then all are closed. */
MUST_USE ssize_t parcel_take(int socket, struct iovec *iov, size_t count,
			     struct parcel_fds *fds_r);

void parcel_close_fds(struct parcel_fds *fds);

#endif
