// SPDX-License-Identifier: ISC
/*
 * waits.h - how long a connection waits, and for what: the handshake, an
 * answer, room for what is to be sent, and progress at all.  Pure; time is an
 * argument.
 */
#ifndef FETCH_NET_WAITS_H
#define FETCH_NET_WAITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum waits_fault {
	WAITS_FAULT_NONE,
	WAITS_FAULT_HANDSHAKE, /* it was not done in time */
	WAITS_FAULT_SILENCE,   /* nothing came though it was awaited */
	WAITS_FAULT_TRICKLE,   /* not floor_octets in floor_ms */
	WAITS_FAULT_STUCK,     /* nothing of what is to be sent was taken */
};

struct waits {
	uint64_t limit_ms;
	uint64_t floor_ms; /* FETCH_PROGRESS_TIMEOUTS times the limit */
	uint64_t floor_octets;
	bool is_shaking, is_awaited, is_held, is_pending;
	uint64_t shaking_ms;  /* since when */
	uint64_t heard_ms;    /* last, or since it is counted */
	uint64_t taken_ms;    /* last, or since something waits */
	uint64_t progress_ms; /* the window's begin, and what came in it */
	uint64_t progress_octets;
};

void waits_init(struct waits *w, uint64_t limit_ms);

void waits_shake(struct waits *w, bool is_shaking, uint64_t now_ms);
/* An answer is awaited; and it is we who do not read. */
void waits_await(struct waits *w, bool is_awaited, uint64_t now_ms);
void waits_hold(struct waits *w, bool is_held, uint64_t now_ms);
void waits_heard(struct waits *w, size_t octets, uint64_t now_ms);
/* An answer was over. */
void waits_answered(struct waits *w, uint64_t now_ms);
/* Something is to be sent; and some of it was. */
void waits_pend(struct waits *w, bool is_pending, uint64_t now_ms);
void waits_taken(struct waits *w, uint64_t now_ms);

/* When the next wait ends; UINT64_MAX: there is none. */
uint64_t waits_end_ms(const struct waits *w);

/* Which wait is over, if one is. */
enum waits_fault waits_judge(const struct waits *w, uint64_t now_ms);

#endif
