// SPDX-License-Identifier: ISC
/*
 * waits.c - how long a connection waits (waits.h).
 * Runs in: the collector's loop.  Trusts: its caller.  Allocates: never.
 */
#include "fetch/net/waits.h"

#include "fetch/limits.h"

void waits_init(struct waits *w, uint64_t limit_ms)
{
	*w = (struct waits){ .limit_ms = limit_ms,
			     .floor_ms = FETCH_PROGRESS_TIMEOUTS * limit_ms };
	w->floor_octets = w->floor_ms / 1000 * FETCH_PROGRESS_RATE;
}

static bool is_counted(const struct waits *w)
{
	return w->is_awaited && !w->is_held;
}

static void begin_window(struct waits *w, uint64_t now_ms)
{
	w->progress_ms = now_ms;
	w->progress_octets = 0;
}

static void begin_if(struct waits *w, bool was_counted, uint64_t now_ms)
{
	if (is_counted(w) && !was_counted) {
		w->heard_ms = now_ms;
		begin_window(w, now_ms);
	}
}

void waits_shake(struct waits *w, bool is_shaking, uint64_t now_ms)
{
	w->is_shaking = is_shaking;
	w->shaking_ms = now_ms;
	w->heard_ms = now_ms;
	w->taken_ms = now_ms;
	begin_window(w, now_ms);
}

void waits_await(struct waits *w, bool is_awaited, uint64_t now_ms)
{
	bool was_counted = is_counted(w);

	w->is_awaited = is_awaited;
	begin_if(w, was_counted, now_ms);
}

void waits_hold(struct waits *w, bool is_held, uint64_t now_ms)
{
	bool was_counted = is_counted(w);

	w->is_held = is_held;
	begin_if(w, was_counted, now_ms);
}

/* The window begins anew whenever the floor is reached: so it is not a mean
 * over hours, in which what came first would pay for what comes never. */
void waits_heard(struct waits *w, size_t octets, uint64_t now_ms)
{
	w->heard_ms = now_ms;
	w->progress_octets += octets;
	if (w->progress_octets >= w->floor_octets) {
		begin_window(w, now_ms);
	}
}

/* Many short answers are no trickle. */
void waits_answered(struct waits *w, uint64_t now_ms)
{
	begin_window(w, now_ms);
}

void waits_pend(struct waits *w, bool is_pending, uint64_t now_ms)
{
	if (is_pending && !w->is_pending) {
		w->taken_ms = now_ms;
	}
	w->is_pending = is_pending;
}

void waits_taken(struct waits *w, uint64_t now_ms)
{
	w->taken_ms = now_ms;
}

static uint64_t sooner(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t waits_end_ms(const struct waits *w)
{
	uint64_t end = UINT64_MAX;

	if (w->is_shaking) {
		return w->shaking_ms + w->limit_ms;
	}
	if (is_counted(w)) {
		end = sooner(w->heard_ms + w->limit_ms,
			     w->progress_ms + w->floor_ms);
	}
	if (w->is_pending) {
		end = sooner(end, w->taken_ms + w->limit_ms);
	}
	return end;
}

enum waits_fault waits_judge(const struct waits *w, uint64_t now_ms)
{
	if (w->is_shaking) {
		return now_ms >= w->shaking_ms + w->limit_ms
			   ? WAITS_FAULT_HANDSHAKE
			   : WAITS_FAULT_NONE;
	}
	if (w->is_pending && now_ms >= w->taken_ms + w->limit_ms) {
		return WAITS_FAULT_STUCK;
	}
	if (is_counted(w) && now_ms >= w->heard_ms + w->limit_ms) {
		return WAITS_FAULT_SILENCE;
	}
	if (is_counted(w) && now_ms >= w->progress_ms + w->floor_ms) {
		return WAITS_FAULT_TRICKLE;
	}
	return WAITS_FAULT_NONE;
}
