// SPDX-License-Identifier: ISC
/*
 * service.c - the frame of a threaded role (service.h).
 * Runs in: auth, maildrop, key.  Trusts: the master; of peers only what
 * packet_check says.
 */
#include "ipc/service.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/log.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/thread.h"

void service_init(struct service *s, enum role role, int control,
		  uint32_t threads_per_channel, const struct service_ops *ops,
		  void *ctx)
{
	*s = (struct service){ .ops = ops,
			       .ctx = ctx,
			       .role = role,
			       .control = control,
			       .threads_per_channel = threads_per_channel };
	lookout_init(&s->lookout);
	pthread_mutex_init(&s->lock, NULL);
	clock_cond_init(&s->gone);
}

static void unlink_peer(struct service *s, struct peer *peer)
{
	struct peer **at = &s->peers;

	while (*at != peer) {
		at = &(*at)->next;
	}
	*at = peer->next;
	pthread_cond_broadcast(&s->gone);
}

static bool has_session_peers(const struct service *s)
{
	const struct peer *peer = s->peers;

	while (peer != NULL && peer->role != ROLE_SESSION) {
		peer = peer->next;
	}
	return peer != NULL;
}

/*
 * The channel to another role that every log-in passes has ended.  That is in
 * order if the session processes end too, as they do at a retirement; else no
 * log-in would work any more, and the master replaces all of us if we end.
 */
static void await_orphans(struct service *s)
{
	struct timespec until = clock_end_of(SERVICE_ORPHAN_S * 1000);
	int rc = 0;

	while (has_session_peers(s) && rc == 0) {
		rc = pthread_cond_timedwait(&s->gone, &s->lock, &until);
	}
	if (has_session_peers(s)) {
		log_event(LOG_ERROR, "the channel to another role has ended");
		_exit(EXIT_FAILURE);
	}
}

void service_give_back(struct peer *peer)
{
	struct service *s = peer->service;
	bool is_core = peer->role != ROLE_SESSION;
	bool is_last;

	pthread_mutex_lock(&s->lock);
	is_last = --peer->users == 0;
	pthread_mutex_unlock(&s->lock);
	if (!is_last) {
		return;
	}
	s->ops->peer_end(s->ctx, peer);
	crew_end(&peer->crew);
	fd_close(&peer->fd);
	pthread_mutex_lock(&s->lock);
	unlink_peer(s, peer);
	if (is_core) {
		await_orphans(s);
	}
	pthread_mutex_unlock(&s->lock);
	free(peer);
}

/* Under s->lock.  One that nobody uses any more is ending. */
static struct peer *find(const struct service *s, enum role role, uint32_t id)
{
	struct peer *peer = s->peers;

	while (peer != NULL &&
	       (peer->role != role || peer->id != id || peer->users == 0)) {
		peer = peer->next;
	}
	return peer;
}

struct peer *service_borrow(struct service *s, enum role role, uint32_t id)
{
	struct peer *peer;

	pthread_mutex_lock(&s->lock);
	peer = find(s, role, id);
	if (peer != NULL) {
		peer->users++;
	}
	pthread_mutex_unlock(&s->lock);
	return peer;
}

bool service_has(struct service *s, enum role role, uint32_t id)
{
	const struct peer *peer;
	bool is_there;

	pthread_mutex_lock(&s->lock);
	peer = find(s, role, id);
	is_there = peer != NULL && !service_is_gone(peer);
	pthread_mutex_unlock(&s->lock);
	return is_there;
}

struct peer *service_share(struct peer *peer)
{
	struct service *s = peer->service;

	pthread_mutex_lock(&s->lock);
	peer->users++;
	pthread_mutex_unlock(&s->lock);
	return peer;
}

bool service_is_gone(const struct peer *peer)
{
	return atomic_load(&peer->is_dropped) || atomic_load(&peer->has_ended);
}

void service_drop(struct peer *peer, const char *why)
{
	struct log_line l;

	log_begin(&l, LOG_WARNING, "channel dropped");
	log_u64(&l, "session", peer->id);
	log_str(&l, "why", why);
	log_end(&l);
	atomic_store(&peer->is_dropped, true);
	shutdown(peer->fd, SHUT_RDWR);
}

/* One packet; false when the peer is at its end. */
static bool serve_one(struct crew_thread *t, struct peer *peer,
		      struct packet *p)
{
	struct service *s = peer->service;
	int rc = channel_receive_checked(peer->fd, p, peer->role, s->role);

