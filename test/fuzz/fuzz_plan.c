// SPDX-License-Identifier: ISC
/*
 * fuzz_plan.c - any listing, any rows, any policy, and what the messages really
 * are: each message gets one action; none is deleted whose row does not prove
 * that we hold it; a row stands for one message at most; nothing that we hold
 * is delivered twice, and nothing else is missed.
 */
#include <stdlib.h>
#include <string.h>

#include "fetch/mail/plan.h"
#include "fuzz.h"
#include "must.h"

#define NOW      INT64_C(1795665600)
#define DAY      INT64_C(86400)
#define MESSAGES 24u
#define ROWS     24u
#define TEXTS    6u /* different ones */
#define HEADER   "Subject: x\n\n"

/* Octets of the input, and zeros behind them. */
struct input {
	const uint8_t *at;
	size_t len;
};

struct world {
	struct listing listing;
	struct entries rows;
	struct account account;
	struct plan_policy policy;
	struct plan plan;
	uint8_t text[MESSAGES + 1];       /* of each message, by number */
	struct record_entry before[ROWS]; /* rows as they were */
	bool is_delivered[MESSAGES + 1];
};

static uint8_t take(struct input *in)
{
	uint8_t octet = 0;

	if (in->len > 0) {
		octet = in->at[0];
		in->at++;
		in->len--;
	}
	return octet;
}

static struct digest_sum sum_of(uint8_t text)
{
	struct digest_sum sum = { .octets = 1000, .lines = 10 };

	memset(sum.text, text, sizeof(sum.text));
	memset(sum.head, text, sizeof(sum.head));
	return sum;
}

/* Few unique-ids, so that they meet; numbers among them. */
static const char *uid_of(uint8_t n)
{
	static const char *const uids[] = {
		"",  "a", "b", "c", "d", "e", "f",   "g",
		"1", "2", "3", "4", "5", "6", "x y", "\x80",
	};

	return uids[n % 16];
}

/* As LIST may say: what differs hardly, and what differs much. */
static uint64_t octets_of(uint8_t n)
{
	static const uint64_t octets[] = { 1010, 1010, 1000, 1005,
					   1011, 999,  0,    UINT64_MAX };

	return octets[n % 8];
}

static void make_listing(struct world *w, struct input *in)
{
	unsigned count = take(in) % (MESSAGES + 1);
	bool is_numbered = take(in) % 4 == 0;
	struct why why;

	for (uint32_t i = 1; i <= count; i++) {
		const char *uid =
		    is_numbered ? uid_of((uint8_t)(7 + i)) : uid_of(take(in));

		w->text[i] = take(in) % TEXTS;
		must(listing_octets(&w->listing, i, octets_of(take(in)),
				    &why) == 0 &&
			 listing_uid(&w->listing, i, uid, strlen(uid), &why) ==
			     0,
		     "a listing");
	}
	must(listing_end(&w->listing, &why) == 0, "a listing");
}

static bool is_taken(const struct world *w, const char *uid)
{
	for (size_t i = 0; i < w->rows.count; i++) {
		if (strcmp(w->rows.at[i].uid, uid) == 0) {
			return true;
		}
	}
	return false;
}

static void make_row(struct world *w, struct input *in)
{
	uint8_t flags = take(in);
	uint8_t when = take(in);
	struct record_entry e = {
		.id = (int64_t)w->rows.count + 1,
		.uid = uid_of(take(in)),
		.stage = (enum record_stage)(take(in) % 9),
		.octets = octets_of(take(in)),
		.has_sum = flags % 8 != 0,
		.sum = sum_of(take(in) % TEXTS),
		.tries = flags / 8 % 5,
		.delivered_unix = NOW - (when - 20) * DAY,
		.sent_unix = flags % 3 == 0 ? NOW - when * DAY : 0,
	};

	/* the record has one row of a unique-id */
	if (e.uid[0] != '\0' && is_taken(w, e.uid)) {
		e.uid = "";
	}
	must(entries_add(&w->rows, &e), "memory");
}

