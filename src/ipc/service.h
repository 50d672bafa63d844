// SPDX-License-Identifier: ISC
/*
 * service.h - the frame of a threaded role (auth, maildrop, key): the master's
 * control channel is read by the main thread; each other channel (a peer) has a
 * few threads of its own, which receive in turns (crew.h), so that a request is
 * handled from start to end by one thread.  A peer that sends what it may not,
 * or does not take what it is sent, is dropped: its channel is shut down, and
 * when its last thread has left, peer_end is called.
 */
#ifndef IPC_SERVICE_H
#define IPC_SERVICE_H

#include <pthread.h>
#include <stdatomic.h>

#include "ipc/channel.h"
#include "ipc/crew.h"

struct service;

struct peer {
	struct service *service;
	struct peer *next;
	void *state; /* the role's own, made by peer_begin */
	int fd;
	enum role role; /* at the far end */
	uint32_t id;    /* of the session process; 0 for another role */
	atomic_bool is_dropped;
	atomic_bool has_ended; /* nobody is at the far end any more */
	struct crew crew;
	uint32_t users; /* threads and borrowers; under service->lock */
};

struct service_ops {
	/* A peer came; make peer->state.  0, or negative to refuse it. */
	int (*peer_begin)(void *ctx, struct peer *peer);
	/* A sound packet (packet_check) came.  May take p->fd by setting it to
	 * -1, and may use p for its answer.  Negative drops the peer.  Called
	 * by several threads at once. */
	int (*on_packet)(void *ctx, struct peer *peer, struct packet *p);
	/* No thread uses the peer any more; free peer->state. */
	void (*peer_end)(void *ctx, struct peer *peer);
	/* A thread begins; NULL if there is nothing to do.  Negative: its peer
	 * is dropped. */
	int (*thread_begin)(void *ctx);
};

struct service {
	const struct service_ops *ops;
	void *ctx;
	enum role role;
	int control; /* channel to the master */
	uint32_t threads_per_channel;
	struct lookout lookout;
	pthread_mutex_t lock; /* of what stands below */
	pthread_cond_t gone;  /* a peer has ended */
	struct peer *peers;
};

/* Place it anywhere.  Reads nothing yet. */
void service_init(struct service *s, enum role role, int control,
		  uint32_t threads_per_channel, const struct service_ops *ops,
		  void *ctx);

/*
 * Adds a peer and starts its threads.  Takes fd whatever happens.  0, or a
 * negative errno.
 */
MUST_USE int service_add(struct service *s, int fd, enum role role,
			 uint32_t id);

/*
 * Tells the master READY, then adds the channels that it sends, until it says
 * RETIRE or its channel ends; then waits until the session peers have ended.
 * 0, or negative if the master broke the protocol.
 */
MUST_USE int service_run(struct service *s);

/* The peer with this role and id, borrowed: give it back.  NULL if none. */
struct peer *service_borrow(struct service *s, enum role role, uint32_t id);
/* The same peer once more, for one who has it already; give it back too. */
struct peer *service_share(struct peer *peer);
void service_give_back(struct peer *peer);

/* Whether there is such a peer that is not gone.  For one who holds a lock that
 * peer_end wants too: whoever borrows may be the last to give back. */
MUST_USE bool service_has(struct service *s, enum role role, uint32_t id);

/* Whether it makes no sense to do anything for the peer any more. */
bool service_is_gone(const struct peer *peer);

/* It has broken the protocol: nothing is taken from it any more. */
void service_drop(struct peer *peer, const char *why);

/* Sends to a peer.  A session process that takes nothing for SERVICE_SEND_MS is
 * dropped.  p->fd is closed in any case.  0, or negative: it was not sent. */
MUST_USE int service_send(struct peer *peer, struct packet *p);

#define SERVICE_SEND_MS 10000u

/* How long a role goes on without the channel to another role: as long as it
 * may take to hear that the session processes have ended too. */
#define SERVICE_ORPHAN_S 3

#endif
