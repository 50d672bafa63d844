// SPDX-License-Identifier: ISC
/*
 * serve.c - one function for each packet that maildrop takes (serve.h).
 * Runs in: maildrop, each in any of its threads.
 * Trusts: auth, to say who may open what.  Of a session process nothing: a
 * handle that it was never given, or an index or a mark out of range, ends it.
 */
#include "serve.h"

#include <errno.h>

#include "grant.h"
#include "late.h"
#include "limits.h"

/* How a handler ends: the peer goes on, or is dropped. */
enum {
	SERVED = 0,
	OFFENCE = -EPROTO,
};

static int peer_begin(void *ctx, struct peer *peer)
{
	(void)ctx;
	peer->state = NULL;
	if (peer->role != ROLE_SESSION) {
		return 0;
	}
	peer->state = handles_create(MAILDROP_OPEN_PER_PEER_MAX);
	return peer->state == NULL ? -ENOMEM : 0;
}

/* A session process that has ended commits nothing. */
static void peer_end(void *ctx, struct peer *peer)
{
	struct serve_context *serve = ctx;
	struct handles *h = peer->state;

	handles_destroy(&h);
	peer->state = NULL;
	waiting_nudge(&serve->waiting);
}

void serve_shut(struct serve_context *serve, struct handles *h, uint64_t handle)
{
	struct drop *d;

	if (handles_take(h, handle, &d) == HANDLE_IS_OPEN) {
		drop_shut(d);
		drop_release(d);
		waiting_nudge(&serve->waiting);
	}
}

/* Whatever becomes of it, auth has done no wrong. */
static int on_grant(struct serve_context *serve, struct peer *auth,
		    struct packet *p)
{
	(void)auth;
	grant_take(serve, p);
	return SERVED;
}

/* The drop that a session means; it must be of the connection that it names. */
static enum handle_state find(struct peer *session, uint64_t handle,
			      uint64_t conn, struct drop **drop_r)
{
	struct drop *d;
	enum handle_state state = handles_get(session->state, handle, &d);

	if (state != HANDLE_IS_OPEN) {
		return state;
	}
	if (drop_conn(d) != conn) {
		drop_release(d);
		return HANDLE_NEVER_WAS;
	}
	*drop_r = d;
	return HANDLE_IS_OPEN;
}

static int answer(struct peer *session, struct packet *p)
{
	return service_send(session, p) < 0 ? -EPIPE : SERVED;
}

static int on_get_listing(struct serve_context *serve, struct peer *session,
			  struct packet *p)
{
	uint64_t conn = p->as.handle.conn;
	enum packet_status status = STATUS_GONE;
	uint64_t len = 0;
	struct drop *d;
	int fd = -1;

	(void)serve;
	switch (find(session, p->as.handle.handle, conn, &d)) {
	case HANDLE_NEVER_WAS:
		return OFFENCE;
	case HANDLE_WAS_OPEN:
		break;
	case HANDLE_IS_OPEN:
		status = drop_listing(d, &fd, &len);
		drop_release(d);
		break;
	}
	packet_init(p, PACKET_LISTING);
	p->as.listing.conn = conn;
	p->as.listing.status = status;
	p->as.listing.len = status == STATUS_OK ? len : 0;
	p->fd = fd;
	return answer(session, p);
}

/* One that could not be had, or is large. */
static void init_message(struct packet *p, const struct packet_fetch *request,
			 enum packet_status status,
			 const struct drop_large *large)
{
	packet_init(p, PACKET_MESSAGE);
	p->as.message.conn = request->conn;
	p->as.message.idx = request->idx;
	p->as.message.status = status;
	p->as.message.stored = status == STATUS_OK ? large->stored : 0;
	p->fd = large->fd;
}

static bool are_in_list(const struct drop *d,
			const struct packet_fetch *request)
{
	uint32_t all = drop_count(d);

	return request->idx < all && request->count <= all - request->idx;
}

static enum packet_status fetch(struct drop *d,
				const struct packet_fetch *request,
				struct packet *p, struct drop_large *large)
{
	packet_init(p, PACKET_TEXTS);
	p->as.texts.conn = request->conn;
	p->as.texts.idx = request->idx;
	return drop_fetch(d, request->idx, request->count, p, large);
}

static int on_fetch(struct serve_context *serve, struct peer *session,
		    struct packet *p)
{
	struct packet_fetch request = p->as.fetch;
	enum packet_status status = STATUS_GONE;
	struct drop_large large = { .fd = -1 };
	struct drop *d;

