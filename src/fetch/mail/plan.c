// SPDX-License-Identifier: ISC
/*
 * plan.c - what is to be done with each message of a listing (plan.h).
 * Runs in: the collector's carriers.  Trusts: the record and the configuration;
 * nothing that the server said.  Allocates: the plan, which grows with the
 * listing.
 */
#include "fetch/mail/plan_impl.h"

#include <stdlib.h>

#include "fetch/limits.h"
#include "fetch/mail/nameless.h"
#include "fetch/mail/renamed.h"
#include "fetch/mail/rules.h"

#define DAY_S 86400

bool plan_may_delete(const struct plan_policy *policy, int64_t delivered_unix)
{
	int64_t age;

	if (!policy->account->deletes ||
	    __builtin_sub_overflow(policy->now_unix, delivered_unix, &age)) {
		return false;
	}
	/* a delivery that is yet to come is a clock's that was put back */
	return policy->account->delete_days == 0 ||
	       (age >= 0 &&
		age / DAY_S >= (int64_t)policy->account->delete_days);
}

/* Between the octets with LF line ends and those with CRLF. */
static bool may_be_size_of(uint64_t octets, const struct digest_sum *sum)
{
	return octets >= sum->octets && octets - sum->octets <= sum->lines;
}

/* What servers say of a text: its octets with CRLF or with LF line ends; with
 * the last one, though it may lack that. */
bool plan_is_whole(const struct record_entry *row, uint64_t octets)
{
	uint64_t lf = row->sum.octets, crlf = lf + row->sum.lines;

	return row->has_sum && (octets == crlf || octets == lf ||
				octets == crlf + 2 || octets == lf + 1);
}

enum size {
	SIZE_SAME,
	SIZE_LIKELY, /* if the server counts line ends otherwise now */
	SIZE_ANOTHER,
};

static enum size compare_size(const struct record_entry *row, uint64_t octets)
{
	if (row->octets == octets) {
		return SIZE_SAME;
	}
	return row->has_sum && may_be_size_of(octets, &row->sum) &&
		       may_be_size_of(row->octets, &row->sum)
		   ? SIZE_LIKELY
		   : SIZE_ANOTHER;
}

static bool is_too_large(const struct plan *p, const struct plan_item *item)
{
	uint64_t max = p->policy.account->size_max;

	return (max != 0 && item->octets > max) ||
	       item->octets > FETCH_MESSAGE_OCTETS_MAX;
}

/* A bad line may be better by now, a destination set right. */
static bool is_due_again(const struct plan *p, const struct record_entry *row)
{
	return !record_is_held(row) &&
	       p->policy.now_unix - row->changed_unix >= FETCH_ASIDE_RETRY_S;
}

/* Of a row that is not held the tries are those of a message of its size. */
static bool has_failed(const struct plan *p, const struct plan_item *item)
{
	const struct record_entry *row = item->row;

	return row != NULL && row->tries >= FETCH_TRIES_MAX &&
	       !p->policy.retries && !is_due_again(p, row) &&
	       (record_is_held(row) || row->octets == item->octets);
}

static bool has_rules(const struct account *account)
{
	return account->rules_count > 0 || account->newer_days > 0;
}

/* Its text is wanted. */
void plan_fetch(const struct plan *p, struct plan_item *item,
		enum plan_because because)
{
	if (is_too_large(p, item)) {
		plan_decide(item, PLAN_TOO_LARGE, PLAN_SIZE);
	} else {
		plan_decide(item, PLAN_FETCH, because);
	}
}

/* It is not held, as far as the row tells. */
static void want(const struct plan *p, struct plan_item *item,
		 enum plan_because because)
{
	item->is_unruled = has_rules(p->policy.account);
	if (has_failed(p, item)) {
		plan_decide(item, PLAN_SET_ASIDE, PLAN_FAILED);
		return;
	}
	plan_fetch(p, item, because);
	if (item->action == PLAN_FETCH && item->is_unruled &&
	    p->policy.has_top) {
		item->action = PLAN_LOOK;
	}
}

