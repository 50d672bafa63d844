// SPDX-License-Identifier: ISC
/*
 * listen.c - the listening sockets (listen.h).
 * Runs in: master.  Trusts: the configuration.
 */
#include "master/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "os/fd.h"

#define BACKLOG 4096 /* the kernel takes less if somaxconn says so */

static bool set_int(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value)) == 0;
}

/*
 * What accepted connections inherit.  A peer that is gone without a word is
 * noticed after keepalive_s without traffic plus as much again, or when it has
 * not acknowledged for as long: its maildrop must not stay locked.
 */
static bool set_inherited(int fd, uint32_t keepalive_s)
{
	int seconds = (int)keepalive_s;
	int interval = seconds / 4 > 0 ? seconds / 4 : 1;

	return set_int(fd, SOL_SOCKET, SO_KEEPALIVE, 1) &&
	       set_int(fd, IPPROTO_TCP, TCP_KEEPIDLE, seconds) &&
	       set_int(fd, IPPROTO_TCP, TCP_KEEPINTVL, interval) &&
	       set_int(fd, IPPROTO_TCP, TCP_KEEPCNT, 4) &&
	       set_int(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, seconds * 1000) &&
	       set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

static int bind_socket(const struct config_listen *l, bool share_port)
{
	const struct sockaddr *address = (const void *)&l->address;
	int fd = socket(l->address.ss_family,
			SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int rc;

	if (fd < 0) {
		return -errno;
	}
	if (set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1) &&
	    (!share_port || set_int(fd, SOL_SOCKET, SO_REUSEPORT, 1)) &&
	    (l->address.ss_family != AF_INET6 ||
	     set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1)) &&
	    bind(fd, address, l->len) == 0) {
		return fd;
	}
	rc = -errno;
	fd_close(&fd);
	return rc;
}

static in_port_t port_of(const struct sockaddr_storage *a)
{
	return a->ss_family == AF_INET
		   ? ((const struct sockaddr_in *)a)->sin_port
		   : ((const struct sockaddr_in6 *)a)->sin6_port;
}

/* Whether we have that port, on whatever address: 0.0.0.0 may follow 127.0.0.1
 * in a reload. */
static bool is_ours(const struct listen_sets *old,
		    const struct config_listen *l)
{
	for (size_t i = 0; old != NULL && i < old->count; i++) {
		if (port_of(&old->set[i].address.address) ==
		    port_of(&l->address)) {
			return true;
		}
	}
	return false;
}

/* A shared port would let a second server in unnoticed: one socket that does
 * not share is tried first. */
static int probe(const struct config_listen *l)
{
	int fd = bind_socket(l, false);
	int rc = fd < 0 ? fd : 0;

	if (fd >= 0 && listen(fd, 1) < 0) {
		rc = -errno;
	}
	if (fd >= 0) {
		fd_close(&fd);
	}
	return rc;
}

/* Port 0 becomes the one that the kernel chose, for the sockets to follow. */
static int adopt_port(int fd, struct config_listen *l)
{
	l->len = sizeof(l->address);
	return getsockname(fd, (struct sockaddr *)&l->address, &l->len) < 0
		   ? -errno
		   : 0;
}

static int add_socket(struct listen_set *set, uint32_t keepalive_s)
{
	int fd = bind_socket(&set->address, true);
	int rc;

	if (fd < 0) {
		return fd;
	}
	if (!set_inherited(fd, keepalive_s) || listen(fd, BACKLOG) < 0) {
		rc = -errno;
		fd_close(&fd);
		return rc;
	}
	rc = adopt_port(fd, &set->address);
	set->fd[set->count++] = fd;
	return rc;
}

static const struct listen_set *find(const struct listen_sets *sets,
				     const struct config_listen *l)
{
	for (size_t i = 0; sets != NULL && i < sets->count; i++) {
		const struct config_listen *other = &sets->set[i].address;

		if (other->kind == l->kind &&
		    strcmp(other->text, l->text) == 0) {
			return &sets->set[i];
		}
	}
	return NULL;
}

