// SPDX-License-Identifier: ISC
/*
 * attempts.c - messages that cannot be had (attempts.h).
 * Runs in: the collector's carriers.  Trusts: the plan.  Allocates: never.
 */
#include "fetch/mail/attempts.h"

#include "fetch/limits.h"

/* A row that is held, and whose unique-id this message has, stays what it is:
 * its tries alone set the message aside (plan.c). */
static void begin_entry(const struct plan *plan, const struct plan_item *item,
			struct record_entry *e)
{
	if (item->row != NULL) {
		*e = *item->row;
	} else {
		plan_entry(item, e);
	}
	if (!record_is_held(e)) {
		if (e->octets != item->octets) {
			/* another message failed under this unique-id */
			e->octets = item->octets;
			e->tries = 0;
		}
		e->stage = RECORD_TRIED;
		e->has_sum = false;
		e->changed_unix = plan->policy.now_unix;
	}
}

static bool count_one(struct record_entry *e, const struct why *failure)
{
	e->reason = failure->text;
	e->tries = failure->kind == WHY_MESSAGE || e->tries >= FETCH_TRIES_MAX
		       ? FETCH_TRIES_MAX
		       : e->tries + 1;
	if (e->tries < FETCH_TRIES_MAX) {
		return false;
	}
	if (!record_is_held(e)) {
		e->stage = RECORD_SET_ASIDE;
	}
	return true;
}

static int put(struct record *r, struct record_entry *e, struct why *why)
{
	if (record_begin(r, why) < 0) {
		return -1;
	}
	if (record_put(r, e, why) < 0) {
		record_rollback(r);
		return -1;
	}
	return record_commit(r, why);
}

int attempts_count(struct record *r, const struct plan *plan,
		   struct plan_item *item, const struct why *failure,
		   struct why *why)
{
	struct record_entry e;
	bool is_set_aside;

	begin_entry(plan, item, &e);
	is_set_aside = count_one(&e, failure);
	if (put(r, &e, why) < 0) {
		return -1;
	}
	if (item->row != NULL) {
		/* the failure's text is not ours to keep */
		e.reason = item->row->reason;
		*item->row = e;
	}
	if (is_set_aside) {
		item->action = PLAN_SET_ASIDE;
		item->because = PLAN_FAILED;
	}
	return is_set_aside ? 1 : 0;
}
