// SPDX-License-Identifier: ISC
/*
 * attacks_on_runner.c - getting the process that runs commands to do anything
 * but what was fixed (collector.h).  Each packet is sent to its socket, which
 * is looked for among our descriptors; what it answers within a while is told.
 */
#include "collector.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/fd.h"
#include "os/parcel.h"
#include "os/runner_impl.h"

#define DESCRIPTORS_TRIED 256
#define WAIT_MS           5000

static int runner_socket(void)
{
	for (int fd = 3; fd < DESCRIPTORS_TRIED; fd++) {
		int type = 0;
		socklen_t len = sizeof(type);

		if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
		    type == SOCK_SEQPACKET) {
			return fd;
		}
	}
	return -1;
}

/* 0: it did it.  -EPIPE: it ended the talk; -ETIME: no answer. */
static int hear(int fd)
{
	struct runner_packet_answer head = { .result = 0 };
	char said[4096];
	struct iovec iov[] = { { &head, sizeof(head) }, { said, 4096 } };
	struct pollfd waits = { .fd = fd, .events = POLLIN };
	struct parcel_fds fds;
	ssize_t n;

	if (poll(&waits, 1, WAIT_MS) <= 0) {
		return -ETIME;
	}
	n = parcel_take(fd, iov, 2, &fds);
	return n <= 0 ? -EPIPE : head.result;
}

struct packet {
	const void *at;
	size_t len;
	int domain; /* of the socket for the answer; 0: there is none */
	int type;
	int fd; /* that goes along; or -1 */
};

static int send_it(const struct packet *p)
{
	struct iovec iov = { (void *)(uintptr_t)p->at, p->len };
	struct parcel_fds fds = { .count = 0 };
	int pair[2] = { -1, -1 };
	int rc;

	if (p->domain == AF_UNIX &&
	    socketpair(AF_UNIX, p->type | SOCK_CLOEXEC, 0, pair) < 0) {
		return -errno;
	}
	if (p->domain == AF_INET) {
		pair[1] = socket(AF_INET, p->type | SOCK_CLOEXEC, 0);
	}
	if (pair[1] != -1) {
		fds.fd[fds.count++] = pair[1];
	}
	if (p->fd != -1) {
		fds.fd[fds.count++] = p->fd;
	}
	rc = parcel_send(runner_socket(), &iov, 1, &fds, 0);
	fd_close(&pair[1]);
	if (rc == 0) {
		rc = hear(pair[0] != -1 ? pair[0] : runner_socket());
	}
	fd_close(&pair[0]);
	return rc;
}

static int ask(uint32_t index, uint32_t verb, int fd)
{
	struct runner_packet_ask a = { index, verb };

	return send_it(
	    &(struct packet){ &a, sizeof(a), AF_UNIX, SOCK_SEQPACKET, fd });
}

static uint32_t index_of(const char *arg)
{
	return (uint32_t)strtoul(arg, NULL, 10);
}

/* Of a task that there is not; or of one that needs a descriptor. */
static int ask_without(const char *arg)
{
	return ask(index_of(arg), 0, -1);
}

static int no_such_verb(const char *arg)
{
	return ask(index_of(arg), UINT32_MAX, -1);
}

/* Of an mbox with one rule: its second.  Six verbs are for each file, the
 * first six for the mbox itself. */
static int no_such_rule(const char *arg)
{
	return ask(index_of(arg), 2 * 6, -1);
}

static int short_packet(const char *arg)
{
	(void)arg;
	return send_it(
	    &(struct packet){ "abc", 3, AF_UNIX, SOCK_SEQPACKET, -1 });
}

static int long_packet(const char *arg)
{
	static const char argv[4096] = "/bin/sh";

	(void)arg;
	return send_it(&(struct packet){ argv, sizeof(argv), AF_UNIX,
					 SOCK_SEQPACKET, -1 });
}

static int no_answer_socket(const char *arg)
{
	struct runner_packet_ask a = { 0, 0 };

	(void)arg;
	return send_it(&(struct packet){ &a, sizeof(a), 0, 0, -1 });
}

static int stream_for_answer(const char *arg)
{
	struct runner_packet_ask a = { 0, 0 };

	(void)arg;
	return send_it(
	    &(struct packet){ &a, sizeof(a), AF_UNIX, SOCK_STREAM, -1 });
}

static int network_for_answer(const char *arg)
{
	struct runner_packet_ask a = { 0, 0 };

	(void)arg;
	return send_it(
	    &(struct packet){ &a, sizeof(a), AF_INET, SOCK_STREAM, -1 });
}

static int pipe_for_input(const char *arg)
{
	int pipes[2];

	return pipe(pipes) < 0 ? -errno : ask(index_of(arg), 0, pipes[0]);
}

static int many_descriptors(const char *arg)
{
	struct runner_packet_ask a = { 0, 0 };
	struct iovec iov = { &a, sizeof(a) };
	union {
		struct cmsghdr align;
		char octets[CMSG_SPACE(16 * sizeof(int))];
	} control = { .octets = { 0 } };
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = control.octets,
			    .msg_controllen = sizeof(control.octets) };
	int fds[16] = { 0 };

	(void)arg;
	control.align.cmsg_level = SOL_SOCKET;
	control.align.cmsg_type = SCM_RIGHTS;
	control.align.cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(&control.align), fds, sizeof(fds));
	if (sendmsg(runner_socket(), &m, MSG_NOSIGNAL) < 0) {
		return -errno;
	}
	return hear(runner_socket());
}

const struct collector_attack attacks_on_runner[] = {
	{ "runner-no-such-task", ask_without },
	{ "runner-no-such-verb", no_such_verb },
	{ "runner-no-such-rule", no_such_rule },
	{ "runner-short-packet", short_packet },
	{ "runner-long-packet", long_packet },
	{ "runner-no-answer-socket", no_answer_socket },
	{ "runner-stream-for-answer", stream_for_answer },
	{ "runner-network-for-answer", network_for_answer },
	{ "runner-no-input", ask_without },
	{ "runner-pipe-for-input", pipe_for_input },
	{ "runner-many-descriptors", many_descriptors },
};
const size_t attacks_on_runner_count =
    sizeof(attacks_on_runner) / sizeof(attacks_on_runner[0]);