static void make_rows(struct world *w, struct input *in)
{
	unsigned count = take(in) % (ROWS + 1);

	for (unsigned i = 0; i < count; i++) {
		make_row(w, in);
		w->before[i] = w->rows.at[i];
	}
	must(entries_index(&w->rows), "memory");
}

static void make_policy(struct world *w, struct input *in)
{
	uint8_t flags = take(in);

	w->account.deletes = (flags & 1) != 0;
	w->account.delete_days = (flags & 2) != 0 ? take(in) % 30 : 0;
	w->account.size_max = (flags & 4) != 0 ? 1005 : 0;
	w->account.newer_days = (flags & 8) != 0 ? 10 : 0;
	w->policy = (struct plan_policy){
		.account = &w->account,
		.has_top = (flags & 16) != 0,
		.retries = (flags & 32) != 0,
		.now_unix = NOW,
	};
}

/* The row as it was before the plan. */
static const struct record_entry *before(const struct world *w,
					 const struct record_entry *row)
{
	must(row >= w->rows.at && row < w->rows.at + w->rows.count,
	     "a row of these");
	return &w->before[row - w->rows.at];
}

static bool was_held(const struct record_entry *row)
{
	return row->has_sum &&
	       (row->stage == RECORD_DELIVERED ||
		row->stage == RECORD_DELETE_SENT ||
		row->stage == RECORD_DELETED || row->stage == RECORD_DOUBTED);
}

/* What plan.h calls proof 2. */
static bool proves_by_name(const struct world *w, const struct plan_item *item,
			   const struct record_entry *row)
{
	return !w->listing.is_numbered && row->stage == RECORD_DELIVERED &&
	       row->has_sum && strcmp(row->uid, item->uid) == 0 &&
	       item->uid[0] != '\0' && row->octets == item->octets;
}

/* Its text is the row's, or the row's name and size are all that is asked. */
static void expect_proof(const struct world *w, const struct plan_item *item)
{
	const struct record_entry *row;
	struct digest_sum sum = sum_of(w->text[item->msn]);

	must(item->row != NULL && item->row->is_claimed, "a row proves it");
	row = before(w, item->row);
	must(was_held(row), "it is a message that we hold");
	must(proves_by_name(w, item, row) ||
		 memcmp(&row->sum, &sum, sizeof(sum)) == 0,
	     "it is that message");
}

static void expect_due(const struct world *w, const struct plan_item *item)
{
	int64_t delivered = before(w, item->row)->delivered_unix;

	must(w->account.deletes, "the user wants it");
	must(w->account.delete_days == 0 ||
		 NOW - delivered >= w->account.delete_days * DAY,
	     "it is time");
}

static void expect_sound(const struct world *w, const struct plan_item *item)
{
	if (item->action == PLAN_DELETE) {
		must(item->because == PLAN_HELD, "there is no rule");
		expect_due(w, item);
	}
	if (item->because == PLAN_HELD) {
		expect_proof(w, item);
	}
}

/* What TOP says; sometimes nothing. */
static void look(struct world *w, struct plan_item *item, struct input *in)
{
	struct digest_sum sum = sum_of(w->text[item->msn]);
	uint8_t how = take(in);

	must(w->policy.has_top, "TOP is there");
	if (how % 8 == 0) {
		plan_looked(&w->plan, item, NULL, 0, NULL);
	} else if (how % 8 == 1) {
		plan_looked(&w->plan, item, (const uint8_t *)"\n", 1, sum.head);
	} else {
		plan_looked(&w->plan, item, (const uint8_t *)HEADER,
			    strlen(HEADER), sum.head);
	}
	must(item->action == PLAN_FETCH || item->action == PLAN_DELETE ||
		 item->action == PLAN_KEEP || item->action == PLAN_TOO_LARGE,
	     "a look decides");
}

