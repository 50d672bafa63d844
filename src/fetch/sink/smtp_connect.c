// SPDX-License-Identifier: ISC
/*
 * smtp_connect.c - a connected socket (smtp_connect.h).
 * Runs in: a carrier thread.  Trusts: the resolver's time limits.  Allocates:
 * what getaddrinfo does.
 */
#include "fetch/sink/smtp_connect.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "fetch/limits.h"
#include "os/clock.h"
#include "os/fd.h"

int smtp_wait(int fd, short events, uint64_t end_ms)
{
	for (;;) {
		struct pollfd p = { fd, events, 0 };
		uint64_t now_ms = clock_ms();
		uint64_t left = now_ms >= end_ms ? 0 : end_ms - now_ms;
		int n = poll(&p, 1, left > INT32_MAX ? INT32_MAX : (int)left);

		if (n > 0) {
			return 0;
		}
		if (n < 0 && errno != EINTR) {
			return -errno;
		}
		if (n == 0 && left == 0) {
			return -ETIMEDOUT;
		}
	}
}

/* How a connect that was begun ends. */
static int finish(int fd)
{
	socklen_t len = sizeof(int);
	int error = 0;
	int rc = smtp_wait(fd, POLLOUT, clock_ms() + FETCH_SMTP_CONNECT_MS);

	if (rc < 0) {
		return rc;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0) {
		return -errno;
	}
	return -error;
}

/* The socket, or a negative errno. */
static int connect_to(int family, const struct sockaddr *to, socklen_t len)
{
	int one = 1;
	int rc = 0;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0) {
		return -errno;
	}
	if (connect(fd, to, len) < 0) {
		rc = errno == EINPROGRESS || errno == EINTR ? finish(fd)
							    : -errno;
	}
	if (rc < 0) {
		fd_close(&fd);
		return rc;
	}
	/* Refused by a socket that is no TCP, and not missed there. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

/* A server that is not there now may be there next time; one that we may not
 * ask will not. */
static enum why_kind kind_of(int error)
{
	return error == EACCES || error == EPERM || error == ENOTSOCK ||
		       error == EPROTOTYPE
		   ? WHY_DELIVERY
		   : WHY_TEMP;
}

static int connect_path(const char *path, struct why *why)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t len = strlen(path);
	int fd;

	if (len >= sizeof(to.sun_path)) {
		why_set(why, WHY_CONFIG,
			"%s is too long for a socket's path (%zu octets)", path,
			sizeof(to.sun_path) - 1);
		return -1;
	}
	memcpy(to.sun_path, path, len + 1);
	fd = connect_to(AF_UNIX, (const struct sockaddr *)&to, sizeof(to));
	/* EAGAIN: more wait to be accepted than the server has room for. */
	if (fd < 0) {
		why_errno(why, kind_of(-fd), -fd, "cannot connect to %s", path);
		return -1;
	}
	return fd;
}

static int connect_any(const struct addrinfo *addresses)
{
	int rc = -ECONNREFUSED;

	for (const struct addrinfo *a = addresses; a != NULL; a = a->ai_next) {
		int fd = connect_to(a->ai_family, a->ai_addr, a->ai_addrlen);

		if (fd >= 0) {
			return fd;
		}
		rc = fd;
	}
	return rc;
}

static int connect_host(const char *host, uint16_t port, struct why *why)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
					.ai_flags = AI_NUMERICSERV };
	struct addrinfo *addresses = NULL;
	char service[8];
	int rc;

	snprintf(service, sizeof(service), "%u", (unsigned)port);
	rc = getaddrinfo(host, service, &hints, &addresses);
	if (rc != 0) {
		why_set(why, rc == EAI_NONAME ? WHY_DELIVERY : WHY_TEMP,
			"cannot find the host %s: %s", host, gai_strerror(rc));
		return -1;
	}
	rc = connect_any(addresses);
	freeaddrinfo(addresses);
	if (rc < 0) {
		why_errno(why, kind_of(-rc), -rc,
			  "cannot connect to %s, port %u", host,
			  (unsigned)port);
		return -1;
	}
	return rc;
}

int smtp_connect(const struct destination *d, struct why *why)
{
	return d->host == NULL ? connect_path(d->path, why)
			       : connect_host(d->host, d->port, why);
}
