// SPDX-License-Identifier: ISC
/*
 * test_haul_command.c - a haul to a command that ends as the test wants: what
 * it took is ours, and the others come again.
 */
#include "haul_ride.h"

static const struct ride plainly = { .quit = QUIT_OK };

/* A message's Subject names the file with its exit code. */
static char script[] = "s=$(sed -n 's/^Subject: //p;/^$/q'); "
		       "[ -e \"$LOGNAME/$s\" ] && rc=$(cat \"$LOGNAME/$s\"); "
		       "[ \"${rc:-0}\" = 0 ] && echo $s >>\"$LOGNAME/got\"; "
		       "exit ${rc:-0}";
static char a_sh[] = "/bin/sh", a_c[] = "-c";
static char *command[] = { a_sh, a_c, script, NULL };

static int begin_command(void **state)
{
	begin_play(state);
	p.account.deliver = (struct destination){ .kind = DESTINATION_COMMAND,
						  .argv = command };
	/* one of the few variables that a command is given */
	assert_int_equal(setenv("LOGNAME", p.site.dir, 1), 0);
	return 0;
}

static void set_code(const char *subject, int code)
{
	char path[300];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", p.site.dir, subject);
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "%d\n", code);
	fclose(f);
}

static void expect_got(const char *want)
{
	char path[300], is[400];

	snprintf(path, sizeof(path), "%s/got", p.site.dir);
	slurp(path, is, sizeof(is));
	assert_string_equal(is, want);
}

static void test_command_takes_all(void **state)
{
	(void)state;
	add_many(1, 4, true);
	run(plainly);
	told(HAUL_CARRIED, 3);
	expect_got("1\n2\n3\n");
}

/* EX_DATAERR: this one, never. */
static void test_command_refuses_one(void **state)
{
	(void)state;
	add_many(1, 4, true);
	set_code("2", 65);
	run(plainly);
	told(HAUL_CARRIED, 2);
	told(HAUL_ASIDE, 1);
	told(HAUL_FAILED, 0);
	assert_int_equal(p.why.kind, WHY_MESSAGE);
	expect_got("1\n3\n");
	run(plainly);
	told(HAUL_ASIDE, 0);
	set_code("2", 0);
	run((struct ride){ .retries = true });
	told(HAUL_CARRIED, 1);
	expect_got("1\n3\n2\n");
}

/* The same for one that has no name: it is known by its size. */
static void test_command_refuses_a_nameless_one(void **state)
{
	(void)state;
	p.account.deletes = false;
	add_many(9, 10, false);
	add("", "Subject: 10\r\n\r\nlonger than the other one\r\n");
	set_code("9", 65);
	run(plainly);
	told(HAUL_ASIDE, 1);
	run(plainly);
	told(HAUL_ASIDE, 0);
	assert_int_equal(p.known, 1);
	expect_got("10\n");
}

/* How many rows are at that stage, and the reason of the last. */
static unsigned rows_at(enum record_stage stage, char reason_r[WHY_MAX])
{
	struct entries rows = { 0 };
	struct record *r;
	struct why why;
	unsigned count = 0;

	assert_int_equal(record_open(p.site.path, KEY, &r, &why), 0);
	assert_int_equal(record_load(r, NULL, &rows, &why), 0);
	for (size_t i = 0; i < rows.count; i++) {
		if (rows.at[i].stage == stage) {
			count += 1;
			snprintf(reason_r, WHY_MAX, "%s", rows.at[i].reason);
		}
	}
	entries_finish(&rows);
	record_close(&r);
	return count;
}

/* EX_TEMPFAIL: this one, not now; the others go on.  However often. */
static void test_command_refuses_one_for_now(void **state)
{
	char reason[WHY_MAX] = "";

	(void)state;
	add_many(1, 5, true);
	set_code("2", 75);
	run(plainly);
	told(HAUL_CARRIED, 3);
	told(HAUL_POSTPONED, 1);
	told(HAUL_FAILED, 0);
	expect_got("1\n3\n4\n");
	assert_int_equal(still_there(), 1);
	assert_int_equal(rows_at(RECORD_FETCHED, reason), 0);
	assert_int_equal(rows_at(RECORD_TRIED, reason), 1);
	assert_non_null(strstr(reason, "exit code 75"));
	for (unsigned i = 0; i < FETCH_TRIES_MAX + 1; i++) {
		run(plainly);
		told(HAUL_POSTPONED, 1);
		told(HAUL_ASIDE, 0);
	}
	add_many(5, 6, true);
	set_code("2", 0);
	run(plainly);
	told(HAUL_CARRIED, 2);
	expect_got("1\n3\n4\n5\n2\n"); /* it came last */
	assert_int_equal(still_there(), 0);
}

