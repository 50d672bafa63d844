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

/* EX_TEMPFAIL: what came before it is ours; it comes last next time, so that it
 * cannot keep the others out for ever. */
static void test_command_fails_for_now(void **state)
{
	(void)state;
	add_many(1, 4, true);
	set_code("2", 75);
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
	for (unsigned i = 0; i < FETCH_TRIES_MAX + 1; i++) {
		run(plainly);
		told(HAUL_POSTPONED, 1);
		told(HAUL_ASIDE, 0); /* however often */
	}
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
		TEST(test_command_fails_for_now),
		TEST(test_command_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
