// SPDX-License-Identifier: ISC
/*
 * test_haul_faults.c - destinations and records that fail, at each step: what
 * was delivered is ours, the others come again, and nothing comes twice.
 */
#include "haul_ride.h"

#include <signal.h>
#include <sys/resource.h>

static const struct ride plainly = { .quit = QUIT_OK };

/* -- a Maildir in which something is not as it was; to root, as whom tests may
 * run, nothing is forbidden */

static void expect_once(uint32_t from, uint32_t until)
{
	char text[200];

	for (uint32_t i = from; i < until; i++) {
		snprintf(text, sizeof(text),
			 "Subject: %u\n\nText of message %u.\n", i, i);
		if (files_with("new", text) != 1) {
			fail_msg("message %u is there %u times", i,
				 files_with("new", text));
		}
	}
	assert_int_equal(files_with("new", NULL), until - from);
	assert_int_equal(files_with("tmp", NULL), 0);
}

static char bad[] = "Bad", f_subject[] = "Subject", pattern[] = "3";
static struct rule bad_folder = { f_subject, pattern, RULE_FOLDER, bad };

/* A file stands where the folder would be made. */
static void block_folder(void)
{
	char path[600];
	FILE *f;

	snprintf(path, sizeof(path), "%s/.Bad", p.to);
	f = fopen(path, "w");
	assert_non_null(f);
	fclose(f);
}

/* begin fails for one: those before it are delivered all the same. */
static void test_maildir_fails_in_begin(void **state)
{
	(void)state;
	run(plainly); /* makes it */
	block_folder();
	p.account.rules = &bad_folder;
	p.account.rules_count = 1;
	add_many(1, 6, true);
	run(plainly);
	told(HAUL_FAILED, 1);
	told(HAUL_CARRIED, 2);
	assert_int_equal(files_with("new", NULL), 2);
	p.account.rules_count = 0;
	run(plainly);
	told(HAUL_CARRIED, 3);
	expect_once(1, 6);
}

static rlim_t limit_files(rlim_t max)
{
	struct rlimit limit;
	rlim_t before;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	before = limit.rlim_cur;
	limit.rlim_cur = max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	return before;
}

/* In write, and, as the last octets are written there, in end. */
static void test_maildir_fails_in_write(void **state)
{
	static char text[FETCH_WRITE_OCTETS * 3];
	static const size_t lens[] = { sizeof(text), 100000 };

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < COUNT_OF(lens); i++) {
		rlim_t before;

		p.drop->count = 0;
		add_many(1, 4, true);
		p.ride = plainly;
		open_haul();
		plan_all();
		for (size_t n = 0; n < p.tasks_count; n++) {
			if (p.tasks[n].msn == 1 && i == 0) {
				assert_true(fetch(&p.tasks[n]));
			}
		}
		before = limit_files(50000);
		feed(haul_text, 2, text, lens[i], true);
		limit_files(before);
		told(HAUL_FAILED, (unsigned)i + 1);
		feed(haul_text, 3, "x", 1, true); /* nothing more is taken */
		over("the line broke", 0);
		haul_destroy(&p.haul);
		assert_int_equal(files_with("tmp", NULL), 0);
	}
	run(plainly);
	told(HAUL_FAILED, 0);
	expect_once(1, 4);
}

/* new/ is removed while it is open. */
static void test_maildir_fails_in_deliver(void **state)
{
	char path[400];

	(void)state;
	add_many(1, 4, true);
	p.ride = plainly;
	open_haul();
	plan_all();
	assert_true(fetch_all());
	snprintf(path, sizeof(path), "%s/new", p.to);
	assert_int_equal(rmdir(path), 0); /* its descriptor is of nothing */
	haul_settle(p.haul);
	told(HAUL_CARRIED, 0);
	told(HAUL_FAILED, 1);
	assert_int_equal(p.why.kind, WHY_DELIVERY);
	quit();
	haul_destroy(&p.haul);
	assert_false(p.drop->at[0].is_gone);
	run(plainly);
	told(HAUL_CARRIED, 3);
	expect_once(1, 4);
}

/* One of the files is taken away behind our back: those before it are ours. */
static void test_maildir_delivers_some(void **state)
{
	char path[600];
	DIR *d;
	unsigned removed = 0;

	(void)state;
	add_many(1, 4, true);
	p.ride = plainly;
	open_haul();
	plan_all();
	assert_true(fetch(&p.tasks[0]));
	assert_true(fetch(&p.tasks[1]));
	snprintf(path, sizeof(path), "%s/tmp", p.to);
	d = opendir(path);
	assert_non_null(d);
	assert_true(fetch(&p.tasks[2]));
	for (const struct dirent *e = readdir(d); e; e = readdir(d)) {
		char is[300];

		snprintf(path, sizeof(path), "%s/tmp/%s", p.to, e->d_name);
		if (e->d_type == DT_REG && slurp(path, is, sizeof(is)) > 0 &&
		    strstr(is, "message 2.") != NULL) {
			assert_int_equal(unlink(path), 0);
			removed++;
		}
	}
	closedir(d);
	assert_int_equal(removed, 1);
	haul_settle(p.haul);
	told(HAUL_CARRIED, 1);
	told(HAUL_POSTPONED, 1);
	told(HAUL_FAILED, 1);
	quit();
	haul_destroy(&p.haul);
	assert_true(p.drop->at[0].is_gone);
	run(plainly);
	told(HAUL_CARRIED, 2);
	expect_once(1, 4);
}

/* A group that a destination refuses as a whole: what the server refused is
 * told and counted all the same. */