static void set_codes(uint32_t from, uint32_t until, int code)
{
	char subject[16];

	for (uint32_t i = from; i < until; i++) {
		snprintf(subject, sizeof(subject), "%u", i);
		set_code(subject, code);
	}
}

/* So many one after the other, and it is the command's fault: those behind are
 * not tried. */
static void test_command_refuses_all_for_now(void **state)
{
	char reason[WHY_MAX] = "";

	(void)state;
	add_many(1, 10, true);
	set_codes(2, 10, 75);
	run(plainly);
	told(HAUL_CARRIED, 1);
	told(HAUL_POSTPONED, HAUL_REFUSALS_MAX);
	told(HAUL_FAILED, 1);
	assert_false(p.is_record);
	assert_int_equal(p.why.kind, WHY_TEMP);
	assert_non_null(strstr(p.why.text, "exit code 75"));
	expect_got("1\n");
	assert_int_equal(rows_at(RECORD_FETCHED, reason), 0);
	set_codes(2, 10, 0);
	run(plainly);
	told(HAUL_CARRIED, 8);
	expect_got("1\n7\n8\n9\n2\n3\n4\n5\n6\n");
}

/* One that it takes, or judges, is a sign of life. */
static void test_command_refuses_many_for_now(void **state)
{
	(void)state;
	add_many(1, 12, true);
	set_codes(1, 12, 75);
	set_code("5", 0);
	set_code("10", 65);
	run(plainly);
	told(HAUL_CARRIED, 1);
	told(HAUL_ASIDE, 1);
	told(HAUL_POSTPONED, 9);
	told(HAUL_FAILED, 0);
}

static int64_t late_unix; /* behind NOW */

static int64_t clock_late(void)
{
	return NOW + late_unix++;
}

/* A few that are refused each time cannot keep out those behind them. */
static void test_command_takes_one_behind_the_refused(void **state)
{
	struct haul_want want = { .record_path = p.site.path,
				  .clock_unix = clock_late };
	struct haul_ear ear = { hear, NULL };
	struct why why;

	(void)state;
	late_unix = 0;
	add_many(1, 8, true);
	set_codes(1, 8, 75);
	for (unsigned i = 0; i < 3; i++) {
		p.haul = haul_create(&p.account, &want, &why);
		assert_non_null(p.haul);
		haul_begin(p.haul, &ear);
		ride(plainly);
		haul_destroy(&p.haul);
		if (i == 1) {
			set_code("7", 0);
		}
	}
	told(HAUL_CARRIED, 1);
	expect_got("7\n");
}

/* EX_IOERR: it is the command's surroundings, and nobody is tried behind it;
 * that one comes last next time, so that it cannot keep the others out. */
static void test_command_fails_for_now(void **state)
{
	(void)state;
	add_many(1, 4, true);
	set_code("2", 74);
	run(plainly);
	told(HAUL_CARRIED, 1);
	told(HAUL_POSTPONED, 1);
	told(HAUL_FAILED, 1);
	assert_false(p.is_record);
	assert_int_equal(p.why.kind, WHY_TEMP);
	run(plainly);
	told(HAUL_CARRIED, 1);
	told(HAUL_POSTPONED, 1);
	expect_got("1\n3\n");
	set_code("2", 0);
	run(plainly);
	told(HAUL_CARRIED, 1);
	expect_got("1\n3\n2\n");
	assert_true(p.drop->at[1].is_gone);
}

static void test_command_is_wrong(void **state)
{
	(void)state;
	add_many(1, 4, true);
	set_code("1", 78);
	run(plainly);
	told(HAUL_CARRIED, 0);
	told(HAUL_FAILED, 1);
	assert_int_equal(p.why.kind, WHY_DELIVERY);
	expect_got("");
	assert_false(p.drop->at[0].is_gone);
}

#define TEST(test)                                                             \
	cmocka_unit_test_setup_teardown(test, begin_command, end_play)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_command_takes_all),
		TEST(test_command_refuses_one),
		TEST(test_command_refuses_a_nameless_one),
		TEST(test_command_refuses_one_for_now),
		TEST(test_command_refuses_all_for_now),
		TEST(test_command_refuses_many_for_now),
		TEST(test_command_takes_one_behind_the_refused),
		TEST(test_command_fails_for_now),
		TEST(test_command_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