	(void)serve;
	switch (find(session, request.handle, request.conn, &d)) {
	case HANDLE_NEVER_WAS:
		return OFFENCE;
	case HANDLE_WAS_OPEN:
		break;
	case HANDLE_IS_OPEN:
		if (!are_in_list(d, &request)) {
			drop_release(d);
			return OFFENCE;
		}
		status = fetch(d, &request, p, &large);
		drop_release(d);
		break;
	}
	if (status != STATUS_OK || large.fd != -1) {
		init_message(p, &request, status, &large);
	}
	return answer(session, p);
}

static int on_mark(struct serve_context *serve, struct peer *session,
		   struct packet *p)
{
	const struct packet_mark *m = &p->as.mark;
	struct drop *d;
	bool is_sound = true;

	(void)serve;
	switch (find(session, m->handle, m->conn, &d)) {
	case HANDLE_NEVER_WAS:
		return OFFENCE;
	case HANDLE_WAS_OPEN:
		break;
	case HANDLE_IS_OPEN:
		is_sound = drop_mark(d, m->first, packet_tail(p), m->octets);
		drop_release(d);
		break;
	}
	return is_sound ? SERVED : OFFENCE;
}

/* The maildrop is unlocked before the session hears of it. */
static int commit(struct serve_context *serve, struct peer *session,
		  struct drop *d, struct packet *p)
{
	struct packet_commit request = p->as.commit;
	uint32_t removed = 0;
	uint32_t stayed = 0;
	struct drop *taken;

	if (!drop_await_marks(d, request.marked)) {
		return OFFENCE;
	}
	if (handles_take(session->state, request.handle, &taken) !=
	    HANDLE_IS_OPEN) {
		return OFFENCE; /* it was committed twice at once */
	}
	drop_expunge(d, &removed, &stayed);
	drop_shut(d);
	drop_release(taken);
	waiting_nudge(&serve->waiting);
	packet_init(p, PACKET_COMMITTED);
	p->as.committed.conn = request.conn;
	p->as.committed.removed = removed;
	p->as.committed.stayed = stayed;
	return answer(session, p);
}

static int on_commit(struct serve_context *serve, struct peer *session,
		     struct packet *p)
{
	struct drop *d;
	int rc;

	if (find(session, p->as.commit.handle, p->as.commit.conn, &d) !=
	    HANDLE_IS_OPEN) {
		return OFFENCE;
	}
	rc = commit(serve, session, d, p);
	drop_release(d);
	return rc;
}

/* A second one, or one after a COMMIT, is late and no offence. */
static int on_close(struct serve_context *serve, struct peer *session,
		    struct packet *p)
{
	struct drop *d;

	switch (find(session, p->as.close.handle, p->as.close.conn, &d)) {
	case HANDLE_NEVER_WAS:
		return OFFENCE;
	case HANDLE_WAS_OPEN:
		break;
	case HANDLE_IS_OPEN:
		if (p->as.close.is_broken != 0) {
			drop_disbelieve(d);
		}
		serve_shut(serve, session->state, p->as.close.handle);
		drop_release(d);
		break;
	}
	return SERVED;
}

typedef int handler(struct serve_context *serve, struct peer *peer,
		    struct packet *p);

/* Who may send what has been checked by packet_check. */
static handler *const handlers[PACKET_TYPE_COUNT] = {
	[PACKET_GRANT] = on_grant,   [PACKET_GET_LISTING] = on_get_listing,
	[PACKET_FETCH] = on_fetch,   [PACKET_MARK] = on_mark,
	[PACKET_COMMIT] = on_commit, [PACKET_CLOSE] = on_close,
};

int serve_packet(struct serve_context *serve, struct peer *peer,
		 struct packet *p)
{
	handler *h = handlers[p->as.head.type];

	return h == NULL ? OFFENCE : h(serve, peer, p);
}

static int on_packet(void *ctx, struct peer *peer, struct packet *p)
{
	return late_takes(ctx, peer, p) ? SERVED : serve_packet(ctx, peer, p);
}

const struct service_ops serve_ops = {
	.peer_begin = peer_begin,
	.on_packet = on_packet,
	.peer_end = peer_end,
};

int serve_start(struct serve_context *serve)
{
	lane_init(&serve->lane);
	return waiting_start(&serve->waiting, grant_try_again, serve);
}

bool serve_stop(struct serve_context *serve)
{
	waiting_stop(&serve->waiting);
	return lane_stop(&serve->lane);
}
