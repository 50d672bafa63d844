// SPDX-License-Identifier: ISC
/*
 * table.c - all connections of a session process (table.h).
 * Runs in: session.  Trusts: the kernel's word about a peer's address.
 */
#include "session/table.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "base/log.h"
#include "os/fd.h"
#include "session/admit.h"
#include "session/offer.h"

#define SLOTS_FIRST 64u

void table_init(struct process *p)
{
	for (size_t i = 0; i < TIMING_COUNT; i++) {
		list_init(&p->timing[i]);
	}
	list_init(&p->delayed);
	list_init(&p->turns);
	list_init(&p->resting);
	list_init(&p->ahead);
}

/* --- numbers: the slot in the low half, how often it was used above --- */

static bool grow(struct process *p)
{
	uint32_t cap = p->slot_cap == 0 ? SLOTS_FIRST : p->slot_cap * 2;
	struct table_slot *slots = realloc(p->slots, cap * sizeof(*slots));

	if (slots == NULL) {
		return false;
	}
	for (uint32_t i = p->slot_cap; i < cap; i++) {
		slots[i] = (struct table_slot){ .next_free = i + 1, .turn = 1 };
	}
	p->slots = slots;
	p->slot_cap = cap; /* the last one's next_free: none */
	return true;
}

static bool put(struct process *p, struct conn *c)
{
	struct table_slot *slot;

	if (p->slot_free == p->slot_cap && !grow(p)) {
		return false;
	}
	slot = &p->slots[p->slot_free];
	c->id = (uint64_t)slot->turn << 32 | p->slot_free;
	p->slot_free = slot->next_free;
	slot->conn = c;
	p->conn_count++;
	process_note_begin(p);
	return true;
}

/* Not 0: a connection's number is above those of sources. */
static uint32_t next_turn(uint32_t turn)
{
	return turn == UINT32_MAX ? 1 : turn + 1;
}

void table_remove(struct process *p, struct conn *c)
{
	uint32_t i = (uint32_t)c->id;
	struct table_slot *slot = &p->slots[i];

	slot->conn = NULL;
	slot->turn = next_turn(slot->turn);
	slot->next_free = p->slot_free;
	p->slot_free = i;
	p->conn_count--;
	process_note_end(p);
}

struct conn *table_find(const struct process *p, uint64_t id)
{
	uint32_t i = (uint32_t)id;

	if (i >= p->slot_cap || p->slots[i].turn != id >> 32) {
		return NULL;
	}
	return p->slots[i].conn;
}

/* --- new ones --- */

static void take_address(struct conn *c, const struct sockaddr_storage *from)
{
	const struct sockaddr_in *v4 = (const void *)from;
	const struct sockaddr_in6 *v6 = (const void *)from;

	if (from->ss_family == AF_INET) {
		c->address[10] = 0xff;
		c->address[11] = 0xff;
		memcpy(c->address + 12, &v4->sin_addr, 4);
		c->port = ntohs(v4->sin_port);
	} else if (from->ss_family == AF_INET6) {
		memcpy(c->address, &v6->sin6_addr, 16);
		c->port = ntohs(v6->sin6_port);
	}
}

static struct conn *make(struct process *p, const struct sockaddr_storage *from)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		return NULL;
	}
	c->process = p;
	c->fd = -1;
	c->body.fd = -1;
	list_init(&c->timing);
	list_init(&c->queue);
	list_init(&c->resting);
	take_address(c, from);
	if (!put(p, c)) {
		free(c);
		return NULL;
	}
	if (offer_begin(c) < 0) {
		table_remove(p, c);
		free(c);
		return NULL;
	}
	c->timed = TIMING_LOGIN;
	c->touched_ms = p->loop.now_ms;
	c->report.begun_ms = c->touched_ms;
	list_append(&p->timing[TIMING_LOGIN], &c->timing);
	return c;
}

void table_say_full(const struct conn *c)
{
	static const char text[] =
	    "-ERR [SYS/TEMP] Too many connections; try later\r\n";

	if (!c->is_tls_due) { /* or it would take it for a broken record */
		(void)!send(c->fd, text, sizeof(text) - 1, MSG_NOSIGNAL);
	}
}

