// SPDX-License-Identifier: ISC
/*
 * ahead.c - messages that are there before they are asked for (ahead.h).
 * Runs in: session.  Trusts: packet_check, for the form of the texts.
 * Allocates: a copy of at most a packet for a connection.
 */
#include "session/ahead.h"

#include <stdlib.h>

#include "session/conn.h"

/*
 * Who fetches everything, or all that is new, takes one message after the
 * other: so the more at once, the longer that has lasted.  Who has listed all
 * and begins with the first is likely to; who takes the first without a look at
 * the list may want no other: a probe, or one that takes its mail one by one, a
 * session each.
 */
static uint32_t likely(const struct conn *c, uint32_t idx, enum ahead_next next)
{
	const struct conn_body *b = &c->body;

	if (next != AHEAD_UNKNOWN) {
		return next == AHEAD_FOLLOWS ? PACKET_TEXTS_MAX : 1;
	}
	if (b->next == 0) {
		return c->engine.has_listed && idx == 0 ? SESSION_AHEAD_FIRST
							: 1;
	}
	return b->next == idx ? b->asked * 2 : 1;
}

uint32_t ahead_wanted(const struct conn *c, uint32_t idx, enum ahead_next next)
{
	uint32_t left = c->view.count - idx;
	uint32_t count = likely(c, idx, next);

	if (c->process->ahead_octets >= SESSION_AHEAD_OCTETS_MAX) {
		return 1;
	}
	count = count < PACKET_TEXTS_MAX ? count : PACKET_TEXTS_MAX;
	return left < count ? left : count;
}

static void give_memory_up(struct conn *c)
{
	struct ahead *a = &c->ahead;

	if (a->memory != NULL) {
		c->process->ahead_octets -= a->counted;
		free(a->memory);
		a->memory = NULL;
		list_remove(&c->queue);
	}
}

void ahead_drop(struct conn *c)
{
	give_memory_up(c);
	c->ahead = (struct ahead){ .at = NULL };
}

void ahead_lend(struct conn *c, const struct packet *p)
{
	ahead_drop(c);
	c->ahead.at = packet_tail(p);
	c->ahead.len = (uint32_t)packet_tail_len(p);
	c->ahead.idx = p->as.texts.idx;
	c->ahead.count = p->as.texts.count;
}

/* The front is no more than the message under way, whose client has its own
 * time limits: it is not in the way of what others might ask for. */
static void keep_front(struct conn *c)
{
	struct ahead *a = &c->ahead;
	uint32_t len;
	const uint8_t *text = ahead_text(c, &len);

	a->len = (uint32_t)(text + len - a->at);
	a->count = 1;
}

static void copy_front(struct conn *c)
{
	struct ahead *a = &c->ahead;
	uint8_t *smaller;

	keep_front(c);
	memmove(a->memory, a->at, a->len);
	smaller = realloc(a->memory, a->len);
	if (smaller != NULL) {
		a->memory = smaller;
	}
	a->at = a->memory;
	c->process->ahead_octets -= a->counted;
	a->counted = 0;
}

static bool copy(struct conn *c, bool is_counted)
{
	struct ahead *a = &c->ahead;
	uint8_t *memory = malloc(a->len);

	if (memory == NULL) {
		return false;
	}
	memcpy(memory, a->at, a->len);
	a->at = a->memory = memory;
	a->counted = is_counted ? a->len : 0;
	a->kept_ms = c->process->loop.now_ms;
	c->process->ahead_octets += a->counted;
	c->process->ahead_copied += a->len;
	list_append(&c->process->ahead, &c->queue);
	return true;
}

bool ahead_keep(struct conn *c)
{
	bool has_room = c->process->ahead_octets < SESSION_AHEAD_OCTETS_MAX;
	bool is_wanted = c->waits == CONN_WAITS_NOT && has_room;

	if (c->ahead.count == 0 || c->ahead.memory != NULL) {
		return true;
	}
	if (c->body.is_held && !has_room) {
		keep_front(c);
	}
	if ((is_wanted || c->body.is_held) && copy(c, has_room)) {
		return true;
	}
	ahead_drop(c);
	return !c->body.is_held;
}

static void drop_first(struct conn *c)
{
	struct ahead *a = &c->ahead;
	struct packet_text text;
	size_t len = a->len;

	if (!packet_take_text(&a->at, &len, &text)) {
		process_fail("texts that are none"); /* packet_check forbids */
	}
	a->len = (uint32_t)len;
	a->idx++;
	a->count--;
	if (a->count == 0) {
		ahead_drop(c);
	}
}

bool ahead_seek(struct conn *c, uint32_t idx)
{
	struct ahead *a = &c->ahead;

	if (idx < a->idx || idx - a->idx >= a->count) {
		ahead_drop(c);
		return false;
	}
	while (a->idx != idx) {
		drop_first(c);
	}
	if (a->memory != NULL) {
		a->kept_ms = c->process->loop.now_ms;
		list_append(&c->process->ahead, &c->queue);
	}
	return true;
}

const uint8_t *ahead_text(const struct conn *c, uint32_t *len_r)
{
	const uint8_t *at = c->ahead.at;
	size_t len = c->ahead.len;
	struct packet_text text;

	if (!packet_take_text(&at, &len, &text)) {
		process_fail("texts that are none"); /* packet_check forbids */
	}
	*len_r = text.len;
	return text.at;
}

void ahead_tick(struct process *p)
{
	struct list *next, *at = p->ahead.next;

	for (; at != &p->ahead; at = next) {
		struct conn *c = LIST_OWNER(at, struct conn, queue);

		next = at->next;
		if (p->loop.now_ms - c->ahead.kept_ms < SESSION_AHEAD_MS) {
			return;
		}
		if (!c->body.is_held) {
			ahead_drop(c);
		} else if (c->ahead.counted != 0) {
			copy_front(c);
		}
	}
}
