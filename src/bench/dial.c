// SPDX-License-Identifier: ISC
/*
 * dial.c - sockets that connect to the one server (dial.h).
 * Runs in: restante-bench.  Trusts: the resolver.  Allocates: what it does.
 */
#include "bench/dial.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "bench/limits.h"
#include "os/fd.h"

static bool is_loopback(const struct sockaddr_storage *address)
{
	struct sockaddr_in in;

	if (address->ss_family != AF_INET) {
		return false;
	}
	memcpy(&in, address, sizeof(in));
	return ntohl(in.sin_addr.s_addr) >> 24 == 127;
}

bool dial_init(struct dial *d, const char *host, const char *port,
	       unsigned at_once, struct why *why)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_NUMERICSERV };
	struct addrinfo *found;
	int rc = getaddrinfo(host, port, &hints, &found);

	if (rc != 0) {
		return why_not(why, "%s: %s", host, gai_strerror(rc));
	}
	*d = (struct dial){ .server_len = found->ai_addrlen };
	memcpy(&d->server, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	d->is_loopback = is_loopback(&d->server);
	d->sources = d->is_loopback ? 1 + at_once / BENCH_FROM_ONE_SOURCE : 1;
	return true;
}

/* The port is chosen when the socket connects: by the pair of addresses, not
 * by this one alone. */
static int bind_source(int fd, unsigned source)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	int on = 1;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK + source);
	if (setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on,
		       sizeof(on)) != 0 ||
	    bind(fd, (const struct sockaddr *)&in, sizeof(in)) != 0) {
		return -errno;
	}
	return 0;
}

static int connect_from(const struct dial *d, int fd, unsigned source)
{
	int on = 1, rc = 0;

	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0) {
		return -errno;
	}
	if (source != 0) {
		rc = bind_source(fd, source);
	}
	if (rc == 0 && connect(fd, (const struct sockaddr *)&d->server,
			       d->server_len) != 0) {
		rc = errno == EINPROGRESS ? 0 : -errno;
	}
	return rc;
}

static int try_source(const struct dial *d, unsigned source)
{
	int fd = socket(d->server.ss_family,
			SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int rc;

	if (fd < 0) {
		return -errno;
	}
	rc = connect_from(d, fd, source);
	if (rc < 0) {
		fd_close(&fd);
		return rc;
	}
	return fd;
}

int dial_connect(struct dial *d)
{
	for (;;) {
		int fd = try_source(d, d->next_source);

		d->next_source = (d->next_source + 1) % d->sources;
		if (fd != -EADDRNOTAVAIL || !d->is_loopback ||
		    d->sources == BENCH_SOURCES_MAX) {
			return fd;
		}
		d->next_source = d->sources++;
	}
}
