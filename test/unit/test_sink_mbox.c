// SPDX-License-Identifier: ISC
/*
 * test_sink_mbox.c - delivery into an mbox: what stands there, locks, and what
 * is done when it cannot be written.
 */
#include "sink_play.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "fetch/limits.h"
#include "fetch/sink/mbox_file.h"
#include "mbox_play.h"

static void test_two_messages(void **state)
{
	struct sink_play p;
	struct sink_item *items[2];

	(void)state;
	play_init(&p, DESTINATION_MBOX);
	play_open(&p);
	items[0] = play_put(&p, "Subject: a\n\nFrom me\n");
	items[1] = play_put(&p, "Subject: b\n\nno end");
	play_through(&p, items, 2);
	expect_mbox(&p, "mail",
		    FROM "Subject: a\n\n>From me\n\n" FROM
			 "Subject: b\n\nno end\n\n");
	play_finish(&p);
}

/* Whatever another program left at the end, a message begins at a line. */
static void test_lead(void **state)
{
	static const char *const ends[][2] = {
		{ "", "" },
		{ "\n", "\n\n" },
		{ "\n\r\n", "\n\r\n\n" },
		{ "From x", "From x\n\n" },
		{ "\n\nFrom a\n\nx\n\n", "\n\nFrom a\n\nx\n\n" },
		{ "From a\n\nx\n", "From a\n\nx\n\n" },
		{ "From a\n\nx\n\n", "From a\n\nx\n\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ends); i++) {
		struct sink_play p;
		char want[200];

		play_init(&p, DESTINATION_MBOX);
		mbox_put(&p, "mail", ends[i][0]);
		play_open(&p);
		play_send(&p, NULL, "a\n");
		snprintf(want, sizeof(want), "%s" FROM "a\n\n", ends[i][1]);
		expect_mbox(&p, "mail", want);
		play_finish(&p);
	}
}

static bool is_stopping(const void *asked)
{
	(void)asked;
	return true;
}

/* Who is to end waits for no other program. */
static void test_a_lock_when_it_is_to_end(void **state)
{
	struct sink_heed heed = { is_stopping, NULL };
	struct sink_play p;
	struct sink_item *item;
	struct mbox_file other;

	(void)state;
	play_init(&p, DESTINATION_MBOX);
	assert_int_equal(mbox_file_init(&other, p.path), 0);
	assert_int_equal(mbox_file_lock(&other, true, 0), 0);
	play_open(&p);
	sink_heed(p.sink, &heed);
	item = play_put(&p, "a\n");
	play_not_ready(&p, &item, 1, WHY_TEMP, "it was to end");
	sink_release(p.sink, &item);
	mbox_file_unlock(&other);
	play_send(&p, NULL, "b\n"); /* what is free is not waited for */
	expect_mbox(&p, "mail", FROM "b\n\n");
	mbox_file_finish(&other);
	play_finish(&p);
}

/* A link may lead anywhere. */
static void test_what_is_no_mbox_stays_as_it_is(void **state)
{
	static const char *const texts[] = {
		"x",         "root:x:0:0:root:/root:/bin/sh\n",
		"From",      "from a\n",
		"\n\nFrom:",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		struct sink_play p;
		struct sink_item *items[2];
		struct stat st;

		play_init(&p, DESTINATION_MBOX);
		mbox_put(&p, "other", texts[i]);
		assert_int_equal(symlink("other", p.path), 0);
		play_open(&p);
		items[0] = play_put_in(&p, "Lists", "a\n");
		items[1] = play_put(&p, "b\n");
		play_not_ready(&p, items, 2, WHY_CONFIG, p.path);
		assert_int_equal(stat(play_path(&p, "mail.lock"), &st), -1);
		assert_int_equal(stat(play_path(&p, "Lists.lock"), &st), -1);
		sink_release(p.sink, &items[0]);
		sink_release(p.sink, &items[1]);
		play_assert_file(play_path(&p, "other"), texts[i]);
		play_finish(&p);
	}
}

/* More of them than are read at once. */
static void test_line_ends_and_a_message(void **state)
{
	char text[2000], more[2050];
	struct sink_play p;
	struct sink_item *item;

	(void)state;
	play_init(&p, DESTINATION_MBOX);
	memset(text, '\n', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	mbox_put(&p, "mail", text);
	play_open(&p);
	play_send(&p, NULL, "a\n");
	snprintf(more, sizeof(more), "%s" FROM "a\n\n", text);
	expect_mbox(&p, "mail", more);
	snprintf(more, sizeof(more), "%sx\n", text);
	mbox_put(&p, "odd", more);
	item = play_put_in(&p, "odd", "a\n");
	play_not_ready(&p, &item, 1, WHY_CONFIG, "is no mbox");
	sink_release(p.sink, &item);
	play_assert_file(play_path(&p, "odd"), more);
	play_finish(&p);
}

static void test_folders(void **state)
{
	struct sink_play p;
	struct sink_item *items[4];

	(void)state;
	play_init(&p, DESTINATION_MBOX);
	play_open(&p);
	items[0] = play_put_in(&p, "Lists", "a\n");
	items[1] = play_put_in(&p, NULL, "b\n");
	items[2] = play_put_in(&p, "Lists", "c\n");
	items[3] = play_put_in(&p, "mail", "d\n"); /* itself */
	play_through(&p, items, 4);
	expect_mbox(&p, "Lists", FROM "a\n\n" FROM "c\n\n");
	expect_mbox(&p, "mail", FROM "b\n\n" FROM "d\n\n");
	play_finish(&p);
}

static void test_a_lock_is_no_folder(void **state)
{
	struct sink_about about = { "mail.lock", "work", 1764129600 };
	struct sink_item *item = NULL;
	struct sink_play p;

	(void)state;
	play_init(&p, DESTINATION_MBOX);
	play_open(&p);
	assert_int_equal(sink_begin(p.sink, &about, &item, &p.why), -1);
	assert_int_equal(p.why.kind, WHY_CONFIG);
	play_finish(&p);
}

/* Until ready nothing is touched, until settle it is locked in both ways. */
static void test_locked_from_ready_to_settle(void **state)
{
	struct sink_play p;
	struct sink_item *item;
	struct mbox_file other;
	struct stat st;

	(void)state;
	play_init(&p, DESTINATION_MBOX);
	play_open(&p);
	assert_int_equal(mbox_file_init(&other, p.path), 0);
	item = play_put(&p, "a\n");
	assert_int_equal(stat(p.path, &st), -1);
	play_ready(&p, &item, 1);
	assert_int_equal(stat(play_path(&p, "mail.lock"), &st), 0);
	assert_int_equal(unlink(play_path(&p, "mail.lock")), 0);
	assert_int_equal(mbox_file_lock(&other, false, 0), -ETIMEDOUT);
	play_ok(&p, sink_deliver(p.sink, item, &p.why));
	assert_int_equal(mbox_file_lock(&other, false, 0), -ETIMEDOUT);
	play_ok(&p, sink_settle(p.sink, &item, 1, &p.why));
	assert_int_equal(mbox_file_lock(&other, false, 0), 0);
	mbox_file_finish(&other);
	sink_release(p.sink, &item);
	assert_int_equal(stat(p.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(play_path(&p, "mail.lock"), &st), -1);
	play_finish(&p);
}

/* Nothing of a group that is given up stays, its lock neither. */
static void test_released_before_deliver(void **state)
{
	struct sink_play p;
	struct sink_item *items[2];

	(void)state;
	play_init(&p, DESTINATION_MBOX);
	play_open(&p);
	items[0] = play_put(&p, "a\n");
	items[1] = play_put(&p, "b\n");
	play_ready(&p, items, 2);
	sink_release(p.sink, &items[0]);
	sink_release(p.sink, &items[1]);
	expect_mbox(&p, "mail", "");
	play_send(&p, NULL, "c\n");
	expect_mbox(&p, "mail", FROM "c\n\n");
	play_finish(&p);
}

/* Another program's record lock, of another process as all of them are. */
static pid_t lock_elsewhere(const char *path)
{
	int pipes[2];
	char octet;
	pid_t pid;

	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	if (pid == 0) {
		struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
		int fd = open(path, O_RDWR | O_CLOEXEC);

		if (fcntl(fd, F_SETLK, &lock) < 0 ||
		    write(pipes[1], "x", 1) != 1) {
			_exit(1);
		}
		pause();
		_exit(0);
	}
	assert_true(pid > 0);
	assert_int_equal(read(pipes[0], &octet, 1), 1);
	close(pipes[0]);
	close(pipes[1]);
	return pid;
}

static void test_record_lock_of_others(void **state)
{
	struct mbox_file f;
	struct sink_play p;
	pid_t pid;

	(void)state;
	play_init(&p, DESTINATION_MBOX);
	mbox_put(&p, "mail", "");
	pid = lock_elsewhere(p.path);
	assert_int_equal(mbox_file_init(&f, p.path), 0);
	assert_int_equal(mbox_file_lock(&f, true, 0), -ETIMEDOUT);
	assert_int_equal(mbox_file_lock(&f, true, 200), -ETIMEDOUT);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(mbox_file_lock(&f, true, 0), 0);
	mbox_file_finish(&f);
	play_finish(&p);
}

static void test_no_plain_file(void **state)
{
	struct sink_play p;
	struct sink_item *item;

	(void)state;
	play_init(&p, DESTINATION_MBOX);
	assert_int_equal(mkfifo(p.path, 0600), 0);
	play_open(&p);
	item = play_put(&p, "a\n");
	play_not_ready(&p, &item, 1, WHY_CONFIG, "is not a plain file");
	sink_release(p.sink, &item);
	play_finish(&p);
}

/* The second of two does not fit: the first stays, the file ends with it. */
static void test_cut_back_when_it_does_not_fit(void **state)
{
	struct rlimit before;
	struct rlimit few;
	struct sink_play p;
	struct sink_item *items[2];
	char *text = malloc(100001);

	(void)state;
	assert_non_null(text);
	memset(text, 'a', 100000);
	text[100000] = '\0';
	signal(SIGXFSZ, SIG_IGN);
	play_init(&p, DESTINATION_MBOX);
	play_open(&p);
	items[0] = play_put(&p, "a\n");
	items[1] = play_put(&p, text);
	play_ready(&p, items, 2);
	play_ok(&p, sink_deliver(p.sink, items[0], &p.why));
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	few = before;
	few.rlim_cur = 50000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
	assert_int_equal(sink_deliver(p.sink, items[1], &p.why), -1);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(p.why.kind, WHY_DELIVERY);
	play_ok(&p, sink_settle(p.sink, items, 2, &p.why));
	sink_release(p.sink, &items[0]);
	sink_release(p.sink, &items[1]);
	expect_mbox(&p, "mail", FROM "a\n\n");
	free(text);
	play_finish(&p);
}

static void test_others_write_without_a_lock(void **state)
{
	struct sink_play p;
	struct sink_item *item;

	(void)state;
	play_init(&p, DESTINATION_MBOX);
	play_open(&p);
	item = play_put(&p, "a\n");
	play_ready(&p, &item, 1);
	mbox_put(&p, "mail", "From b\n\n");
	assert_int_equal(sink_deliver(p.sink, item, &p.why), -1);
	assert_int_equal(p.why.kind, WHY_TEMP);
	play_ok(&p, sink_settle(p.sink, &item, 1, &p.why));
	sink_release(p.sink, &item);
	expect_mbox(&p, "mail", "From b\n\n");
	play_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_messages),
		cmocka_unit_test(test_lead),
		cmocka_unit_test(test_a_lock_when_it_is_to_end),
		cmocka_unit_test(test_what_is_no_mbox_stays_as_it_is),
		cmocka_unit_test(test_line_ends_and_a_message),
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_a_lock_is_no_folder),
		cmocka_unit_test(test_locked_from_ready_to_settle),
		cmocka_unit_test(test_released_before_deliver),
		cmocka_unit_test(test_record_lock_of_others),
		cmocka_unit_test(test_no_plain_file),
		cmocka_unit_test(test_cut_back_when_it_does_not_fit),
		cmocka_unit_test(test_others_write_without_a_lock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
