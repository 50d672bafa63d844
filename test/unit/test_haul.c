// SPDX-License-Identifier: ISC
/*
 * test_haul.c - mail from a maildrop in memory into a real Maildir, with a real
 * record: what is new, what is known, sessions that end.
 */
#include "haul_ride.h"

static const struct ride plainly = { .quit = QUIT_OK };

static void test_new_ones_are_delivered_and_deleted(void **state)
{
	(void)state;
	add_many(1, 4, true);
	run(plainly);
	told(HAUL_CARRIED, 3);
	told(HAUL_FAILED, 0);
	assert_int_equal(files_with("new", NULL), 3);
	assert_int_equal(
	    files_with("new", "Subject: 2\n\nText of message 2.\n"), 1);
	assert_int_equal(files_with("tmp", NULL), 0);
	assert_int_equal(still_there(), 0);
}

/* At every cut. */
static void test_cuts(void **state)
{
	(void)state;
	p.account.deletes = false;
	add("a", "Subject: a\r\n\r\none\r\n\r\ntwo\r\rthree\nfour\r\n");
	for (size_t cut = 1; cut < strlen(p.drop->at[0].text); cut++) {
		snprintf(p.drop->at[0].uid, 24, "uid%zu", cut);
		run((struct ride){ .cut = cut });
		told(HAUL_CARRIED, 1);
		assert_int_equal(p.known, cut == 1 ? 0 : 1);
	}
	assert_int_equal(files_with("new", "Subject: a\n\none\n\ntwo\r\rthree\n"
					   "four\n"),
			 1);
	assert_int_equal(files_with("new", NULL), 1);
}

static void test_kept_ones_come_once(void **state)
{
	(void)state;
	p.account.deletes = false;
	add_many(1, 4, true);
	run(plainly);
	add_many(4, 5, true);
	run(plainly);
	told(HAUL_CARRIED, 1);
	assert_int_equal(files_with("new", NULL), 4);
	assert_int_equal(still_there(), 4);
}

static void test_twins_under_new_names(void **state)
{
	(void)state;
	p.account.deletes = false;
	add_many(1, 4, true);
	run(plainly);
	for (uint32_t i = 0; i < p.drop->count; i++) {
		p.drop->at[i].uid[0] = 'X';
	}
	run(plainly);
	told(HAUL_CARRIED, 3);
	assert_int_equal(p.known, 3);
	assert_int_equal(files_with("new", NULL), 3);
	run(plainly); /* by their new names */
	told(HAUL_CARRIED, 0);
}

static void test_two_equal_ones_are_two(void **state)
{
	(void)state;
	p.account.deletes = false;
	add("a", "Subject: s\r\n\r\nsame\r\n");
	add("b", "Subject: s\r\n\r\nsame\r\n");
	run(plainly);
	assert_int_equal(files_with("new", NULL), 2);
	snprintf(p.drop->at[0].uid, 24, "c");
	snprintf(p.drop->at[1].uid, 24, "d");
	add("e", "Subject: s\r\n\r\nsame\r\n");
	run(plainly);
	told(HAUL_CARRIED, 3);
	assert_int_equal(p.known, 2);
	assert_int_equal(files_with("new", NULL), 3);
}

static void test_without_unique_ids(void **state)
{
	(void)state;
	p.account.deletes = false;
	add_many(1, 4, false);
	add_many(1, 2, false);
	run(plainly);
	assert_int_equal(files_with("new", NULL), 4);
	add_many(9, 10, false);
	run(plainly);
	told(HAUL_CARRIED, 5);
	assert_int_equal(p.known, 4);
	assert_int_equal(files_with("new", NULL), 5);
}

static void test_odd_texts(void **state)
{
	static const char *const texts[][2] = {
		{ "", "" },
		{ "\r\n", "\n" },
		{ "no header", "no header" },
		{ "Subject: x\r\n\r\nno end", "Subject: x\n\nno end" },
		{ "ends in CR\r", "ends in CR\r" },
		{ "ends in LF\n", "ends in LF\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		char uid[24];

		snprintf(uid, sizeof(uid), "odd%zu", i);
		add(uid, texts[i][0]);
	}
	run(plainly);
	told(HAUL_CARRIED, COUNT_OF(texts));
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		assert_int_equal(files_with("new", texts[i][1]), 1);
	}
	assert_int_equal(still_there(), 0);
}

