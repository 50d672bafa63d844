// SPDX-License-Identifier: ISC
/*
 * twins_play.h - whole visits in memory: a maildrop here, a record of rows
 * there, and what was fetched, delivered and deleted.
 */
#ifndef TEST_TWINS_PLAY_H
#define TEST_TWINS_PLAY_H

#include "mail_play.h"

/* A message of the maildrop: its unique-id, and which text it is. */
struct there {
	const char *uid; /* NULL: the server has no UIDL */
	uint8_t n;
};

#define TEST(name) cmocka_unit_test_teardown(name, end_test)

static struct entries rows; /* the record, between visits */
static struct account account;
static unsigned fetched, delivered, deleted;

static inline int end_test(void **state)
{
	(void)state;
	entries_finish(&rows);
	rows = (struct entries){ 0 };
	account = (struct account){ 0 };
	return 0;
}

static inline void add_row(const char *uid, enum record_stage stage, uint8_t n)
{
	struct record_entry e = row_of(uid, stage, n);

	assert_true(entries_add(&rows, &e));
}

/* What the record would load: no DELETED rows but those listed. */
static inline void load(const struct listing *l, struct entries *loaded)
{
	*loaded = (struct entries){ 0 };
	for (size_t i = 0; i < rows.count; i++) {
		bool is_listed = false;

		for (size_t k = 0; k < l->count; k++) {
			is_listed = is_listed ||
				    (l->at[k].uid[0] != '\0' &&
				     strcmp(l->at[k].uid, rows.at[i].uid) == 0);
		}
		rows.at[i].is_claimed = rows.at[i].is_listed = false;
		rows.at[i].id = (int64_t)i + 1;
		if (rows.at[i].stage != RECORD_DELETED || is_listed) {
			assert_true(entries_add(loaded, &rows.at[i]));
		}
	}
	assert_true(entries_index(loaded));
}

/* record_put, as far as it matters here. */
static inline void put_back(const struct record_entry *e)
{
	const char *uid = pool_copy(&rows.pool, e->uid, strlen(e->uid));

	assert_non_null(uid);
	for (size_t i = 0; i < rows.count && uid[0] != '\0'; i++) {
		if (strcmp(rows.at[i].uid, uid) == 0) {
			rows.at[i].uid = "";
		}
	}
	if (e->id == 0) {
		assert_true(entries_add(&rows, e));
	} else {
		rows.at[e->id - 1] = *e;
		rows.at[e->id - 1].uid = uid;
	}
}

static inline void deal_with(const struct plan *plan, struct entries *loaded,
			     struct plan_item *item, uint8_t n)
{
	struct digest_sum sum = sum_of(n);
	struct record_entry new, *e = item->row;

	if (item->action == PLAN_FETCH) {
		fetched++;
		e = plan_claim(plan, loaded, item, &sum);
	}
	if (e == NULL) {
		delivered++;
		plan_entry(item, &new);
		new.has_sum = true;
		new.sum = sum;
		new.stage = RECORD_DELIVERED;
		new.delivered_unix = NOW;
		e = &new;
		item->action = plan_may_delete(&plan->policy, NOW) ? PLAN_DELETE
								   : PLAN_KEEP;
	}
	if (item->action == PLAN_DELETE) {
		deleted++;
		e->stage = RECORD_DELETED;
	}
	put_back(e);
}

/* As haul_plan.c does. */
static inline void note_missed(const struct plan *plan, struct entries *loaded)
{
	for (size_t i = 0; i < loaded->count; i++) {
		struct record_entry *e = &loaded->at[i];

		if (e->uid[0] != '\0' && !e->is_listed &&
		    e->missed_visit == 0) {
			e->missed_visit = plan->visit;
			put_back(e);
		}
	}
}

static inline void visit(const struct there *there, size_t count)
{
	struct plan_policy policy = { .account = &account, .now_unix = NOW };
	struct listing l = { 0 };
	struct entries loaded;
	struct plan plan;
	struct why why;

	for (size_t i = 0; i < count; i++) {
		list_one(&l, (uint32_t)i + 1, there[i].uid,
			 octets_of(there[i].n));
	}
	list_end(&l);
	load(&l, &loaded);
	assert_int_equal(plan_make(&l, &loaded, &policy, &plan, &why), 0);
	assert_int_equal(plan.count, count);
	fetched = delivered = deleted = 0;
	note_missed(&plan, &loaded);
	for (size_t i = 0; i < plan.count; i++) {
		deal_with(&plan, &loaded, &plan.items[i],
			  there[plan.items[i].msn - 1].n);
	}
	plan_finish(&plan);
	entries_finish(&loaded);
	listing_finish(&l);
}

#define VISIT(there) visit((there), COUNT_OF(there))

static inline void expect(unsigned f, unsigned d, unsigned gone)
{
	assert_int_equal(fetched, f);
	assert_int_equal(delivered, d);
	assert_int_equal(deleted, gone);
}

#endif