/* Whether it is the row's message is to be seen by its header; without TOP by
 * its text. */
static void look(const struct plan *p, struct plan_item *item)
{
	want(p, item, PLAN_UNSURE);
	if (item->action != PLAN_SET_ASIDE && p->policy.has_top) {
		plan_decide(item, PLAN_LOOK, PLAN_UNSURE);
	}
}

/* The row is this message's, and we hold it. */
void plan_hold(const struct plan *p, struct plan_item *item)
{
	struct record_entry *row = item->row;

	row->is_claimed = true;
	item->is_unruled = false;
	if (row->stage != RECORD_DELIVERED) {
		/* it is still there: the server did not delete it */
		row->stage = RECORD_DELIVERED;
		row->changed_unix = p->policy.now_unix;
		item->is_changed = true;
	}
	if (row->octets != item->octets) {
		row->octets = item->octets;
		item->is_changed = true;
	}
	plan_decide(item,
		    plan_may_delete(&p->policy, row->delivered_unix)
			? PLAN_DELETE
			: PLAN_KEEP,
		    PLAN_HELD);
}

/* It is to be deleted by name and size alone, in another visit than that which
 * fetched it: a look is cheap, and a server may have given both to another
 * message. */
static bool is_worth_a_look(const struct plan *p, const struct plan_item *item)
{
	return p->policy.has_top &&
	       plan_may_delete(&p->policy, item->row->delivered_unix);
}

static void judge_held(const struct plan *p, struct plan_item *item)
{
	if (!item->row->has_sum || item->row->is_claimed) {
		want(p, item, PLAN_NEW);
	} else if (item->row->stage == RECORD_DELIVERED && !p->is_numbered &&
		   item->row->octets == item->octets &&
		   !is_worth_a_look(p, item)) {
		plan_hold(p, item);
	} else {
		look(p, item);
	}
}

static void judge_skipped(const struct plan *p, struct plan_item *item)
{
	const struct record_entry *row = item->row;
	const struct account *account = p->policy.account;

	if (p->is_numbered) {
		want(p, item, PLAN_NEW);
	} else if (row->sent_unix != 0 &&
		   rules_is_old(account, row->sent_unix, p->policy.now_unix)) {
		plan_decide(item, PLAN_KEEP, PLAN_TOO_OLD);
	} else if (row->rule != 0 && rules_skip(account, row->rule)) {
		plan_decide(item, PLAN_KEEP, PLAN_BY_RULE);
	} else {
		want(p, item, PLAN_NEW);
	}
}

static void judge_set_aside(const struct plan *p, struct plan_item *item)
{
	if (p->policy.retries || is_due_again(p, item->row)) {
		want(p, item, PLAN_SAID);
	} else {
		plan_decide(item, PLAN_SET_ASIDE, PLAN_FAILED);
	}
}

static void judge_row(const struct plan *p, struct plan_item *item)
{
	switch (item->row->stage) {
	case RECORD_FETCHED:
		plan_decide(item, PLAN_VERIFY, PLAN_UNFINISHED);
		return;
	case RECORD_DELIVERED:
	case RECORD_DELETE_SENT:
	case RECORD_DELETED:
	case RECORD_DOUBTED:
		judge_held(p, item);
		return;
	case RECORD_SET_ASIDE:
		judge_set_aside(p, item);
		return;
	case RECORD_SKIPPED:
		judge_skipped(p, item);
		return;
	case RECORD_TRIED:
		want(p, item, PLAN_NEW);
		return;
	}
	want(p, item, PLAN_NEW); /* no stage of ours: nothing is known */
}

static void judge(const struct plan *p, struct plan_item *item)
{
	item->is_unruled = false;
	item->rule = NULL;
	item->folder = NULL;
	if (item->row == NULL) {
		want(p, item, PLAN_NEW);
	} else if (item->row->stage == RECORD_FETCHED) {
		plan_decide(item, PLAN_VERIFY, PLAN_UNFINISHED);
	} else if (compare_size(item->row, item->octets) == SIZE_ANOTHER) {
		want(p, item, PLAN_CHANGED);
	} else {
		judge_row(p, item);
	}
}

