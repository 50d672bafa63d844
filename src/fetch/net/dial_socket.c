// SPDX-License-Identifier: ISC
/*
 * dial_socket.c - one socket that connects (dial_socket.h).
 * Runs in: the collector's loop.  Trusts: nothing.  Allocates: never.
 */
#include "fetch/net/dial_socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "fetch/limits.h"
#include "fetch/net/address.h"
#include "os/fd.h"

/* What a client wants of TCP: commands go at once, and a line that is dead is
 * found out even in silence.  That a kernel refuses is no reason to go. */
static void tune(int fd)
{
	static const int on = 1;
	static const int idle_s = FETCH_KEEPALIVE_S;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s,
			 sizeof(idle_s));
}

int dial_socket(const struct sockaddr_storage *to)
{
	int fd = socket(to->ss_family,
			SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int error;

	if (fd == -1) {
		return -errno;
	}
	tune(fd);
	if (connect(fd, (const struct sockaddr *)to, address_len(to)) == 0) {
		return fd;
	}
	error = errno;
	if (error != EINPROGRESS) {
		fd_close(&fd);
		return -error;
	}
	return fd;
}
