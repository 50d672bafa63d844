// SPDX-License-Identifier: ISC
/*
 * plan_text.c - what is to be done with a message when its header, or its text,
 * is here (plan.h).
 * Runs in: the collector's carriers.  Trusts: the record and the configuration;
 * nothing in the text.  Allocates: never.
 */
#include "fetch/mail/plan_impl.h"

#include <string.h>

#include "fetch/mail/header.h"
#include "fetch/mail/rules.h"
#include "fetch/mail/twins.h"

static void apply(const struct plan *p, struct plan_item *item,
		  const struct rule *rule)
{
	item->rule = rule;
	if (rule == NULL) {
		plan_fetch(p, item, item->because);
		return;
	}
	switch (rule->action) {
	case RULE_ACCEPT:
		plan_fetch(p, item, item->because);
		break;
	case RULE_SKIP:
		plan_decide(item, PLAN_KEEP, PLAN_BY_RULE);
		break;
	case RULE_DELETE:
		/* whatever the row is about, it was not seen to be this one */
		item->row = NULL;
		plan_decide(item, PLAN_DELETE, PLAN_BY_RULE);
		break;
	case RULE_FOLDER:
		item->folder = rule->folder;
		plan_fetch(p, item, item->because);
		break;
	}
}

void plan_rule(const struct plan *plan, struct plan_item *item,
	       const uint8_t *header, size_t len)
{
	struct header h = { header, len };
	const struct account *account = plan->policy.account;

	item->is_unruled = false;
	item->sent_unix = header_date(h);
	if (rules_is_old(account, item->sent_unix, plan->policy.now_unix)) {
		plan_decide(item, PLAN_KEEP, PLAN_TOO_OLD);
		return;
	}
	apply(plan, item, rules_match(account, h));
}

/* An answer without a header proves nothing: there are servers that give the
 * same to any TOP. */
static bool is_header(const uint8_t *header, size_t len)
{
	return len > 0 && header[0] != '\n' && header[0] != '\r';
}

static bool proves(const struct plan_item *item, const uint8_t *header,
		   size_t len, const uint8_t *head)
{
	const struct record_entry *row = item->row;

	return item->because == PLAN_UNSURE && row != NULL && head != NULL &&
	       is_header(header, len) && record_is_held(row) &&
	       !row->is_claimed &&
	       (row->stage == RECORD_DELIVERED ||
		plan_is_whole(row, item->octets)) &&
	       memcmp(row->sum.head, head, DIGEST_HEAD_LEN) == 0;
}

void plan_looked(const struct plan *plan, struct plan_item *item,
		 const uint8_t *header, size_t len,
		 const uint8_t head[DIGEST_HEAD_LEN])
{
	if (header == NULL) {
		plan_fetch(plan, item, item->because);
	} else if (proves(item, header, len, head)) {
		plan_hold(plan, item);
	} else {
		plan_rule(plan, item, header, len);
	}
}

/* The row is not the item's: unless it became another message's already, it is
 * one that has no unique-id any more. */
static void disown(struct plan_item *item)
{
	struct record_entry *own = item->row;

	if (!own->is_claimed) {
		own->uid = "";
		own->is_listed = false;
	}
	item->row = NULL;
}

struct record_entry *plan_claim(const struct plan *plan,
				struct entries *entries, struct plan_item *item,
				const struct digest_sum *sum)
{
	struct record_entry *own = item->row;
	/* A name that is another message's than before says nothing of when
	 * this one came. */
	bool has_moved = own != NULL && record_is_held(own);
	struct record_entry *e = twins_claim(
	    entries, own, has_moved ? 0 : item->first_visit, sum->text);

	if (own != NULL && own != e && record_is_held(own)) {
		disown(item);
	}
	if (e == NULL) {
		return NULL;
	}
	e->uid = item->uid;
	e->first_visit = item->first_visit;
	e->missed_visit = 0;
	e->tries = 0;
	e->gone_unix = 0;
	item->row = e;
	plan_hold(plan, item);
	item->is_changed = true;
	return e;
}

void plan_entry(const struct plan_item *item, struct record_entry *entry_r)
{
	const struct record_entry *row = item->row;

	*entry_r = (struct record_entry){
		.uid = item->uid,
		.first_visit = item->first_visit,
		.octets = item->octets,
		.id = row != NULL && !record_is_held(row) ? row->id : 0,
	};
}

bool plan_skipped(const struct plan *plan, const struct plan_item *item,
		  struct record_entry *entry_r)
{
	bool is_old = item->because == PLAN_TOO_OLD;

	/* one without unique-id would not be found by its row; one without the
	 * header was judged by its row */
	if (item->action != PLAN_KEEP || item->uid[0] == '\0' ||
	    (is_old ? item->sent_unix == 0 : item->rule == NULL)) {
		return false;
	}
	plan_entry(item, entry_r);
	entry_r->stage = RECORD_SKIPPED;
	entry_r->changed_unix = plan->policy.now_unix;
	entry_r->sent_unix = is_old ? item->sent_unix : 0;
	entry_r->rule = is_old ? 0 : rule_mark(item->rule);
	return true;
}
