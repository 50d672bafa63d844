// SPDX-License-Identifier: ISC
/*
 * channel.c - packets over a SOCK_SEQPACKET descriptor (channel.h).
 * Runs in: every role.  Trusts: nothing that was received.  Allocates: never.
 */
#include "ipc/channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "os/fd.h"

/* Room for the one descriptor that a packet may bring.  CMSG_SPACE has room for
 * two because of its alignment, so the length told to the kernel is CMSG_LEN:
 * it then closes what is too many and says MSG_CTRUNC. */
union ancillary {
	struct cmsghdr align;
	uint8_t octets[CMSG_SPACE(sizeof(int))];
};

static void attach_fd(struct msghdr *msg, union ancillary *room, int fd)
{
	struct cmsghdr *c;

	memset(room, 0, sizeof(*room));
	msg->msg_control = room->octets;
	msg->msg_controllen = sizeof(room->octets);
	c = CMSG_FIRSTHDR(msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
}

int channel_send(int fd, struct packet *p)
{
	union ancillary room;
	struct iovec iov = { p->as.octets, p->len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	if (p->fd != -1) {
		attach_fd(&msg, &room, p->fd);
	}
	do {
		n = sendmsg(fd, &msg, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	if (n < 0) {
		bool is_full = errno == EAGAIN || errno == EWOULDBLOCK ||
			       errno == ENOBUFS || errno == ETOOMANYREFS;

		return is_full ? CHANNEL_AGAIN : CHANNEL_EOF;
	}
	fd_close(&p->fd);
	return CHANNEL_OK;
}

static int take_fd(struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	int fd = -1;

	if (c != NULL && c->cmsg_level == SOL_SOCKET &&
	    c->cmsg_type == SCM_RIGHTS &&
	    c->cmsg_len == CMSG_LEN(sizeof(int))) {
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	}
	return fd;
}

int channel_receive(int fd, struct packet *p)
{
	union ancillary room;
	struct iovec iov = { p->as.octets, sizeof(p->as.octets) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = room.octets,
			      .msg_controllen = CMSG_LEN(sizeof(int)) };
	ssize_t n;

	p->fd = -1;
	do {
		n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n < 0) {
		return errno == EAGAIN || errno == EWOULDBLOCK ? CHANNEL_AGAIN
							       : CHANNEL_EOF;
	}
	p->fd = take_fd(&msg);
	if ((msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
		fd_close(&p->fd);
		return CHANNEL_BAD;
	}
	if (n == 0 && p->fd == -1) {
		return CHANNEL_EOF;
	}
	p->len = (size_t)n;
	return CHANNEL_OK;
}

int channel_receive_checked(int fd, struct packet *p, enum role from,
			    enum role to)
{
	int rc = channel_receive(fd, p);

	if (rc == CHANNEL_OK && !packet_check(p, from, to)) {
		fd_close(&p->fd);
		rc = CHANNEL_BAD;
	}
	return rc;
}