/* A connection that is one too many. */
static void turn_away(struct conn *c, enum report_end why)
{
	struct process *p = c->process;

	table_say_full(c);
	c->report.end = (uint8_t)why;
	report_write(&c->report, c->address, c->port, p->loop.now_ms);
	fd_close(&c->fd);
	list_remove(&c->timing);
	table_remove(p, c);
	free(c);
}

void table_add(struct listener *l, int fd, const struct sockaddr_storage *from)
{
	struct process *p = l->source.process;
	struct conn *c = make(p, from);

	if (c == NULL) {
		log_event(LOG_ERROR, "connection refused: no memory");
		fd_close(&fd);
		return;
	}
	c->fd = fd;
	c->is_tls_due = l->kind == LISTENER_TLS;
	if (p->conn_count > p->conn_max) {
		turn_away(c, REPORT_FULL);
		return;
	}
	switch (admit_enter(c)) {
	case COUNTERS_ENTERED:
		break;
	case COUNTERS_FULL:
		turn_away(c, REPORT_FULL);
		return;
	case COUNTERS_ADDRESS_FULL:
		turn_away(c, REPORT_ADDRESS_FULL);
		return;
	}
	conn_begin(c);
}

/* --- time limits and the end --- */

static const enum report_end timing_ends[TIMING_COUNT] = {
	[TIMING_LOGIN] = REPORT_LOGIN_TIME,
	[TIMING_IDLE] = REPORT_IDLE,
	[TIMING_STALL] = REPORT_STALL,
};

/* [rfc1939/3/autologout] "When the timer expires, the session does NOT enter
 * the UPDATE state--the server should close the TCP connection without removing
 * any messages or sending any response to the client." */
static void tick_list(struct process *p, enum timing timing, uint64_t limit_ms)
{
	struct list *all = &p->timing[timing];

	while (!list_is_empty(all)) {
		struct conn *c = LIST_OWNER(all->next, struct conn, timing);

		if (p->loop.now_ms - c->touched_ms < limit_ms) {
			return;
		}
		if (timing == TIMING_STALL && !output_is_stalled(c)) {
			conn_time(c, TIMING_STALL);
		} else {
			conn_drop(c, timing_ends[timing]);
		}
	}
}

/* They are few: who guesses passwords. */
static void tick_delayed(struct process *p)
{
	struct list *next, *at = p->delayed.next;

	for (; at != &p->delayed; at = next) {
		struct conn *c = LIST_OWNER(at, struct conn, queue);

		next = at->next;
		if (p->loop.now_ms >= c->delay_ms) {
			list_remove(&c->queue);
			c->waits = CONN_WAITS_NOT;
			conn_resume(c);
		}
	}
}

void table_tick(struct process *p)
{
	tick_delayed(p);
	ahead_tick(p);
	tick_list(p, TIMING_LOGIN, p->settings.login_ms);
	tick_list(p, TIMING_IDLE, p->settings.idle_ms);
	tick_list(p, TIMING_STALL, p->settings.stall_ms);
}

/* Whether nothing can be said to it yet. */
static bool is_unspoken_to(const struct conn *c)
{
	return c->awaits_header || (c->tls != NULL && !tls_is_ready(c->tls));
}

void table_stop(struct process *p)
{
	for (uint32_t i = 0; i < p->slot_cap; i++) {
		struct conn *c = p->slots[i].conn;

		if (c != NULL && conn_is_idle(c)) {
			conn_abort(c, REPORT_STOP, POP3_CODE_SYS_TEMP,
				   "The server is stopping");
		} else if (c != NULL && is_unspoken_to(c)) {
			conn_drop(c, REPORT_STOP);
		}
	}
}

void table_drop_all(struct process *p, enum report_end why)
{
	for (uint32_t i = 0; i < p->slot_cap; i++) {
		if (p->slots[i].conn != NULL) {
			conn_drop(p->slots[i].conn, why);
		}
	}
}
