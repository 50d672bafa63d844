// SPDX-License-Identifier: ISC
/*
 * report_count.c - how far an account is (report_impl.h). Runs in: restante,
 * any thread, with the report's lock.  Trusts: no number that a server said:
 * sums stay where they would overflow.  Allocates: never.
 */
#include "fetch/show/report_impl.h"

static uint64_t sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* What was coming is here. */
static void pass_coming(struct report_account *a)
{
	a->passed_octets = sum(a->passed_octets, a->coming_octets);
	a->coming_octets = 0;
	a->came_octets = 0;
}

void count_listing(struct report_account *a, const struct report_listing *l)
{
	pass_coming(a);
	/* what is still so is told anew in each session */
	a->too_large = 0;
	a->outcomes[REPORT_POSTPONED] = 0;
	a->outcomes[REPORT_UNDELETED] = 0;
	a->listing = *l;
	a->listing.new_count += count_finished(a);
	a->listing.new_octets = sum(l->new_octets, a->passed_octets);
}

void count_begun(struct report_account *a, const struct report_message *m)
{
	pass_coming(a);
	a->coming_octets = m->octets;
}

void count_message(struct report_account *a, enum report_outcome outcome,
		   const struct report_message *m)
{
	a->outcomes[outcome]++;
	a->too_large += outcome == REPORT_TOO_LARGE;
	switch (outcome) {
	case REPORT_DELIVERED:
		a->delivered_octets = sum(a->delivered_octets, m->octets);
		break;
	case REPORT_SKIPPED:
	case REPORT_TOO_LARGE:
	case REPORT_TOO_OLD:
		/* their text never comes */
		a->passed_octets = sum(a->passed_octets, m->octets);
		break;
	case REPORT_SET_ASIDE:
		a->aside++;
		break;
	case REPORT_KNOWN:
	case REPORT_DELETED:
	case REPORT_POSTPONED:
	case REPORT_UNDELETED:
		break;
	}
}

uint32_t count_finished(const struct report_account *a)
{
	uint32_t count = 0;

	for (size_t i = 0; i < REPORT_DELETED; i++) {
		count += a->outcomes[i];
	}
	return count;
}

uint64_t count_position(const struct report_account *a)
{
	uint64_t came = a->came_octets < a->coming_octets ? a->came_octets
							  : a->coming_octets;
	uint64_t position = sum(a->passed_octets, came);

	return position < a->listing.new_octets ? position
						: a->listing.new_octets;
}
