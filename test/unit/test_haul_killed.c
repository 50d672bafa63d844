// SPDX-License-Identifier: ISC
/*
 * test_haul_killed.c - a haul that is killed before each system call that
 * changes something, and the one after it: every message is delivered once.
 */
#include "haul_ride.h"

#include <signal.h>
#include <sys/syscall.h>
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

/* Calls that change what a crash leaves. */
static bool is_step(uint64_t call)
{
	static const uint64_t steps[] = { SYS_write,     SYS_pwrite64,
					  SYS_fsync,     SYS_fdatasync,
					  SYS_linkat,    SYS_unlinkat,
					  SYS_renameat2, SYS_ftruncate,
					  SYS_fallocate };

	for (size_t i = 0; i < COUNT_OF(steps); i++) {
		if (call == steps[i]) {
			return true;
		}
	}
	return false;
}

/* Whether the child stands before such a call. */
static bool is_before_step(pid_t pid)
{
	struct __ptrace_syscall_info info = { .op = PTRACE_SYSCALL_INFO_NONE };

	return ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) > 0 &&
	       info.op == PTRACE_SYSCALL_INFO_ENTRY && is_step(info.entry.nr);
}

/* A run that is killed before its nth step.  False: it came to its end. */
static bool killed_at(unsigned nth)
{
	pid_t pid = fork();
	unsigned steps = 0;
	int status;

	if (pid == 0) {
		be_killed();
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status)) {
		skip(); /* we may not trace */
	}
	ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD);
	while (WIFSTOPPED(status)) {
		if (is_before_step(pid) && steps++ == nth) {
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

static void sweep(enum destination_kind kind, bool has_uid)
{
	bool was_killed = true;

	for (unsigned nth = 0; was_killed; nth++) {
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
	sweep(DESTINATION_MAILDIR, true);
}

static void test_maildir_without_unique_ids(void **state)
{
	(void)state;
	sweep(DESTINATION_MAILDIR, false);
}

static void test_mbox(void **state)
{
	(void)state;
	sweep(DESTINATION_MBOX, true);
}

static void test_mbox_without_unique_ids(void **state)
{
	(void)state;
	sweep(DESTINATION_MBOX, false);
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

	/* 200 runs: a disk's syncs take minutes, and change nothing of it */
	if (access("/dev/shm", W_OK) == 0) {
		(void)setenv("TMPDIR", "/dev/shm", 0);
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
