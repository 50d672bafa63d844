// SPDX-License-Identifier: ISC
/*
 * parcel.c - octets and descriptors over a socket (parcel.h).
 * Runs in: restante, and its runner.  Trusts: nobody at the other end.
 * Allocates: never.
 */
#include "os/parcel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "os/fd.h"

union control {
	struct cmsghdr align;
	char octets[CMSG_SPACE(PARCEL_FDS_MAX * sizeof(int))];
};

int parcel_send(int socket, struct iovec *iov, size_t count,
		const struct parcel_fds *fds, int flags)
{
	union control control = { .octets = { 0 } };
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = count };
	struct cmsghdr *c = &control.align;
	ssize_t n;

	if (fds->count != 0) {
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(fds->count * sizeof(int));
		memcpy(CMSG_DATA(c), fds->fd, fds->count * sizeof(int));
		m.msg_control = control.octets;
		m.msg_controllen = CMSG_SPACE(fds->count * sizeof(int));
	}
	do {
		n = sendmsg(socket, &m, flags | MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	if (n < 0) {
		return errno == ECONNRESET ? -EPIPE : -errno;
	}
	return 0;
}

void parcel_close_fds(struct parcel_fds *fds)
{
	for (size_t i = 0; i < fds->count; i++) {
		fd_close(&fds->fd[i]);
	}
	fds->count = 0;
}

/* The kernel installs no more than the control block has room for. */
static void collect(struct msghdr *m, struct parcel_fds *fds)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL;
	     c = CMSG_NXTHDR(m, c)) {
		size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
		    count > PARCEL_FDS_MAX - fds->count) {
			m->msg_flags |= MSG_CTRUNC;
			continue;
		}
		memcpy(fds->fd + fds->count, CMSG_DATA(c), count * sizeof(int));
		fds->count += count;
	}
}

ssize_t parcel_take(int socket, struct iovec *iov, size_t count,
		    struct parcel_fds *fds_r)
{
	union control control = { .octets = { 0 } };
	struct msghdr m = { .msg_iov = iov,
			    .msg_iovlen = count,
			    .msg_control = control.octets,
			    .msg_controllen = sizeof(control.octets) };
	ssize_t n;

	fds_r->count = 0;
	do {
		n = recvmsg(socket, &m, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n < 0) {
		return errno == ECONNRESET ? 0 : -errno;
	}
	collect(&m, fds_r);
	if ((m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
		parcel_close_fds(fds_r);
		return -EBADMSG;
	}
	return n;
}