static void test_refused_beside_what_fails(void **state)
{
	FILE *f;

	(void)state;
	add_many(1, 4, true);
	p.drop->at[1].is_refused = true;
	deliver_to(DESTINATION_MBOX);
	f = fopen(p.to, "w");
	assert_non_null(f);
	assert_true(fputs("this is no mbox\n", f) > 0);
	assert_int_equal(fclose(f), 0);
	for (unsigned i = 1; i <= FETCH_TRIES_MAX; i++) {
		run(plainly);
		told(HAUL_FAILED, 1);
		told(HAUL_CARRIED, 0);
		told(HAUL_POSTPONED, i < FETCH_TRIES_MAX ? 1 : 0);
		told(HAUL_ASIDE, i < FETCH_TRIES_MAX ? 0 : 1);
	}
	assert_int_equal(unlink(p.to), 0);
	run(plainly);
	told(HAUL_CARRIED, 2);
}

/* -- a record that has no room any more */

static off_t wal_octets(void)
{
	char path[300];
	struct stat st;

	snprintf(path, sizeof(path), "%s-wal", p.site.path);
	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

/* With room for so many octets, from that step on. */
static void record_full(rlim_t room, bool before_quit)
{
	rlim_t before;
	unsigned told_failed;

	p.ride = plainly;
	open_haul();
	forget_told();
	plan_all();
	assert_true(fetch_all());
	if (before_quit) {
		haul_settle(p.haul);
		told(HAUL_CARRIED, 3);
	}
	before = limit_files((rlim_t)wal_octets() + room);
	haul_settle(p.haul);
	quit();
	told_failed = p.told[HAUL_FAILED];
	limit_files(before);
	haul_destroy(&p.haul);
	assert_true(told_failed <= 1);
	assert_true(told_failed == 0 || p.is_record);
	told(HAUL_OVER, 1);
}

static void sweep_record(enum destination_kind kind, bool before_quit,
			 bool has_uid)
{
	unsigned failed = 0, passed = 0;

	for (rlim_t room = 0; passed < 2; room += 2000) {
		end_play(NULL);
		begin_play(NULL);
		deliver_to(kind);
		run(plainly);
		add_many(1, 4, has_uid);
		record_full(room, before_quit);
		failed += p.told[HAUL_FAILED];
		passed += p.told[HAUL_FAILED] == 0;
		run((struct ride){ .has_top = true });
		told(HAUL_FAILED, 0);
		if (kind == DESTINATION_MAILDIR) {
			expect_once(1, 4);
		}
		for (uint32_t i = 0; i < 3; i++) {
			assert_true(p.drop->at[i].is_gone);
		}
	}
	assert_true(failed > 0);
}

static void test_record_full_at_delivery(void **state)
{
	(void)state;
	sweep_record(DESTINATION_MAILDIR, false, true);
	sweep_record(DESTINATION_MAILDIR, false, false);
}

static void test_record_full_at_quit(void **state)
{
	(void)state;
	sweep_record(DESTINATION_MAILDIR, true, true);
}

/* The mbox is unlocked at once, though another message is being written. */
static void test_record_full_leaves_no_lock(void **state)
{
	char lock[400];
	rlim_t before;

	(void)state;
	deliver_to(DESTINATION_MBOX);
	run(plainly);
	add_many(1, 4, true);
	p.ride = plainly;
	open_haul();
	plan_all();
	assert_true(fetch_all());
	before = limit_files((rlim_t)wal_octets() + 2000);
	haul_text(p.haul, 3, HAUL_FIRST, (const uint8_t *)"x\r\n", 3);
	haul_settle(p.haul);
	limit_files(before);
	told(HAUL_FAILED, 1);
	assert_true(p.is_record);
	snprintf(lock, sizeof(lock), "%s.lock", p.to);
	assert_int_equal(access(lock, F_OK), -1);
	over("the line broke", 0);
}

/* -- who has the account */

static void test_one_at_a_time(void **state)
{
	struct haul_want want = { .record_path = p.site.path,
				  .clock_unix = clock_now };
	struct why why;

	(void)state;
	p.ride = plainly;
	open_haul();
	assert_null(haul_create(&p.account, &want, &why));
	assert_int_equal(why.kind, WHY_TEMP);
}

/* Who only looks is kept out by nobody, and keeps nobody out. */
static void test_a_look_beside(void **state)
{
	struct haul_want want = { .record_path = p.site.path,
				  .only_looks = true,
				  .clock_unix = clock_now };
	struct why why;
	struct haul *looking;

	(void)state;
	p.ride = plainly;
	open_haul();
	looking = haul_create(&p.account, &want, &why);
	assert_non_null(looking);
	haul_destroy(&looking);
	want.only_looks = false; /* that took no lock away */
	assert_null(haul_create(&p.account, &want, &why));
}

static void test_no_destination(void **state)
{
	struct haul_want want = { .record_path = p.site.path,
				  .clock_unix = clock_now };
	struct why why;

	(void)state;
	p.account.deliver.kind = DESTINATION_NONE;
	assert_null(haul_create(&p.account, &want, &why));
	assert_int_equal(why.kind, WHY_CONFIG);
	want.only_looks = true;
	p.haul = haul_create(&p.account, &want, &why);
	assert_non_null(p.haul);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin_play, end_play)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_maildir_fails_in_begin),
		TEST(test_maildir_fails_in_write),
		TEST(test_maildir_fails_in_deliver),
		TEST(test_maildir_delivers_some),
		TEST(test_refused_beside_what_fails),
		TEST(test_record_full_at_delivery),
		TEST(test_record_full_at_quit),
		TEST(test_record_full_leaves_no_lock),
		TEST(test_one_at_a_time),
		TEST(test_a_look_beside),
		TEST(test_no_destination),
	};

	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