static void log_listening(const struct listen_set *set)
{
	const struct sockaddr_storage *a = &set->address.address;
	const void *at =
	    a->ss_family == AF_INET
		? (const void *)&((const struct sockaddr_in *)a)->sin_addr
		: &((const struct sockaddr_in6 *)a)->sin6_addr;
	in_port_t port = port_of(a);
	char host[INET6_ADDRSTRLEN] = "?";
	char text[INET6_ADDRSTRLEN + 16];
	struct log_line line;

	inet_ntop(a->ss_family, at, host, sizeof(host));
	snprintf(text, sizeof(text),
		 a->ss_family == AF_INET ? "%s:%u" : "[%s]:%u", host,
		 (unsigned)ntohs(port));
	log_begin(&line, LOG_INFO, "listening");
	log_str(&line, "address", text);
	if (set->address.kind == LISTENER_TLS) {
		log_str(&line, "kind", "tls");
	}
	log_end(&line);
}

/* What an earlier session process may have done to a socket is undone: one that
 * does not listen any more does so again. */
static int renew(const struct listen_set *set, uint32_t keepalive_s)
{
	for (size_t i = 0; i < set->count; i++) {
		if (!set_inherited(set->fd[i], keepalive_s) ||
		    listen(set->fd[i], BACKLOG) < 0) {
			return -errno;
		}
	}
	return 0;
}

/* The sockets of one address: the old ones, and as many more as are missing. */
static int open_set(const struct listen_sets *old_sets,
		    const struct config_listen *l, const struct config *config,
		    struct listen_set *set)
{
	const struct listen_set *old = find(old_sets, l);
	int rc = 0;

	*set = (struct listen_set){ .address = *l };
	if (old != NULL) {
		*set = *old;
		rc = renew(set, config->keepalive_s);
	} else if (!is_ours(old_sets, l)) {
		rc = probe(l);
	}
	while (rc == 0 && set->count < config->session_processes) {
		rc = add_socket(set, config->keepalive_s);
	}
	if (rc == 0 && old == NULL) {
		log_listening(set);
	}
	return rc;
}

static const char *remedy(int error)
{
	switch (error) {
	case EADDRINUSE:
		return "another server has this port: stop it, or change "
		       "listen";
	case EACCES:
		return "ports below 1024 need root (or CAP_NET_BIND_SERVICE)";
	case EADDRNOTAVAIL:
		return "this machine does not have that address: change listen";
	default: /* errno has many more */
		return "see listen in restanted.conf(5)";
	}
}

static void log_failed(const struct config_listen *l, int error)
{
	struct log_line line;

	log_begin(&line, LOG_ERROR, "cannot listen");
	log_str(&line, "address", l->text);
	log_errno(&line, error);
	log_str(&line, "remedy", remedy(error));
	log_end(&line);
}

int listen_open(const struct listen_sets *old, const struct config *config,
		struct listen_sets *next_r)
{
	struct listen_sets *next = calloc(1, sizeof(*next));
	int rc = next == NULL ? -ENOMEM : 0;

	for (size_t i = 0; i < config->listen_count && rc == 0; i++) {
		const struct config_listen *l = &config->listen[i];

		rc = open_set(old, l, config, &next->set[i]);
		next->count++;
		if (rc < 0) {
			log_failed(l, -rc);
		}
	}
	if (rc < 0 && next != NULL) {
		listen_close(next, old);
	} else if (next != NULL) {
		*next_r = *next;
	}
	free(next);
	return rc;
}

static bool is_kept(const struct listen_sets *kept, int fd)
{
	for (size_t i = 0; kept != NULL && i < kept->count; i++) {
		for (size_t j = 0; j < kept->set[i].count; j++) {
			if (kept->set[i].fd[j] == fd) {
				return true;
			}
		}
	}
	return false;
}

void listen_close(struct listen_sets *old, const struct listen_sets *kept)
{
	for (size_t i = 0; i < old->count; i++) {
		for (size_t j = 0; j < old->set[i].count; j++) {
			if (!is_kept(kept, old->set[i].fd[j])) {
				fd_close(&old->set[i].fd[j]);
			}
		}
	}
	old->count = 0;
}
