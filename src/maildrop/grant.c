// SPDX-License-Identifier: ISC
/*
 * grant.c - from GRANT to OPENED (grant.h).
 * Runs in: maildrop: in a thread of auth's channel, in that of the waiting
 * grants, and in those of the slow lane.
 * Trusts: auth, to say who may open what.
 * Allocates: a struct reading for each maildrop in the slow lane.
 *
 * A session process is borrowed only to be answered, and while its maildrop is
 * opened or read for a moment, never while it is read at length: else it could
 * not end before that does.
 */
#include "grant.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "handles.h"
#include "late.h"
#include "limits.h"
#include "os/clock.h"
#include "slow.h"

static void put_opened(struct packet *p, struct drop *d)
{
	struct snapshot_text listing = drop_inline_listing(d);
	const char *user = drop_user(d);
	size_t user_len = strlen(user);

	packet_init(p, PACKET_OPENED);
	p->as.opened.conn = drop_conn(d);
	p->as.opened.octets = drop_octets(d);
	p->as.opened.count = drop_count(d);
	if (packet_put(p, listing.at, listing.len)) {
		p->as.opened.listing_len = (uint32_t)listing.len;
	}
	if (packet_put(p, user, user_len)) {
		p->as.opened.user_len = (uint32_t)user_len;
	}
}

static void send_refusal(struct peer *session, uint64_t conn,
			 enum packet_status status, struct packet *p)
{
	int rc;

	packet_init(p, PACKET_OPENED);
	p->as.opened.conn = conn;
	p->as.opened.status = status;
	rc = service_send(session, p);
	(void)rc; /* if it cannot be told, nobody is left who asked */
}

static void give_up(struct serve_context *serve, struct drop *d)
{
	drop_shut(d);
	drop_release(d);
	waiting_nudge(&serve->waiting);
}

/* Tells a session that its maildrop is open.  From handles_add on the drop is
 * the session's, which may be done with it at once: it is not touched here
 * again. */
static void tell_opened(struct serve_context *serve, struct peer *session,
			struct drop *d, struct packet *p)
{
	uint64_t conn = drop_conn(d);
	uint64_t handle = 0;

	put_opened(p, d);
	if (handles_add(session->state, d, &handle) < 0) {
		give_up(serve, d);
		send_refusal(session, conn, STATUS_TEMP, p);
		return;
	}
	p->as.opened.handle = handle;
	if (service_send(session, p) < 0) {
		serve_shut(serve, session->state, handle);
	}
}

/* Takes over the drop. */
static void answer(struct serve_context *serve, struct peer *session,
		   struct drop *d, enum packet_status status, struct packet *p)
{
	uint64_t conn = drop_conn(d);

	if (status == STATUS_OK) {
		tell_opened(serve, session, d, p);
		return;
	}
	give_up(serve, d);
	send_refusal(session, conn, status, p);
}

/* --- the slow lane --- */

/* A maildrop that is being read for a log-in. */
struct reading {
	struct slow_job slow; /* first: of that the lane knows */
	enum packet_status status;
};

static struct reading *reading_of(struct lane_job *job)
{
	return (struct reading *)(void *)job;
}

static void read_it(struct lane_job *job, struct store_pace *pace)
{
	struct reading *r = reading_of(job);

	r->status = drop_count_mail(r->slow.drop, pace);
	if (r->status == STATUS_OK && !drop_is_counted(r->slow.drop)) {
		r->status = STATUS_TEMP; /* it was stopped */
	}
}

static void tell_of_it(struct lane_job *job)
{
	struct reading *r = reading_of(job);
	struct slow_job *slow = &r->slow;
	struct peer *session = slow_job_borrow(slow);
	struct packet p;

	if (session == NULL) {
		give_up(slow->serve, slow->drop);
	} else {
		answer(slow->serve, session, slow->drop, r->status, &p);
		service_give_back(session);
	}
	free(r);
}

/* False if it cannot: the drop is still the caller's. */
static bool read_slowly(struct serve_context *serve, uint32_t session,
			struct drop *d)
{
	struct reading *r = malloc(sizeof(*r));

	return slow_job_start(r == NULL ? NULL : &r->slow, serve, session, d,
			      read_it, tell_of_it);
}

/* --- at once --- */

static void list_and_answer(struct serve_context *serve, struct peer *session,
			    struct drop *d, struct packet *p, uint64_t until_ms)
{
	struct store_pace pace = late_pace(&until_ms);
	enum packet_status status = drop_count_mail(d, &pace);

	if (status == STATUS_OK && !drop_is_counted(d)) {
		if (read_slowly(serve, session->id, d)) {
			return;
		}
		status = STATUS_TEMP;
	}
	answer(serve, session, d, status, p);
}

/* Opens for a session.  False, and nothing is said, if the maildrop is in use
 * and may_wait. */
static bool grant_to(struct serve_context *serve, struct peer *session,
		     struct packet *p, bool may_wait, uint64_t until_ms)
{
	const struct packet_grant *g = &p->as.grant;
	struct drop_grant grant = {
		.owner = { g->uid, g->gid },
		.conn = g->conn,
		.user = packet_tail(p),
		.path = packet_tail(p) + g->user_len,
		.user_len = g->user_len,
		.path_len = g->path_len,
	};
	struct drop *d;
	enum packet_status status = drop_open(&serve->drops, &grant, &d);

	if (status == STATUS_IN_USE && may_wait) {
		return false;
	}
	if (status == STATUS_OK) {
		list_and_answer(serve, session, d, p, until_ms);
	} else {
		send_refusal(session, grant.conn, status, p);
	}
	return true;
}

/* True once it is answered, or will be.  A session process that is not there
 * may be one that the master is about to tell us of; one that is gone needs no
 * answer. */
static bool try_grant(struct serve_context *serve, struct packet *p,
		      bool may_wait, uint64_t until_ms)
{
	struct peer *session =
	    service_borrow(&serve->service, ROLE_SESSION, p->as.grant.session);
	bool is_answered = !may_wait;

	if (session != NULL) {
		is_answered = grant_to(serve, session, p, may_wait, until_ms);
		service_give_back(session);
	}
	return is_answered;
}

/* All that wait have one thread: it reads nothing. */
bool grant_try_again(void *ctx, struct packet *grant, bool is_last)
{
	return try_grant(ctx, grant, !is_last, 0);
}

void grant_take(struct serve_context *serve, struct packet *p)
{
	uint64_t until_ms = clock_ms() + MAILDROP_DIRECT_MS;

	if (!try_grant(serve, p, true, until_ms) &&
	    !waiting_add(&serve->waiting, p)) {
		(void)try_grant(serve, p, false, until_ms);
	}
}
