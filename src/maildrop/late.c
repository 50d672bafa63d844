// SPDX-License-Identifier: ISC
/*
 * late.c - loading lists that are asked for (late.h).
 * Runs in: maildrop: in a thread of a session's channel, and in those of the
 * slow lane.
 * Trusts: of a session process nothing: what it names must be its own, and of
 * each maildrop it has at most one request here.
 * Allocates: a struct late for each request in the slow lane.
 */
#include "late.h"

#include <stdlib.h>
#include <string.h>

#include "limits.h"
#include "os/clock.h"
#include "slow.h"

/* A request that waits for a list. */
struct late {
	struct slow_job slow; /* first: of that the lane knows */
	struct packet request;
};

/* Without its list the request is refused. */
static void load_it(struct lane_job *job, struct store_pace *pace)
{
	(void)drop_load(slow_job_of(job)->drop, pace);
}

static void serve_it(struct lane_job *job)
{
	struct late *late = (struct late *)(void *)job;
	struct slow_job *slow = &late->slow;
	struct packet *p = &late->request;
	struct peer *session = slow_job_borrow(slow);

	drop_end_late(slow->drop);
	drop_release(slow->drop);
	if (session != NULL) {
		if (serve_packet(slow->serve, session, p) < 0) {
			service_drop(session, packet_name(p->as.head.type));
		}
		service_give_back(session);
	}
	free(late);
}

/* Takes over the drop's reference if it is true. */
static bool load_slowly(struct serve_context *serve, struct peer *session,
			struct drop *d, const struct packet *p)
{
	struct late *late = malloc(sizeof(*late));

	if (late != NULL) {
		late->request.len = p->len;
		late->request.fd = -1;
		memcpy(late->request.as.octets, p->as.octets, p->len);
	}
	return slow_job_start(late == NULL ? NULL : &late->slow, serve,
			      session->id, d, load_it, serve_it);
}

static bool may_read_directly(struct store_pace *pace, uint64_t octets)
{
	const uint64_t *until_ms = pace->ctx;

	return octets <= MAILDROP_DIRECT_OCTETS_MAX && clock_ms() < *until_ms;
}

struct store_pace late_pace(uint64_t *until_ms)
{
	return (struct store_pace){ may_read_directly, until_ms, false };
}

static bool needs_list(const struct packet *p)
{
	switch (p->as.head.type) {
	case PACKET_GET_LISTING:
	case PACKET_FETCH:
		return true;
	case PACKET_COMMIT:
		return p->as.commit.marked != 0;
	}
	return false;
}

/* What the packet means, if its list is missing. */
static struct drop *drop_without_list(struct peer *session,
				      const struct packet *p)
{
	/* the others that need it begin as GET_LISTING does */
	const struct packet_handle *h = &p->as.handle;
	struct drop *d;

	if (!needs_list(p) ||
	    handles_get(session->state, h->handle, &d) != HANDLE_IS_OPEN) {
		return NULL;
	}
	if (drop_conn(d) != h->conn || drop_is_loaded(d)) {
		drop_release(d);
		return NULL;
	}
	return d;
}

bool late_takes(struct serve_context *serve, struct peer *session,
		const struct packet *p)
{
	uint64_t until_ms = clock_ms() + MAILDROP_DIRECT_MS;
	struct store_pace pace = late_pace(&until_ms);
	struct drop *d = drop_without_list(session, p);
	bool is_taken = false;

	if (d == NULL) {
		return false;
	}
	if (drop_load(d, &pace) == STATUS_OK && !drop_is_loaded(d) &&
	    drop_begin_late(d)) {
		is_taken = load_slowly(serve, session, d, p);
		if (!is_taken) {
			drop_end_late(d);
		}
	}
	if (!is_taken) {
		drop_release(d);
	}
	return is_taken;
}
