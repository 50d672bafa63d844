// SPDX-License-Identifier: ISC
/*
 * ahead.c - messages that are there before they are asked for (ahead.h).
 * Runs in: session.  Trusts: packet_check, for the form of the texts.
 * Allocates: a copy of at most a packet for a connection.
 */
#include "session/ahead.h"

#include <malloc.h>
#include <stdlib.h>

#include "session/conn.h"

/*
 * Who fetches everything, or all that is new, takes one message after the
 * other.  Who takes the first without a look at the list may want no other: a
 * probe, or one that takes its mail one by one, a session each.
 */
static bool is_another_likely(const struct conn *c, uint32_t idx)
{
	return c->body.next == 0 ? c->engine.has_listed : c->body.next == idx;
}

uint32_t ahead_wanted(const struct conn *c, uint32_t idx, bool is_followed)
{
	uint32_t left = c->view.count - idx;

	if ((!is_followed && !is_another_likely(c, idx)) ||
	    c->process->ahead_octets >= SESSION_AHEAD_OCTETS_MAX) {
		return 1;
	}
	return left < PACKET_TEXTS_MAX ? left : PACKET_TEXTS_MAX;
}

static void give_memory_up(struct conn *c)
{
	struct ahead *a = &c->ahead;

	if (a->memory != NULL) {
		c->process->ahead_octets -= a->cap;
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

/* Whether it is worth a copy, or must be. */
static bool is_wanted(const struct conn *c)
{
	return c->body.is_held ||
	       (c->waits == CONN_WAITS_NOT &&
		c->process->ahead_octets < SESSION_AHEAD_OCTETS_MAX);
}

static bool copy(struct conn *c)
{
	struct ahead *a = &c->ahead;
	uint8_t *memory = malloc(a->len);

	if (memory == NULL) {
		return false;
	}
	memcpy(memory, a->at, a->len);
	a->at = a->memory = memory;
	a->cap = a->len;
	a->kept_ms = c->process->loop.now_ms;
	c->process->ahead_octets += a->cap;
	c->process->ahead_copied += a->cap;
	list_append(&c->process->ahead, &c->queue);
	return true;
}

bool ahead_keep(struct conn *c)
{
	if (c->ahead.count == 0 || c->ahead.memory != NULL) {
		return true;
	}
	if (is_wanted(c) && copy(c)) {
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

/* One that is under way goes with its connection, which has time limits. */
static void drop_late(struct process *p)
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
		}
	}
}

/* What lay between connections that stay leaves holes in the heap. */
static void give_memory_back(struct process *p)
{
	if (list_is_empty(&p->ahead) &&
	    p->ahead_copied >= SESSION_AHEAD_TRIM_OCTETS &&
	    p->loop.now_ms - p->given_back_ms >= SESSION_TRIM_MS) {
		malloc_trim(0);
		p->ahead_copied = 0;
		p->given_back_ms = p->loop.now_ms;
	}
}

void ahead_tick(struct process *p)
{
	drop_late(p);
	give_memory_back(p);
}