/* A text without end is set aside, and stays so. */
static void test_endless(void **state)
{
	(void)state;
	add_many(1, 4, true);
	memset(p.drop->at[1].text, 'x', 1500);
	for (unsigned i = 0; i < 2; i++) {
		p.ride = plainly;
		open_haul();
		p.haul->octets_max = 1000;
		ride((struct ride){ .cut = 100 });
		haul_destroy(&p.haul);
		told(HAUL_ASIDE, i == 0 ? 1 : 0);
		told(HAUL_CARRIED, i == 0 ? 2 : 0);
		told(HAUL_FAILED, 0);
	}
	assert_int_equal(files_with("new", NULL), 2);
	assert_int_equal(files_with("tmp", NULL), 0);
	assert_int_equal(still_there(), 1);
	run((struct ride){ .retries = true }); /* it ends after all */
	told(HAUL_CARRIED, 1);
	assert_int_equal(still_there(), 0);
}

static void test_more_than_a_group(void **state)
{
	(void)state;
	add_many(0, 2 * HAUL_GROUP_MESSAGES + 1, true);
	run(plainly);
	told(HAUL_CARRIED, 2 * HAUL_GROUP_MESSAGES + 1);
	assert_int_equal(files_with("new", NULL), 2 * HAUL_GROUP_MESSAGES + 1);
	assert_int_equal(still_there(), 0);
}

/* A full group is settled at once, and nothing while a text comes. */
static void test_when_it_settles(void **state)
{
	(void)state;
	p.account.deletes = false;
	add_many(0, HAUL_GROUP_MESSAGES + 2, true);
	p.ride = plainly;
	open_haul();
	plan_all();
	for (uint32_t msn = 1; msn <= HAUL_GROUP_MESSAGES; msn++) {
		told(HAUL_CARRIED, 0);
		assert_true(fetch(&p.tasks[msn - 1]));
		assert_int_equal(haul_has_unsettled(p.haul),
				 msn < HAUL_GROUP_MESSAGES);
	}
	told(HAUL_CARRIED, HAUL_GROUP_MESSAGES);
	assert_true(fetch(&p.tasks[HAUL_GROUP_MESSAGES]));
	assert_true(haul_has_unsettled(p.haul));
	haul_text(p.haul, HAUL_GROUP_MESSAGES + 2, HAUL_FIRST,
		  (const uint8_t *)"x", 1);
	assert_false(haul_has_unsettled(p.haul));
	haul_text(p.haul, HAUL_GROUP_MESSAGES + 2, HAUL_LAST, NULL, 0);
	assert_true(haul_has_unsettled(p.haul));
	over("the line broke", 0);
	told(HAUL_CARRIED, HAUL_GROUP_MESSAGES + 2);
}

/* -- what the server does not give */

static void test_refused_thrice(void **state)
{
	(void)state;
	add_many(1, 4, true);
	p.drop->at[0].is_refused = true;
	for (unsigned i = 1; i <= FETCH_TRIES_MAX; i++) {
		run(plainly);
		told(HAUL_POSTPONED, i < FETCH_TRIES_MAX ? 1 : 0);
		told(HAUL_ASIDE, i < FETCH_TRIES_MAX ? 0 : 1);
		told(HAUL_CARRIED, i == 1 ? 2 : 0);
	}
	run(plainly);
	told(HAUL_POSTPONED, 0);
	told(HAUL_ASIDE, 0);
	p.drop->at[0].is_refused = false;
	run((struct ride){ .retries = true });
	told(HAUL_CARRIED, 1);
	assert_int_equal(files_with("new", NULL), 3);
}

/* They share what the record costs, as messages do. */
static void test_refused_in_groups(void **state)
{
	struct why why;

	(void)state;
	add_many(1, HAUL_GROUP_MESSAGES + 3, true);
	p.ride = plainly;
	open_haul();
	plan_all();
	why_set(&why, WHY_PROTOCOL, "the server does not give it");
	for (uint32_t msn = 1; msn <= HAUL_GROUP_MESSAGES + 2; msn++) {
		haul_refused(p.haul, msn, &why);
		told(HAUL_POSTPONED,
		     msn < HAUL_GROUP_MESSAGES ? 0 : HAUL_GROUP_MESSAGES);
	}
	haul_settle(p.haul);
	told(HAUL_POSTPONED, HAUL_GROUP_MESSAGES + 2);
	over(NULL, 0);
	haul_destroy(&p.haul);
	for (uint32_t msn = 1; msn <= HAUL_GROUP_MESSAGES + 2; msn++) {
		p.drop->at[msn - 1].is_refused = true;
	}
	run(plainly);
	run(plainly); /* the third time */
	told(HAUL_ASIDE, HAUL_GROUP_MESSAGES + 2);
}

/* What is whole when the line breaks is ours; what is half comes again; and it
 * is blamed once a run, three runs in all. */
