// SPDX-License-Identifier: ISC
/*
 * played_role.h - a role on top of ipc/service.h that answers and counts, its
 * master, and its peers: for the tests of the service.
 */
#ifndef TEST_PLAYED_ROLE_H
#define TEST_PLAYED_ROLE_H

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "ipc/service.h"
#include "os/clock.h"
#include "os/fd.h"

#define THREADS 3
#define PEERS   8

/* What the role that is played here counts. */
static struct {
	uint32_t begun, ended, packets, threads;
	bool refuse_peers, refuse_threads;
	uint32_t hold_ms; /* how long a FETCH is worked on */
} seen;

static struct service service;
static int control;
static pthread_t main_thread;
static bool is_over; /* main_thread was joined */
static int main_result;
static size_t fds_before;

static inline uint32_t get(const uint32_t *n)
{
	return __atomic_load_n(n, __ATOMIC_SEQ_CST);
}

static inline void add(uint32_t *n)
{
	(void)__atomic_add_fetch(n, 1, __ATOMIC_SEQ_CST);
}

static inline int peer_begin(void *ctx, struct peer *peer)
{
	assert_ptr_equal(ctx, &seen);
	if (seen.refuse_peers) {
		return -EAGAIN;
	}
	add(&seen.begun);
	peer->state = malloc(16); /* a leak or a second free would be seen */
	return peer->state == NULL ? -ENOMEM : 0;
}

static inline void peer_end(void *ctx, struct peer *peer)
{
	(void)ctx;
	free(peer->state);
	peer->state = NULL;
	add(&seen.ended);
}

static inline int thread_begin(void *ctx)
{
	(void)ctx;
	add(&seen.threads);
	return seen.refuse_threads ? -EPERM : 0;
}

/* FETCH is answered with its own numbers, to the same peer.  CLOSE is refused;
 * COMMIT is answered through a borrowed peer, as maildrop answers a grant. */
static inline int on_packet(void *ctx, struct peer *peer, struct packet *p)
{
	struct packet_fetch f = p->as.fetch;
	struct peer *to = peer;
	int rc;

	(void)ctx;
	add(&seen.packets);
	if (p->as.head.type == PACKET_CLOSE) {
		return -EPROTO;
	}
	if (p->as.head.type == PACKET_COMMIT) {
		to =
		    service_borrow(&service, ROLE_SESSION, p->as.commit.marked);
	}
	if (to == NULL) {
		return 0;
	}
	if (seen.hold_ms != 0) {
		usleep(seen.hold_ms * 1000);
	}
	packet_init(p, PACKET_MESSAGE);
	p->as.message.conn = f.conn;
	p->as.message.stored = f.handle;
	p->as.message.idx = f.idx;
	p->fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	rc = service_send(to, p);
	if (to != peer) {
		service_give_back(to);
		rc = 0;
	}
	return rc;
}

static const struct service_ops ops = { peer_begin, on_packet, peer_end,
					thread_begin };

static inline void *run(void *arg)
{
	(void)arg;
	main_result = service_run(&service);
	return NULL;
}

static inline int setup(void **state)
{
	int pair[2];
	struct packet p;

	(void)state;
	log_init("unit", LOG_FORM_LEVEL, LOG_ERROR);
	memset(&seen, 0, sizeof(seen));
	fds_before = fd_count_open();
	assert_int_equal(fd_channel_pair(pair, 65536), 0);
	control = pair[0];
	service_init(&service, ROLE_MAILDROP, pair[1], THREADS, &ops, &seen);
	is_over = false;
	assert_int_equal(pthread_create(&main_thread, NULL, run, NULL), 0);
	assert_int_equal(
	    channel_receive_checked(control, &p, ROLE_MAILDROP, ROLE_MASTER),
	    CHANNEL_OK);
	assert_int_equal(p.as.head.type, PACKET_READY);
	return 0;
}

static inline bool has_come(const uint32_t *n, uint32_t want)
{
	for (int i = 0; i < 5000 && get(n) < want; i++) {
		usleep(1000);
	}
	return get(n) == want;
}

/* Whether no peer is left, not even one that is just being closed. */
static inline bool has_no_peers(void)
{
	bool is_empty = false;

	for (int i = 0; i < 5000 && !is_empty; i++) {
		pthread_mutex_lock(&service.lock);
		is_empty = service.peers == NULL;
		pthread_mutex_unlock(&service.lock);
		if (!is_empty) {
			usleep(1000);
		}
	}
	return is_empty;
}

static inline int teardown(void **state)
{
	(void)state;
	fd_close(&control);
	if (!is_over) {
		assert_int_equal(pthread_join(main_thread, NULL), 0);
	}
	assert_true(has_no_peers());
	assert_int_equal(get(&seen.begun), get(&seen.ended));
	fd_close(&service.control);
	assert_int_equal(fd_count_open(), fds_before);
	return 0;
}

/* A session process's end of a channel that the master has sent. */
static inline int join(enum role role, uint32_t id)
{
	struct packet p;
	int pair[2];

	assert_int_equal(fd_channel_pair(pair, 1u << 20), 0);
	packet_init(&p, PACKET_CHANNEL);
	p.as.channel.role = role;
	p.as.channel.id = id;
	p.fd = pair[1];
	assert_int_equal(channel_send(control, &p), CHANNEL_OK);
	return pair[0];
}

static inline int send_fetch(int fd, uint64_t conn, uint32_t idx)
{
	struct packet p;

	packet_init(&p, PACKET_FETCH);
	p.as.fetch.conn = conn;
	p.as.fetch.handle = conn ^ 0x55;
	p.as.fetch.idx = idx;
	p.as.fetch.count = 1;
	return channel_send(fd, &p);
}

static inline void expect_message(int fd, uint64_t conn, bool *had)
{
	struct packet p;

	assert_int_equal(
	    channel_receive_checked(fd, &p, ROLE_MAILDROP, ROLE_SESSION),
	    CHANNEL_OK);
	assert_int_equal(p.as.head.type, PACKET_MESSAGE);
	assert_int_equal(p.as.message.conn, conn);
	assert_int_equal(p.as.message.stored, conn ^ 0x55);
	assert_false(had[p.as.message.idx]);
	had[p.as.message.idx] = true;
	fd_close(&p.fd);
}

static inline void expect_dropped(int fd)
{
	struct packet p;
	int rc;

	do {
		rc = channel_receive(fd, &p);
		fd_close(&p.fd);
	} while (rc == CHANNEL_OK);
	assert_int_equal(rc, CHANNEL_EOF);
}

#endif
