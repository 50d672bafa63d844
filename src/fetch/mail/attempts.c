// SPDX-License-Identifier: ISC
/*
 * attempts.c - messages that cannot be had (attempts.h).
 * Runs in: the collector's carriers.  Trusts: the plan.  Allocates: never.
 */
#include "fetch/mail/attempts.h"

#include "fetch/limits.h"

/* A row that is held, and whose unique-id this message has, stays what it is:
 * its tries alone set the message aside (plan.c). */
static void begin_attempt(const struct plan *plan, const struct plan_item *item,
			  struct record_entry *e)
{
	if (record_is_held(e)) {
		return;
	}
	if (e->octets != item->octets) {
		/* another message failed under this unique-id */
		e->octets = item->octets;
		e->tries = 0;
	}
	e->stage = RECORD_TRIED;
	e->has_sum = false;
	e->changed_unix = plan->policy.now_unix;
}

static void set_aside(struct plan_item *item, struct record_entry *e)
{
	e->tries = FETCH_TRIES_MAX;
	if (!record_is_held(e)) {
		e->stage = RECORD_SET_ASIDE;
	}
	item->action = PLAN_SET_ASIDE;
	item->because = PLAN_FAILED;
}

struct record_entry *attempts_count(const struct plan *plan,
				    struct plan_item *item,
				    const struct why *failure,
				    struct record_entry *fresh)
{
	struct record_entry *e = item->row;

	if (e == NULL) {
		e = fresh;
		plan_entry(item, e);
	}
	begin_attempt(plan, item, e);
	e->tries += 1;
	e->reason = failure->text;
	if (failure->kind == WHY_MESSAGE || e->tries >= FETCH_TRIES_MAX) {
		set_aside(item, e);
	}
	return e;
}