	if (rc == CHANNEL_EOF) {
		atomic_store(&peer->has_ended, true);
		return false;
	}
	if (rc != CHANNEL_OK) {
		service_drop(peer, "not a sound packet");
		return false;
	}
	if (atomic_load(&peer->is_dropped)) { /* by another thread */
		fd_close(&p->fd);
		return false;
	}
	crew_taken(t);
	rc = s->ops->on_packet(s->ctx, peer, p);
	fd_close(&p->fd);
	crew_served(t);
	if (rc < 0) {
		service_drop(peer, packet_name(p->as.head.type));
		return false;
	}
	return true;
}

static void *serve(void *arg)
{
	struct peer *peer = arg;
	struct service *s = peer->service;
	struct crew_thread t;
	struct packet p;
	bool may_serve =
	    s->ops->thread_begin == NULL || s->ops->thread_begin(s->ctx) == 0;

	if (!may_serve) {
		service_drop(peer, "no thread");
	}
	crew_join(&peer->crew, &t);
	/* what waits in a channel can be read even after its shutdown */
	while (may_serve && crew_await_turn(&t) && serve_one(&t, peer, &p)) {
	}
	crew_dismiss(&peer->crew);
	crew_leave(&t);
	service_give_back(peer);
	return NULL;
}

/* Each thread uses the peer; so does the caller until it has started all. */
static int start_threads(struct peer *peer)
{
	struct service *s = peer->service;
	int rc = 0;

	for (uint32_t i = 0; i < s->threads_per_channel && rc == 0; i++) {
		pthread_mutex_lock(&s->lock);
		peer->users++;
		pthread_mutex_unlock(&s->lock);
		rc = thread_start(serve, peer);
		if (rc < 0) {
			service_drop(peer, "no thread");
			service_give_back(peer);
		}
	}
	return rc;
}

static void limit_send_time(int fd)
{
	struct timeval limit = { SERVICE_SEND_MS / 1000, 0 };

	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

int service_add(struct service *s, int fd, enum role role, uint32_t id)
{
	struct peer *peer = calloc(1, sizeof(*peer));
	int rc;

	if (peer == NULL) {
		fd_close(&fd);
		return -ENOMEM;
	}
	*peer = (struct peer){
		.service = s, .fd = fd, .role = role, .id = id, .users = 1
	};
	limit_send_time(fd);
	crew_begin(&peer->crew, &s->lookout);
	rc = s->ops->peer_begin(s->ctx, peer);
	if (rc < 0) {
		crew_end(&peer->crew);
		fd_close(&peer->fd);
		free(peer);
		return rc;
	}
	pthread_mutex_lock(&s->lock);
	peer->next = s->peers;
	s->peers = peer;
	pthread_mutex_unlock(&s->lock);
	rc = start_threads(peer);
	service_give_back(peer);
	return rc;
}

int service_send(struct peer *peer, struct packet *p)
{
	int rc = channel_send(peer->fd, p);

	fd_close(&p->fd);
	if (rc == CHANNEL_AGAIN && peer->role == ROLE_SESSION) {
		service_drop(peer, "it takes nothing");
	}
	return rc;
}

static void await_sessions(struct service *s)
{
	pthread_mutex_lock(&s->lock);
	while (has_session_peers(s)) {
		pthread_cond_wait(&s->gone, &s->lock);
	}
	pthread_mutex_unlock(&s->lock);
}

static int on_control(struct service *s, struct packet *p)
{
	if (p->as.head.type != PACKET_CHANNEL) {
		return -EPROTO;
	}
	return service_add(s, p->fd, (enum role)p->as.channel.role,
			   p->as.channel.id);
}

/* What the master says, to its end. */
static int follow_master(struct service *s)
{
	struct packet p;
	int rc;

	packet_init(&p, PACKET_READY);
	rc = channel_send(s->control, &p);
	while (rc == CHANNEL_OK) {
		rc = channel_receive_checked(s->control, &p, ROLE_MASTER,
					     s->role);
		if (rc != CHANNEL_OK || p.as.head.type == PACKET_RETIRE) {
			break;
		}
		rc = on_control(s, &p) == -EPROTO ? CHANNEL_BAD : CHANNEL_OK;
	}
	if (rc == CHANNEL_BAD) {
		return -EPROTO;
	}
	await_sessions(s);
	return 0;
}

int service_run(struct service *s)
{
	int rc = lookout_start(&s->lookout);

	if (rc == 0) {
		rc = follow_master(s);
		lookout_stop(&s->lookout);
	}
	return rc;
}
