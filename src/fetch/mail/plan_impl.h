// SPDX-License-Identifier: ISC
/*
 * plan_impl.h - what plan.c and plan_text.c share.
 */
#ifndef FETCH_MAIL_PLAN_IMPL_H
#define FETCH_MAIL_PLAN_IMPL_H

#include "fetch/mail/plan.h"

static inline void plan_decide(struct plan_item *item, enum plan_action action,
			       enum plan_because because)
{
	item->action = action;
	item->because = because;
}

/* Its text is wanted: FETCH, or TOO_LARGE. */
void plan_fetch(const struct plan *p, struct plan_item *item,
		enum plan_because because);

/* item->row is this message's, and we hold it: DELETE or KEEP. */
void plan_hold(const struct plan *p, struct plan_item *item);

#endif
