// SPDX-License-Identifier: ISC
/*
 * test_plan_text.c - what is done with a message, given its header or
 * its text.
 */
#include "plan_play.h"

#include "fetch/mail/rules.h"
#include "fetch/mail/twins.h"

static void see_head(struct plan_item *item, const char *header, uint8_t n)
{
	struct digest_sum sum = sum_of(n);

	plan_looked(&plan, item, (const uint8_t *)header,
		    header == NULL ? 0 : strlen(header), sum.head);
}

static void a_look_that_proves(void **state)
{
	static const enum record_stage stages[] = { RECORD_DELETE_SENT,
						    RECORD_DELETED };

	(void)state;
	account.deletes = true;
	for (size_t i = 0; i < COUNT_OF(stages); i++) {
		struct plan_item *item = plan_row(stages[i]);

		see_head(item, "Subject: x\n\n", 1);
		assert_plan(item, PLAN_DELETE, PLAN_HELD);
		assert_true(item->is_changed);
		assert_true(item->row->is_claimed);
		assert_int_equal(item->row->stage, RECORD_DELIVERED);
	}
}

static void a_look_that_does_not(void **state)
{
	struct plan_item *item;

	(void)state;
	account.deletes = true;
	item = plan_row(RECORD_DELETE_SENT);
	see_head(item, "Subject: x\n\n", 2);
	assert_plan(item, PLAN_FETCH, PLAN_UNSURE);
	assert_false(item->row->is_claimed);
	/* answers that have no header, though digests agree */
	item = plan_row(RECORD_DELETE_SENT);
	see_head(item, "", 1);
	assert_plan(item, PLAN_FETCH, PLAN_UNSURE);
	item = plan_row(RECORD_DELETE_SENT);
	see_head(item, "\r\n", 1);
	assert_plan(item, PLAN_FETCH, PLAN_UNSURE);
	/* no TOP after all */
	item = plan_row(RECORD_DELETE_SENT);
	plan_looked(&plan, item, NULL, 0, NULL);
	assert_plan(item, PLAN_FETCH, PLAN_UNSURE);
	/* it vouches for another one already */
	item = plan_row(RECORD_DELETE_SENT);
	item->row->is_claimed = true;
	see_head(item, "Subject: x\n\n", 1);
	assert_plan(item, PLAN_FETCH, PLAN_UNSURE);
}

/* A new one is looked at for its rules: its header may well be that of a row,
 * but it is no proof. */
static void a_look_at_a_new_one_proves_nothing(void **state)
{
	struct record_entry e = row_of("u", RECORD_DELIVERED, 1);
	struct plan_item *item;

	(void)state;
	account.deletes = true;
	account.newer_days = 1000;
	item = plan_one("u", 5, &e);
	assert_plan(item, PLAN_LOOK, PLAN_CHANGED);
	see_head(item, "Subject: x\n\n", 1);
	assert_plan(item, PLAN_FETCH, PLAN_CHANGED);
}

static struct rule rule_set[] = {
	{ "Subject", "*offer*", RULE_SKIP, NULL },
	{ "Subject", "*lottery*", RULE_DELETE, NULL },
	{ "List-Id", "*", RULE_FOLDER, (char *)(uintptr_t) "Lists" },
	{ "From", "*", RULE_ACCEPT, NULL },
};

static const struct {
	const char *header;
	enum plan_action action;
	enum plan_because because;
	const char *folder;
} by_rule[] = {
	{ "Subject: an offer\n", PLAN_KEEP, PLAN_BY_RULE, NULL },
	{ "Subject: lottery\r\n\r\n", PLAN_DELETE, PLAN_BY_RULE, NULL },
	{ "List-Id: x\nSubject: y\n", PLAN_FETCH, PLAN_NEW, "Lists" },
	{ "Subject: y\nFrom: me\n", PLAN_FETCH, PLAN_NEW, NULL },
	{ "Subject: y\n", PLAN_FETCH, PLAN_NEW, NULL },
	{ "", PLAN_FETCH, PLAN_NEW, NULL },
	{ "To: x\n\nSubject: an offer\n", PLAN_FETCH, PLAN_NEW, NULL },
	{ "Date: Wed, 25 Nov 2026 00:00:00 +0000\n", PLAN_FETCH, PLAN_NEW,
	  NULL },
	{ "Date: Wed, 14 Oct 2026 00:00:00 +0000\nSubject: lottery\n",
	  PLAN_KEEP, PLAN_TOO_OLD, NULL },
	{ "Date: never\n", PLAN_FETCH, PLAN_NEW, NULL },
};

