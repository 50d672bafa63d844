// SPDX-License-Identifier: ISC
/*
 * watched.h - a clock for waits: it runs while we look and listen, and stands
 * while we are stopped, starved or busy with something else.  What was not
 * heard then is no silence.  Pure; time is an argument.
 *
 * Whoever waits looks at it once in WATCHED_BEAT_MS at least; more than that
 * between two looks is our own absence, and does not count.
 */
#ifndef FETCH_NET_WATCHED_H
#define FETCH_NET_WATCHED_H

#include <stdint.h>

/* A wake-up a second, while something is waited for. */
#define WATCHED_BEAT_MS 1000u

struct watched {
	uint64_t seen_ms;   /* when it was looked at last */
	uint64_t absent_ms; /* of the time before that */
};

static inline struct watched watched_from(uint64_t now_ms)
{
	return (struct watched){ .seen_ms = now_ms };
}

static inline uint64_t watched_ms(struct watched *w, uint64_t now_ms)
{
	uint64_t gap_ms = now_ms - w->seen_ms;

	if (gap_ms > WATCHED_BEAT_MS) {
		w->absent_ms += gap_ms - WATCHED_BEAT_MS;
	}
	w->seen_ms = now_ms;
	return now_ms - w->absent_ms;
}

/* How long to sleep until end_ms, or the next look. */
static inline uint64_t watched_pause(uint64_t end_ms, uint64_t now_ms)
{
	uint64_t ms = end_ms > now_ms ? end_ms - now_ms : 0;

	return ms < WATCHED_BEAT_MS ? ms : WATCHED_BEAT_MS;
}

#endif
