// SPDX-License-Identifier: ISC
/*
 * pace.c - rests of those who take much (pace.h).
 * Runs in: session.  Trusts: nothing that the client does.
 */
#include "session/pace.h"

void pace_note_much(struct conn *c)
{
	c->much_ms = c->process->loop.now_ms + SESSION_TAKES_MUCH_MS;
}

void pace_note_asked(struct conn *c)
{
	struct process *p = c->process;

	if (p->loop.now_ms >= c->much_ms) {
		p->asked_ms = p->loop.now_ms;
	}
}

/* One that has used up its turn just now, while others ask. */
static bool has_to_rest(const struct conn *c)
{
	const struct process *p = c->process;

	return c->much_ms == p->loop.now_ms + SESSION_TAKES_MUCH_MS &&
	       p->loop.now_ms < p->asked_ms + SESSION_ASKED_MS;
}

void pace_await_room(struct conn *c)
{
	struct process *p = c->process;

	if (c->timed != TIMING_STALL) {
		conn_time(c, TIMING_STALL);
	}
	if (has_to_rest(c)) {
		conn_watch(c, 0);
		list_append(&p->resting, &c->resting);
		p->rested_ms = p->loop.now_ms + SESSION_REST_MS;
	} else {
		conn_watch(c, LOOP_WRITABLE);
	}
}

void pace_tick(struct process *p)
{
	while (p->loop.now_ms >= p->rested_ms && !list_is_empty(&p->resting)) {
		struct conn *c =
		    LIST_OWNER(p->resting.next, struct conn, resting);

		list_remove(&c->resting);
		conn_watch(c, LOOP_WRITABLE);
	}
}