static void fetch(struct world *w, struct plan_item *item)
{
	struct digest_sum sum = sum_of(w->text[item->msn]);
	struct record_entry new, *e;

	e = plan_claim(&w->plan, &w->rows, item, &sum);
	if (e != NULL) {
		must(item->because == PLAN_HELD, "we have it");
		must(strcmp(e->uid, item->uid) == 0, "it has its name now");
		return;
	}
	must(item->action == PLAN_FETCH, "it is to be delivered");
	plan_entry(item, &new);
	must(new.id == 0 || !was_held(&w->before[new.id - 1]),
	     "what we hold is not written over");
	w->is_delivered[item->msn] = true;
}

static void deal_with(struct world *w, struct plan_item *item, struct input *in)
{
	if (item->action == PLAN_LOOK) {
		look(w, item, in);
	}
	expect_sound(w, item);
	if (item->action == PLAN_FETCH) {
		must(w->account.size_max == 0 ||
			 item->octets <= w->account.size_max,
		     "it is not too large");
		fetch(w, item);
		expect_sound(w, item);
	}
}

static void expect_each_once(const struct world *w)
{
	bool is_there[MESSAGES + 1] = { false };

	must(w->plan.count == w->listing.count, "as many as there are");
	for (size_t i = 0; i < w->plan.count; i++) {
		uint32_t msn = w->plan.items[i].msn;

		must(msn >= 1 && msn <= MESSAGES && !is_there[msn],
		     "each message once");
		is_there[msn] = true;
	}
}

static void expect_one_to_one(const struct world *w)
{
	for (size_t i = 0; i < w->plan.count; i++) {
		const struct plan_item *a = &w->plan.items[i];

		for (size_t k = i + 1; k < w->plan.count; k++) {
			const struct plan_item *b = &w->plan.items[k];

			must(a->because != PLAN_HELD ||
				 b->because != PLAN_HELD || a->row != b->row,
			     "a row is for one message");
		}
	}
}

/* DELE was sent for it, or more, and nothing has its name any more. */
static bool is_gone(const struct record_entry *before,
		    const struct record_entry *now)
{
	return before->stage == RECORD_DELETED ||
	       (before->stage == RECORD_DELETE_SENT && before->uid[0] != '\0' &&
		!now->is_listed);
}

/* Of each text as many are delivered as were fetched, less those that rows not
 * gone stood ready for. */
static void expect_no_twice(const struct world *w)
{
	for (uint8_t text = 0; text < TEXTS; text++) {
		struct digest_sum sum = sum_of(text);
		unsigned delivered = 0, idle = 0;

		for (uint32_t i = 1; i <= MESSAGES; i++) {
			delivered += w->is_delivered[i] && w->text[i] == text;
		}
		for (size_t i = 0; i < w->rows.count; i++) {
			const struct record_entry *row = &w->before[i];

			idle += was_held(row) && !w->rows.at[i].is_claimed &&
				!is_gone(row, &w->rows.at[i]) &&
				memcmp(&row->sum, &sum, sizeof(sum)) == 0;
		}
		must(delivered == 0 || idle == 0, "none came twice");
	}
}

/* Before a plan by which mail is fetched: not delivered, says the sink. */
static void verify(struct world *w)
{
	for (size_t i = 0; i < w->rows.count; i++) {
		struct record_entry *row = &w->rows.at[i];

		if (row->stage == RECORD_FETCHED) {
			row->stage = RECORD_TRIED;
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct world *w = calloc(1, sizeof(*w));
	struct why why;

	must(w != NULL, "memory");
	make_policy(w, &in);
	make_listing(w, &in);
	make_rows(w, &in);
	if (size % 2 == 0) {
		verify(w);
	}
	must(plan_make(&w->listing, &w->rows, &w->policy, &w->plan, &why) == 0,
	     "a plan");
	expect_each_once(w);
	for (size_t i = 0; i < w->plan.count; i++) {
		expect_sound(w, &w->plan.items[i]);
	}
	for (size_t i = 0; i < w->plan.count; i++) {
		deal_with(w, &w->plan.items[i], &in);
	}
	expect_one_to_one(w);
	expect_no_twice(w);
	plan_finish(&w->plan);
	entries_finish(&w->rows);
	listing_finish(&w->listing);
	free(w);
	return 0;
}
