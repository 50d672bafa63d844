// SPDX-License-Identifier: ISC
/*
 * test_dot_lock.c - the lock of an mbox that is a file: of others, stale, and
 * of others again.
 */
#include "sink_play.h"

#include <errno.h>
#include <sys/wait.h>

#include "fetch/limits.h"
#include "fetch/sink/dot_lock.h"
#include "fetch/sink/mbox_file.h"
#include "mbox_play.h"
#include "os/clock.h"

static void put_dot(const struct sink_play *p, const char *text, int64_t age)
{
	struct timespec times[2] = { { .tv_sec = clock_unix() - age },
				     { .tv_sec = clock_unix() - age } };

	mbox_put(p, "mail.lock", text);
	assert_int_equal(
	    utimensat(AT_FDCWD, play_path(p, "mail.lock"), times, 0), 0);
}

static void expect_lock(const struct sink_play *p, int want)
{
	struct mbox_file f;
	struct stat st;

	assert_int_equal(mbox_file_init(&f, p->path), 0);
	assert_int_equal(mbox_file_lock(&f, true, 0), want);
	mbox_file_finish(&f);
	assert_int_equal(stat(play_path(p, "mail.lock"), &st),
			 want == 0 ? -1 : 0);
	(void)unlink(play_path(p, "mail.lock"));
}

static pid_t gone_process(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		_exit(0);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return pid;
}

static void test_dot_locks_of_others(void **state)
{
	char host[256] = "";
	char text[300];
	struct sink_play p;

	(void)state;
	gethostname(host, sizeof(host) - 1);
	play_init(&p, DESTINATION_MBOX);
	put_dot(&p, "", 0);
	expect_lock(&p, -ETIMEDOUT);
	put_dot(&p, "1", 0);
	expect_lock(&p, -ETIMEDOUT);
	put_dot(&p, "", FETCH_MBOX_STALE_S + 10);
	expect_lock(&p, 0);
	put_dot(&p, "", -1000); /* a clock that is ahead */
	expect_lock(&p, -ETIMEDOUT);
	snprintf(text, sizeof(text), "%d %s\n", (int)getppid(), host);
	put_dot(&p, text, 10);
	expect_lock(&p, -ETIMEDOUT);
	/* Who lives holds it, however long. */
	put_dot(&p, text, FETCH_MBOX_STALE_S + 10);
	expect_lock(&p, -ETIMEDOUT);
	snprintf(text, sizeof(text), "%d\n", (int)getppid());
	put_dot(&p, text, FETCH_MBOX_STALE_S + 10);
	expect_lock(&p, -ETIMEDOUT);
	snprintf(text, sizeof(text), "%d", (int)getppid());
	put_dot(&p, text, FETCH_MBOX_STALE_S + 10);
	expect_lock(&p, -ETIMEDOUT);
	/* Of no process here: perhaps of another host. */
	snprintf(text, sizeof(text), "%d\n", (int)gone_process());
	put_dot(&p, text, 10);
	expect_lock(&p, -ETIMEDOUT);
	put_dot(&p, text, FETCH_MBOX_STALE_S + 10);
	expect_lock(&p, 0);
	snprintf(text, sizeof(text), "%d %s\n", (int)gone_process(), host);
	put_dot(&p, text, 0);
	expect_lock(&p, 0);
	snprintf(text, sizeof(text), "%d %s-2\n", (int)gone_process(), host);
	put_dot(&p, text, 0);
	expect_lock(&p, -ETIMEDOUT);
	/* Of an earlier process that had our number. */
	snprintf(text, sizeof(text), "%d %s\n", (int)getpid(), host);
	put_dot(&p, text, 0);
	expect_lock(&p, 0);
	play_finish(&p);
}

/* Held for so long that another program took it for stale, and made its own. */
static void test_a_dot_lock_that_became_anothers(void **state)
{
	struct mbox_file f;
	struct sink_play p;

	(void)state;
	play_init(&p, DESTINATION_MBOX);
	mbox_put(&p, "mail", "");
	assert_int_equal(mbox_file_init(&f, play_path(&p, "mail")), 0);
	assert_int_equal(mbox_file_lock(&f, false, 0), 0);
	assert_int_equal(unlink(f.dot_path), 0);
	mbox_put(&p, "mail.lock", "1 elsewhere\n");
	mbox_file_unlock(&f);
	assert_int_equal(unlink(f.dot_path), 0);
	mbox_file_finish(&f);
	play_finish(&p);
}

/* What is large is mail, whatever its name and age. */
static void test_mail_is_no_stale_lock(void **state)
{
	char text[FETCH_MBOX_DOT_MAX + 2];
	struct sink_play p;

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	play_init(&p, DESTINATION_MBOX);
	put_dot(&p, text, 100000);
	expect_lock(&p, -ETIMEDOUT);
	play_finish(&p);
}

/* Root may write everywhere, so somebody else has to try. */
static void test_where_no_dot_lock_can_be_made(void **state)
{
	const uid_t nobody = 65534;
	bool is_root = geteuid() == 0;
	struct sink_play p;

	(void)state;
	play_init(&p, DESTINATION_MBOX);
	mbox_put(&p, "mail", "");
	assert_int_equal(chmod(p.root, 0555), 0);
	if (is_root) {
		assert_int_equal(chown(p.path, nobody, (gid_t)-1), 0);
		assert_int_equal(seteuid(nobody), 0);
	}
	expect_lock(&p, 0);
	if (is_root) {
		assert_int_equal(seteuid(0), 0);
	}
	assert_int_equal(chmod(p.root, 0700), 0);
	play_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dot_locks_of_others),
		cmocka_unit_test(test_a_dot_lock_that_became_anothers),
		cmocka_unit_test(test_mail_is_no_stale_lock),
		cmocka_unit_test(test_where_no_dot_lock_can_be_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
