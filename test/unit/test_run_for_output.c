// SPDX-License-Identifier: ISC
/*
 * test_run_for_output.c - programs are run for what they print, and not for
 * ever.
 * Runs in: the tests.
 */
#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/fd.h"
#include "os/run.h"

static char out[64];
static size_t len;
static int code;

static enum run_result run(const char *script, uint32_t limit_ms)
{
	char *argv[] = { "sh", "-c", (char *)(uintptr_t)script, NULL };
	size_t before = fd_count_open();
	enum run_result result;

	memset(out, '.', sizeof(out));
	result = run_for_output(argv, limit_ms, out, 16, &len, &code);
	assert_int_equal(fd_count_open(), before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	assert_int_equal(out[16], '.');
	return result;
}

static void takes_what_is_printed(void **state)
{
	(void)state;
	assert_int_equal(run("echo one; echo two", 20000), RUN_OK);
	assert_int_equal(len, 8);
	assert_memory_equal(out, "one\ntwo\n", 8);
	assert_int_equal(run(":", 20000), RUN_OK);
	assert_int_equal(len, 0);
	assert_int_equal(run("echo; kill -9 $$", 20000), RUN_SIGNALLED);
	assert_int_equal(code, SIGKILL);
	assert_int_equal(run("echo x; exit 7", 20000), RUN_EXITED);
	assert_int_equal(code, 7);
}

/* It may go on printing: it must not be ended by SIGPIPE. */
static void takes_no_more_than_fits(void **state)
{
	(void)state;
	assert_int_equal(run("head -c 300000 /dev/zero | tr '\\0' x", 20000),
			 RUN_OK);
	assert_int_equal(len, 16);
	assert_memory_equal(out, "xxxxxxxxxxxxxxxx", 16);
}

static void has_no_input(void **state)
{
	(void)state;
	assert_int_equal(run("cat; echo end", 20000), RUN_OK);
	assert_memory_equal(out, "end\n", 4);
}

/* A child of a child that holds the output is not waited for. */
static void waits_for_nobody_else(void **state)
{
	uint64_t begin_ms = clock_ms();

	(void)state;
	assert_int_equal(run("sleep 60 & echo $!", 20000), RUN_OK);
	assert_true(clock_ms() - begin_ms < 15000);
	out[len] = '\0';
	assert_int_equal(kill((pid_t)strtol(out, NULL, 10), SIGKILL), 0);
}

static void ends_who_takes_too_long(void **state)
{
	uint64_t begin_ms = clock_ms();

	(void)state;
	assert_int_equal(run("exec sleep 60", 100), RUN_LATE);
	assert_int_equal(run("exec >&-; exec sleep 60", 100), RUN_LATE);
	assert_int_equal(run("while :; do echo x; done", 100), RUN_LATE);
	assert_int_equal(run("trap '' TERM; while :; do echo x; done", 100),
			 RUN_LATE);
	assert_true(clock_ms() - begin_ms < 30000);
}

/* Whatever this process ignores or blocks. */
static void has_its_signals(void **state)
{
	sigset_t set;
	sigset_t before;

	(void)state;
	signal(SIGINT, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &before);
	assert_int_equal(run("kill -INT $$; echo on", 20000), RUN_SIGNALLED);
	assert_int_equal(code, SIGINT);
	assert_int_equal(run("kill -TERM $$; echo on", 20000), RUN_SIGNALLED);
	assert_int_equal(code, SIGTERM);
	sigprocmask(SIG_SETMASK, &before, NULL);
	signal(SIGINT, SIG_DFL);
}

static void tells_what_cannot_be_run(void **state)
{
	char *argv[] = { "/nowhere/program", NULL };

	(void)state;
	assert_int_equal(run_for_output(argv, 1000, out, 16, &len, &code),
			 RUN_ERROR);
	assert_int_equal(code, ENOENT);
	assert_int_equal(len, 0);
	argv[0] = "/tmp";
	assert_int_equal(run_for_output(argv, 1000, out, 16, &len, &code),
			 RUN_ERROR);
	assert_int_equal(code, EACCES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_is_printed),
		cmocka_unit_test(takes_no_more_than_fits),
		cmocka_unit_test(has_no_input),
		cmocka_unit_test(waits_for_nobody_else),
		cmocka_unit_test(ends_who_takes_too_long),
		cmocka_unit_test(has_its_signals),
		cmocka_unit_test(tells_what_cannot_be_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
