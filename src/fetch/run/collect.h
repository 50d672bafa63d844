// SPDX-License-Identifier: ISC
/*
 * collect.h - one account's mail is collected: visits until nothing is left,
 * and a carrier for all of them.  In the loop.
 */
#ifndef FETCH_RUN_COLLECT_H
#define FETCH_RUN_COLLECT_H

#include <uv.h>

#include "fetch/account.h"
#include "fetch/net/trust.h"
#include "fetch/show/report.h"
#include "fetch/why.h"

struct collect;

struct collect_options {
	uv_loop_t *loop;
	const struct account *account; /* with a password, if it needs one */
	struct trust *trust;
	struct report *report;
	const char *record_path;
	struct turns *turns; /* haul.h; it outlives the loop's run */
	bool retries;        /* messages set aside, too */
	/* It is over: why->kind is WHY_NONE if all went well.
	 * login_delay_s: the server wants no log-in before that; 0: it does
	 * not say.  collect_destroy may be called in it. */
	void (*on_end)(void *ctx, const struct why *why,
		       uint32_t login_delay_s);
	void *ctx;
};

/* Begins.  on_end is called from the loop, never in here.  NULL: no memory. */
MUST_USE struct collect *collect_create(const struct collect_options *options);
void collect_destroy(struct collect **collect);

/* Comes to an end soon: what was taken in whole is delivered, and what was
 * delivered is deleted, if the server answers within COLLECT_STOP_MS. */
void collect_stop(struct collect *c);

/* If a delivery keeps it from its end: says so, once. */
void collect_tell_lingering(struct collect *c);

#endif
