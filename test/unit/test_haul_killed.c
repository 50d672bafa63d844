// SPDX-License-Identifier: ISC
/*
 * test_haul_killed.c - a haul that is killed at each of its system calls, and
 * the one after it: every message is delivered once.
 */
#include "haul_ride.h"

#include <signal.h>
#include <sys/ptrace.h>

#define MESSAGES 4u

static const struct ride plainly = { .quit = QUIT_OK };

/* In the child: what the parent sees is on disk, and in the maildrop. */
static void be_killed(void)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0) {
		_exit(2);
	}
	raise(SIGSTOP);
	run(plainly);
	_exit(0);
}

/* A run that is killed at the begin of its nth system call, or behind it if nth
 * is odd: each call is stopped at twice.  False: it came to its end first. */
static bool killed_at(unsigned nth)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		be_killed();
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status)) {
		skip(); /* we may not trace */
	}
	for (unsigned i = 0; WIFSTOPPED(status); i++) {
		if (i == nth) {
			assert_int_equal(kill(pid, SIGKILL), 0);
		} else {
			ptrace(PTRACE_SYSCALL, pid, NULL, NULL);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
	}
	if (WIFEXITED(status)) {
		assert_int_equal(WEXITSTATUS(status), 0);
	}
	return WIFSIGNALED(status);
}

/* How often the text stands in the destination, whichever it is. */
static unsigned delivered(uint32_t i)
{
	static char all[65536];
	char text[100];
	unsigned count = 0;

	if (p.account.deliver.kind == DESTINATION_MAILDIR) {
		snprintf(text, sizeof(text),
			 "Subject: %u\n\nText of message %u.\n", i, i);
		return files_with("new", text);
	}
	snprintf(text, sizeof(text), "Text of message %u.\n", i);
	slurp(p.to, all, sizeof(all));
	for (const char *at = strstr(all, text); at != NULL;
	     at = strstr(at + 1, text)) {
		count++;
	}
	return count;
}

static void expect_each_once(unsigned nth)
{
	for (uint32_t i = 0; i < MESSAGES; i++) {
		if (delivered(i) != 1 || !p.drop->at[i].is_gone) {
			fail_msg("killed at %u: message %u was delivered %u "
				 "times, and is%s on the server",
				 nth, i, delivered(i),
				 p.drop->at[i].is_gone ? " not" : "");
		}
	}
}

static void sweep(enum destination_kind kind, bool has_uid, unsigned step)
{
	bool was_killed = true;

	for (unsigned nth = 0; was_killed; nth += step) {
		end_play(NULL);
		begin_play(NULL);
		deliver_to(kind);
		add_many(0, MESSAGES, has_uid);
		was_killed = killed_at(nth);
		run((struct ride){ .has_top = nth % 2 == 0 });
		assert_int_equal(p.told[HAUL_FAILED], 0);
		expect_each_once(nth);
	}
}

static void test_maildir(void **state)
{
	(void)state;
	sweep(DESTINATION_MAILDIR, true, 1);
}

static void test_maildir_without_unique_ids(void **state)
{
	(void)state;
	sweep(DESTINATION_MAILDIR, false, 3);
}

static void test_mbox(void **state)
{
	(void)state;
	sweep(DESTINATION_MBOX, true, 3);
}

static void test_mbox_without_unique_ids(void **state)
{
	(void)state;
	sweep(DESTINATION_MBOX, false, 3);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin_play, end_play)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_maildir),
		TEST(test_maildir_without_unique_ids),
		TEST(test_mbox),
		TEST(test_mbox_without_unique_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