static int64_t next_visit(const struct entries *entries)
{
	int64_t last = 0;

	for (size_t i = 0; i < entries->count; i++) {
		const struct record_entry *e = &entries->at[i];

		last = e->first_visit > last ? e->first_visit : last;
		last = e->missed_visit > last ? e->missed_visit : last;
	}
	return last + 1;
}

static void begin_item(const struct plan *p, struct plan_item *item,
		       const struct listing_message *m, struct entries *entries,
		       struct nameless *nameless)
{
	*item = (struct plan_item){ .msn = m->msn,
				    .octets = m->octets,
				    .uid = m->uid };
	item->row = m->uid[0] != '\0' ? entries_find(entries, m->uid)
				      : nameless_take(nameless, m->octets);
	item->first_visit = m->uid[0] != '\0' ? p->visit : 0;
	if (item->row != NULL) {
		item->row->is_listed = true;
		item->first_visit = item->row->first_visit;
	}
	judge(p, item);
}

static bool is_late(const struct plan_item *item)
{
	return item->row != NULL && item->row->tries > 0;
}

/* Who was tried last comes last: a few that are refused each time, and end the
 * fetch, do not keep the others out. */
static int compare_late(const void *a, const void *b)
{
	const struct plan_item *x = a, *y = b;
	int64_t x_unix = x->row->changed_unix, y_unix = y->row->changed_unix;

	return x_unix != y_unix ? (x_unix > y_unix) - (x_unix < y_unix)
				: (x->msn > y->msn) - (x->msn < y->msn);
}

/* Those that failed behind the others, else in the listing's order. */
static void put_in_order(struct plan_item *to, const struct plan_item *from,
			 size_t count)
{
	size_t n = 0, first_late;

	for (size_t i = 0; i < count; i++) {
		if (!is_late(&from[i])) {
			to[n++] = from[i];
		}
	}
	first_late = n;
	for (size_t i = 0; i < count; i++) {
		if (is_late(&from[i])) {
			to[n++] = from[i];
		}
	}
	qsort(to + first_late, n - first_late, sizeof(*to), compare_late);
}

static size_t count_new(const struct plan *p)
{
	size_t count = 0;

	for (size_t i = 0; i < p->count; i++) {
		const struct plan_item *item = &p->items[i];

		count +=
		    (item->action == PLAN_FETCH || item->action == PLAN_LOOK) &&
		    item->because != PLAN_UNSURE;
	}
	return count;
}

static int judge_all(struct plan *p, const struct listing *listing,
		     struct entries *entries, struct plan_item *items,
		     struct nameless *nameless)
{
	nameless_init(nameless, entries);
	for (size_t i = 0; i < p->count; i++) {
		begin_item(p, &items[i], &listing->at[i], entries, nameless);
	}
	put_in_order(p->items, items, p->count);
	p->new_count = count_new(p);
	return renamed_settle(entries, items, p->count, p->policy.now_unix);
}

int plan_make(const struct listing *listing, struct entries *entries,
	      const struct plan_policy *policy, struct plan *plan_r,
	      struct why *why)
{
	struct plan p = { .policy = *policy,
			  .is_numbered = listing->is_numbered,
			  .visit = next_visit(entries),
			  .count = listing->count };
	struct plan_item *items = calloc(p.count + 1, sizeof(*items));
	struct nameless *nameless = malloc(sizeof(*nameless));
	int rc = -1;

	p.items = calloc(p.count + 1, sizeof(*p.items));
	if (items != NULL && nameless != NULL && p.items != NULL) {
		rc = judge_all(&p, listing, entries, items, nameless);
	}
	free(items);
	free(nameless);
	if (rc < 0) {
		plan_finish(&p);
		why_set(why, WHY_INTERNAL, "no memory for %zu messages",
			listing->count);
		return -1;
	}
	*plan_r = p;
	return 0;
}

void plan_finish(struct plan *plan)
{
	free(plan->items);
	*plan = (struct plan){ 0 };
}