static void test_broken_within_a_text(void **state)
{
	(void)state;
	add_many(1, 4, true);
	p.ride = plainly;
	open_haul();
	ride((struct ride){ .broken = 2, .cut = 7 });
	told(HAUL_CARRIED, 1);
	ride((struct ride){ .broken = 2 });
	told(HAUL_CARRIED, 1); /* the other one comes first now */
	told(HAUL_ASIDE, 0);
	haul_destroy(&p.haul);
	assert_int_equal(files_with("new", NULL), 2);
	assert_int_equal(files_with("tmp", NULL), 0);
	run((struct ride){ .broken = 2 });
	told(HAUL_ASIDE, 0);
	run((struct ride){ .broken = 2 });
	told(HAUL_ASIDE, 1);
	run(plainly);
	told(HAUL_CARRIED, 0);
	assert_int_equal(still_there(), 1);
	run((struct ride){ .retries = true });
	told(HAUL_CARRIED, 1);
	assert_int_equal(files_with("new", NULL), 3);
	assert_int_equal(still_there(), 0);
}

/* Whatever becomes of QUIT, nothing comes twice. */
static void test_ends_of_sessions(void **state)
{
	static const struct ride ends[] = {
		{ .quit = QUIT_OK },
		{ .quit = QUIT_REFUSED },
		{ .quit = QUIT_LOST },
		{ .quit = QUIT_UNSAID },
	};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(ends) * 2; i++) {
		add_many(i * 3, i * 3 + 3, i % 2 == 0);
		p.ride = ends[i / 2];
		run(ends[i / 2]);
		run((struct ride){ .has_top = true });
		run((struct ride){ .has_top = false });
		assert_int_equal(still_there(), 0);
		assert_int_equal(files_with("new", NULL), i * 3 + 3);
	}
}

/* New mail that has an old name, behind a QUIT whose answer never came. */
static void test_a_name_comes_back(void **state)
{
	(void)state;
	add("a", "Subject: 1\r\n\r\nfirst\r\n");
	run((struct ride){ .quit = QUIT_LOST });
	add("a", "Subject: 2\r\n\r\nother\r\n");
	run((struct ride){ .has_top = true });
	add("a", "Subject: 3\r\n\r\nthird\r\n");
	run((struct ride){ .has_top = false });
	assert_int_equal(files_with("new", NULL), 3);
	assert_int_equal(still_there(), 0);
}

/* The server forgot to delete it; that is seen by its header, and put down, so
 * that it need not be looked at again. */
static void test_undeleted_is_seen_once(void **state)
{
	(void)state;
	add_many(1, 3, true);
	run((struct ride){ .quit = QUIT_REFUSED });
	p.account.deletes = false;
	run((struct ride){ .has_top = true });
	told(HAUL_DECIDED, 2);
	told(HAUL_CARRIED, 0);
	run((struct ride){ .has_top = true });
	told(HAUL_DECIDED, 0);
	assert_int_equal(files_with("new", NULL), 2);
}

/* Nothing is done about numbers that are not there. */
static void test_numbers_of_nobody(void **state)
{
	struct why why;

	(void)state;
	p.ride = plainly;
	open_haul();
	why_set(&why, WHY_TEMP, "no");
	haul_text(p.haul, 1, HAUL_FIRST | HAUL_LAST, NULL, 0); /* no plan yet */
	haul_mark(p.haul, 1, true);
	haul_refused(p.haul, 1, &why);
	add_many(1, 3, true);
	plan_all();
	haul_text(p.haul, 7, HAUL_FIRST | HAUL_LAST, (const uint8_t *)"x", 1);
	haul_look(p.haul, 7, HAUL_FIRST | HAUL_LAST, (const uint8_t *)"x", 1);
	haul_unlooked(p.haul, 7);
	haul_mark(p.haul, 7, true);
	haul_refused(p.haul, 7, &why);
	over("the line broke", 7);
	told(HAUL_CARRIED, 0);
	told(HAUL_OVER, 1);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin_play, end_play)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_new_ones_are_delivered_and_deleted),
		TEST(test_cuts),
		TEST(test_kept_ones_come_once),
		TEST(test_twins_under_new_names),
		TEST(test_two_equal_ones_are_two),
		TEST(test_without_unique_ids),
		TEST(test_odd_texts),
		TEST(test_endless),
		TEST(test_more_than_a_group),
		TEST(test_when_it_settles),
		TEST(test_refused_thrice),
		TEST(test_refused_in_groups),
		TEST(test_broken_within_a_text),
		TEST(test_ends_of_sessions),
		TEST(test_a_name_comes_back),
		TEST(test_undeleted_is_seen_once),
		TEST(test_numbers_of_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