static void set_rules(void)
{
	account.rules = rule_set;
	account.rules_count = COUNT_OF(rule_set);
	account.newer_days = 30;
}

static void rules_by_top(void **state)
{
	(void)state;
	set_rules();
	for (size_t i = 0; i < COUNT_OF(by_rule); i++) {
		struct plan_item *item = plan_one("u", 5, NULL);

		assert_plan(item, PLAN_LOOK, PLAN_NEW);
		assert_true(item->is_unruled);
		see_head(item, by_rule[i].header, 1);
		assert_plan(item, by_rule[i].action, by_rule[i].because);
		assert_false(item->is_unruled);
		if (by_rule[i].folder == NULL) {
			assert_null(item->folder);
		} else {
			assert_string_equal(item->folder, by_rule[i].folder);
		}
	}
}

static void rules_by_text(void **state)
{
	(void)state;
	set_rules();
	policy.has_top = false;
	for (size_t i = 0; i < COUNT_OF(by_rule); i++) {
		struct plan_item *item = plan_one("u", 5, NULL);

		assert_plan(item, PLAN_FETCH, PLAN_NEW);
		assert_true(item->is_unruled);
		plan_rule(&plan, item, (const uint8_t *)by_rule[i].header,
			  strlen(by_rule[i].header));
		assert_plan(item, by_rule[i].action, by_rule[i].because);
	}
}

/* What is skipped stays skipped without a look, as long as the rule is
 * there. */
static void what_was_skipped(void **state)
{
	struct record_entry e;
	struct plan_item *item;

	(void)state;
	set_rules();
	item = plan_one("u", 5, NULL);
	see_head(item, "Subject: offer\n", 1);
	assert_true(plan_skipped(&plan, item, &e));
	assert_int_equal(e.stage, RECORD_SKIPPED);
	assert_int_equal(e.rule, rule_mark(&rule_set[0]));
	e.uid = "u";
	assert_plan(plan_one("u", 5, &e), PLAN_KEEP, PLAN_BY_RULE);
	assert_plan(plan_one("u", 6, &e), PLAN_LOOK, PLAN_CHANGED);
	rule_set[0].action = RULE_ACCEPT;
	assert_plan(plan_one("u", 5, &e), PLAN_LOOK, PLAN_NEW);
	rule_set[0].action = RULE_SKIP;
	e.uid = "7"; /* a number */
	assert_plan(plan_one("7", 5, &e), PLAN_LOOK, PLAN_NEW);
}

static void what_was_too_old(void **state)
{
	struct record_entry e;
	struct plan_item *item;

	(void)state;
	set_rules();
	item = plan_one("u", 5, NULL);
	see_head(item, "Date: Wed, 14 Oct 2026 00:00:00 +0000\n", 1);
	assert_true(plan_skipped(&plan, item, &e));
	e.uid = "u";
	assert_plan(plan_one("u", 5, &e), PLAN_KEEP, PLAN_TOO_OLD);
	account.newer_days = 60;
	assert_plan(plan_one("u", 5, &e), PLAN_LOOK, PLAN_NEW);
	account.newer_days = 0;
	account.rules_count = 0;
	assert_plan(plan_one("u", 5, &e), PLAN_FETCH, PLAN_NEW);
}

static void no_row_for_what_needs_none(void **state)
{
	struct record_entry e;
	struct plan_item *item;

	(void)state;
	set_rules();
	item = plan_one(NULL, 5, NULL);
	see_head(item, "Subject: offer\n", 1);
	assert_plan(item, PLAN_KEEP, PLAN_BY_RULE);
	assert_false(plan_skipped(&plan, item, &e));
	item = plan_one("u", 5, NULL);
	see_head(item, "Subject: lottery\n", 1);
	assert_false(plan_skipped(&plan, item, &e));
	assert_false(plan_skipped(&plan, plan_row(RECORD_DELIVERED), &e));
}

