// SPDX-License-Identifier: ISC
/*
 * report_pace.c - how fast it goes (report_impl.h).
 * Runs in: restante, any thread, with the report's lock.  Trusts: nothing.
 * Allocates: never.
 */
#include "fetch/show/report_impl.h"

#define SMOOTH_MS 3000u /* what is older hardly counts */
#define STALL_MS  5000u

static uint64_t per_second(uint64_t octets, uint64_t ms)
{
	if (ms == 0) {
		return 0;
	}
	return octets > UINT64_MAX / 1000 ? octets / ms * 1000
					  : octets * 1000 / ms;
}

void pace_update(struct report_account *a, uint64_t now_ms)
{
	struct report_pace *p = &a->pace;
	uint64_t ms = now_ms - p->seen_ms, octets = a->octets - p->seen_octets;
	double share;

	if (p->begun_ms == 0) {
		if (a->octets > 0) {
			p->begun_ms = p->seen_ms = p->grown_ms = now_ms;
		}
		return;
	}
	if (ms == 0) {
		return;
	}
	if (octets > 0) {
		p->grown_ms = now_ms;
	}
	if (p->seen_ms == p->begun_ms || now_ms - p->begun_ms < SMOOTH_MS) {
		p->octets_per_s = per_second(a->octets, now_ms - p->begun_ms);
	} else {
		share = (double)ms / (double)(ms + SMOOTH_MS);
		p->octets_per_s =
		    (uint64_t)((double)per_second(octets, ms) * share +
			       (double)p->octets_per_s * (1 - share));
	}
	p->seen_ms = now_ms;
	p->seen_octets = a->octets;
}

bool pace_left(const struct report_account *a, uint64_t *seconds_r)
{
	uint64_t rate = a->pace.octets_per_s;
	uint64_t left = a->listing.new_octets - count_position(a);

	if (rate == 0) {
		return false;
	}
	*seconds_r = left / rate + (left % rate != 0);
	return true;
}

bool pace_is_stalled(const struct report_account *a, uint64_t now_ms)
{
	return a->pace.begun_ms != 0 && now_ms - a->pace.grown_ms >= STALL_MS;
}