/* -- with the text */

static void what_was_fetched_is_held(void **state)
{
	struct record_entry e = row_of("u", RECORD_DELIVERED, 1);
	struct digest_sum sum = sum_of(1);
	struct plan_item *item;

	(void)state;
	account.deletes = true;
	e.tries = 2;
	item = plan_one("u", 5, &e);
	assert_plan(item, PLAN_FETCH, PLAN_CHANGED);
	assert_ptr_equal(plan_claim(&plan, &rows, item, &sum), &rows.at[0]);
	assert_plan(item, PLAN_DELETE, PLAN_HELD);
	assert_true(item->is_changed);
	assert_int_equal(item->row->octets, 5);
	assert_int_equal(item->row->tries, 0);
}

static void what_was_fetched_is_another_one(void **state)
{
	struct record_entry e = row_of("u", RECORD_DELIVERED, 1);
	struct digest_sum sum = sum_of(2);
	struct plan_item *item;

	(void)state;
	account.deletes = true;
	e.id = 17;
	item = plan_one("u", 5, &e);
	assert_null(plan_claim(&plan, &rows, item, &sum));
	assert_plan(item, PLAN_FETCH, PLAN_CHANGED);
	assert_string_equal(rows.at[0].uid, "");
	assert_false(rows.at[0].is_listed);
	plan_entry(item, &e);
	assert_int_equal(e.id, 0);
	assert_string_equal(e.uid, "u");
	assert_int_equal(e.octets, 5);
	/* the row of one that failed is written over */
	e = row_of("u", RECORD_TRIED, 1);
	e.has_sum = false;
	e.id = 17;
	item = plan_one("u", 5, &e);
	assert_null(plan_claim(&plan, &rows, item, &sum));
	plan_entry(item, &e);
	assert_int_equal(e.id, 17);
}

/* The row of one went to another message's twin; it is not to lose its new
 * unique-id when the first is fetched. */
static void a_row_that_was_given_away(void **state)
{
	struct record_entry e = row_of("b", RECORD_DELIVERED, 1);
	struct digest_sum sum = sum_of(1), other = sum_of(2);

	(void)state;
	add_row(&e);
	list_one(&l, 1, "a", octets_of(1));
	list_one(&l, 2, "b", 5);
	make();
	assert_non_null(plan_claim(&plan, &rows, &plan.items[0], &sum));
	assert_string_equal(rows.at[0].uid, "a");
	assert_null(plan_claim(&plan, &rows, &plan.items[1], &other));
	assert_string_equal(rows.at[0].uid, "a");
	assert_null(plan.items[1].row);
}

static void a_fetched_row_that_is_judged_later(void **state)
{
	struct record_entry a = row_of("a", RECORD_FETCHED, 1);
	struct record_entry b = row_of("b", RECORD_DELIVERED, 1);
	struct digest_sum sum = sum_of(1);

	(void)state;
	add_row(&a);
	add_row(&b);
	assert_true(entries_index(&rows));
	assert_ptr_equal(twins_claim(&rows, NULL, 0, sum.text), &rows.at[1]);
	assert_null(twins_claim(&rows, NULL, 0, sum.text));
	rows.at[0].stage = RECORD_DELIVERED;
	assert_ptr_equal(twins_claim(&rows, NULL, 0, sum.text), &rows.at[0]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_look_that_proves),
		TEST(a_look_that_does_not),
		TEST(a_look_at_a_new_one_proves_nothing),
		TEST(rules_by_top),
		TEST(rules_by_text),
		TEST(what_was_skipped),
		TEST(what_was_too_old),
		TEST(no_row_for_what_needs_none),
		TEST(what_was_fetched_is_held),
		TEST(what_was_fetched_is_another_one),
		TEST(a_row_that_was_given_away),
		TEST(a_fetched_row_that_is_judged_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
