// SPDX-License-Identifier: ISC
/*
 * test_sink_command.c - delivery by another program: what it reads and finds,
 * and what its end means.
 */
#include "sink_play.h"

#include <errno.h>
#include <signal.h>
#include <sysexits.h>

#include "fetch/limits.h"
#include "fetch/sink/sink_command.h"
#include "os/clock.h"
#include "os/fd.h"

/* A shell's script, in $1 the folder of the test. */
struct script {
	struct sink_play p;
	char *argv[6];
};

static void script_init(struct script *s, const char *text)
{
	char *const argv[] = { (char *)(uintptr_t) "sh",
			       (char *)(uintptr_t) "-c",
			       (char *)(uintptr_t)text,
			       (char *)(uintptr_t) "script",
			       s->p.root,
			       NULL };

	play_init(&s->p, DESTINATION_COMMAND);
	memcpy(s->argv, argv, sizeof(argv));
	s->p.to.argv = s->argv;
	play_open(&s->p);
}

static int send_text(struct script *s, const char *text)
{
	struct sink_item *item = play_put(&s->p, text);
	int rc;

	play_ready(&s->p, &item, 1);
	assert_string_equal(sink_place(item), "");
	rc = sink_deliver(s->p.sink, item, &s->p.why);
	assert_int_equal(
	    sink_settle(s->p.sink, &item, 1, &(struct why){ WHY_NONE, "" }), 0);
	sink_release(s->p.sink, &item);
	return rc;
}

static void test_reads_the_message(void **state)
{
	struct script s;

	(void)state;
	script_init(&s, "cat > $1/is");
	play_ok(&s.p, send_text(&s, "Subject: a\n\nFrom me\n.\nno end"));
	play_assert_file(play_path(&s.p, "is"),
			 "Subject: a\n\nFrom me\n.\nno end");
	assert_int_equal(sink_find(s.p.sink, ""), SINK_UNKNOWN);
	play_finish(&s.p);
}

static void test_large_messages(void **state)
{
	size_t size = 5 * FETCH_SPOOL_OCTETS + 3;
	char *text = malloc(size + 1);
	struct sink_item *items[3];
	struct script s;
	size_t len;
	char *is;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < size; i++) {
		text[i] = (char)('a' + i * 13 % 25);
	}
	text[size] = '\0';
	script_init(&s, "cat >> $1/is; echo >> $1/is");
	items[0] = play_put(&s.p, text);
	items[1] = play_put(&s.p, "small");
	items[2] = play_put(&s.p, text);
	play_through(&s.p, items, 3);
	is = play_text(play_path(&s.p, "is"), &len);
	assert_int_equal(len, 2 * size + 3 + 5);
	assert_memory_equal(is, text, size);
	assert_memory_equal(is + size, "\nsmall\n", 7);
	assert_memory_equal(is + size + 7, text, size);
	free(is);
	free(text);
	play_finish(&s.p);
}

/* One that reads nothing, or in part, has it all the same if it says so. */
static void test_need_not_read(void **state)
{
	size_t size = 5 * FETCH_SPOOL_OCTETS;
	char *text = malloc(size + 1);
	struct script s;

	(void)state;
	assert_non_null(text);
	memset(text, 'a', size);
	text[size] = '\0';
	script_init(&s, "head -c 10 > $1/is");
	play_ok(&s.p, send_text(&s, text));
	play_assert_file(play_path(&s.p, "is"), "aaaaaaaaaa");
	free(text);
	play_finish(&s.p);
}

static void test_environment(void **state)
{
	struct script s;

	(void)state;
	setenv("RESTANTE_TEST_SECRET", "x", 1);
	setenv("HOME", "/home/of test", 1);
	script_init(&s, "env | grep -v -e ^PWD= -e ^SHLVL= -e ^_= -e ^OLDPWD= "
			"| sort > $1/is; cat > /dev/null");
	s.p.to.sender = (char *)(uintptr_t) "me@example.org";
	for (const char *const *name =
		 (const char *const[]){ "LANG", "LC_ALL", "LC_CTYPE", "LOGNAME",
					"SHELL", "TMPDIR", "TZ", "USER",
					"XDG_RUNTIME_DIR", NULL };
	     *name != NULL; name++) {
		unsetenv(*name);
	}
	setenv("PATH", "/usr/bin:/bin", 1);
	play_ok(&s.p, send_text(&s, "a\n"));
	play_assert_file(
	    play_path(&s.p, "is"),
	    "ACCOUNT=work\nHOME=/home/of test\nPATH=/usr/bin:/bin\n"
	    "RECIPIENT=\nSENDER=me@example.org\n");
	play_finish(&s.p);
}

/* Only three descriptors, and no signal is ignored. */
static void test_surroundings(void **state)
{
	struct script s;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_true(dup(STDERR_FILENO) > 2); /* not close-on-exec */
	/* Signals 1 to 28; beyond are some of the C library's own. */
	script_init(&s, "ls /proc/self/fd | tr '\\n' ' ' > $1/is; for n in "
			"Blk Ign; do grep ^Sig$n /proc/self/status | tail -c 8 "
			">> $1/is; done");
	play_ok(&s.p, send_text(&s, "a\n"));
	/* ls has opened the folder as 3. */
	play_assert_file(play_path(&s.p, "is"), "0 1 2 3 0000000\n0000000\n");
	play_finish(&s.p);
}

static void expect_exit(const char *script, enum why_kind kind,
			const char *said)
{
	struct script s;
	size_t fds;

	script_init(&s, script);
	fds = fd_count_open();
	assert_int_equal(send_text(&s, "a\n"), kind == WHY_NONE ? 0 : -1);
	if (kind != WHY_NONE) {
		assert_int_equal(s.p.why.kind, kind);
		if (strstr(s.p.why.text, said) == NULL) {
			print_error("%s\n", s.p.why.text);
		}
		assert_non_null(strstr(s.p.why.text, said));
	}
	assert_int_equal(fd_count_open(), fds);
	play_finish(&s.p);
}

static void test_exits(void **state)
{
	static const struct {
		int code;
		enum why_kind kind;
	} rows[] = {
		{ 0, WHY_NONE },
		{ EX_TEMPFAIL, WHY_LATER },
		{ EX_IOERR, WHY_TEMP },
		{ EX_OSERR, WHY_TEMP },
		{ EX_UNAVAILABLE, WHY_TEMP },
		{ EX_PROTOCOL, WHY_TEMP },
		{ EX_DATAERR, WHY_MESSAGE },
		{ EX_NOINPUT, WHY_MESSAGE },
		{ EX_NOUSER, WHY_MESSAGE },
		{ EX_NOHOST, WHY_MESSAGE },
		{ EX_USAGE, WHY_DELIVERY },
		{ EX_CANTCREAT, WHY_DELIVERY },
		{ EX_NOPERM, WHY_MESSAGE },
		{ EX_CONFIG, WHY_DELIVERY },
		{ EX_SOFTWARE, WHY_DELIVERY },
		{ EX_OSFILE, WHY_DELIVERY },
		{ 1, WHY_DELIVERY },
		{ 126, WHY_DELIVERY },
		{ 127, WHY_DELIVERY },
		{ 255, WHY_DELIVERY },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char script[64];
		char said[32];

		snprintf(script, sizeof(script), "exit %d", rows[i].code);
		snprintf(said, sizeof(said), "exit code %d", rows[i].code);
		expect_exit(script, rows[i].kind, said);
	}
}

static void test_says_why(void **state)
{
	(void)state;
	expect_exit("echo out; echo 'no \"such\" table' >&2; exit 65",
		    WHY_MESSAGE, "no \\\"such\\\" table");
	expect_exit("kill -SEGV $$", WHY_DELIVERY, "signal 11");
	/* More than a pipe holds: it is read, though not kept. */
	expect_exit("echo first; head -c 1000000 /dev/zero; exit 75", WHY_LATER,
		    "first");
}

static void test_cannot_be_run(void **state)
{
	char *argv[] = { (char *)(uintptr_t) "/nowhere/restante-mda", NULL };
	struct script s;

	(void)state;
	script_init(&s, "exit 0");
	s.p.to.argv = argv;
	assert_int_equal(send_text(&s, "a\n"), -1);
	assert_int_equal(s.p.why.kind, WHY_DELIVERY);
	assert_non_null(strstr(s.p.why.text, "/nowhere/restante-mda"));
	play_finish(&s.p);
}

static void test_no_command(void **state)
{
	char *argv[] = { NULL };
	struct sink_play p;

	(void)state;
	play_init(&p, DESTINATION_COMMAND);
	assert_int_equal(sink_open(&p.to, &p.sink, &p.why), -1);
	assert_int_equal(p.why.kind, WHY_CONFIG);
	p.to.argv = argv;
	assert_int_equal(sink_open(&p.to, &p.sink, &p.why), -1);
	assert_int_equal(p.why.kind, WHY_CONFIG);
	play_finish(&p);
}

static bool is_running(const struct sink_play *p, const char *name)
{
	size_t len;
	char *text = play_text(play_path(p, name), &len);
	pid_t pid = (pid_t)strtol(text, NULL, 10);
	uint64_t end_ms = clock_ms() + 5000;
	bool runs = true;

	free(text);
	assert_true(pid > 1);
	while (runs && clock_ms() < end_ms) {
		runs = kill(pid, 0) == 0;
		usleep(10000);
	}
	return runs;
}

/* It, and what it started, go. */
static void test_time_limit(void **state)
{
	struct script s;

	(void)state;
	script_init(&s, "echo waits; sleep 1000 & echo $! > $1/child; "
			"echo $$ > $1/self; wait");
	((struct sink_command *)(void *)s.p.sink)->limit_ms = 300;
	assert_int_equal(send_text(&s, "a\n"), -1);
	assert_int_equal(s.p.why.kind, WHY_TEMP);
	assert_non_null(strstr(s.p.why.text, "waits"));
	assert_false(is_running(&s.p, "self"));
	assert_false(is_running(&s.p, "child"));
	play_finish(&s.p);
}

/* One that tidies up when it is told to end may do so. */
static void test_is_told_to_end(void **state)
{
	struct script s;

	(void)state;
	script_init(&s, "trap 'echo told > $1/is; kill $!; exit 0' TERM; "
			"sleep 1000 & wait");
	((struct sink_command *)(void *)s.p.sink)->limit_ms = 300;
	assert_int_equal(send_text(&s, "a\n"), -1);
	assert_int_equal(s.p.why.kind, WHY_TEMP);
	play_assert_file(play_path(&s.p, "is"), "told\n");
	play_finish(&s.p);
}

/* What a program leaves behind with its output open is not waited for. */
static void test_left_behind(void **state)
{
	struct script s;
	uint64_t begun_ms = clock_ms();
	size_t len;
	char *pid;

	(void)state;
	script_init(&s, "yes & echo $! > $1/child; exit 0");
	play_ok(&s.p, send_text(&s, "a\n"));
	assert_true(clock_ms() - begun_ms < FETCH_COMMAND_MS / 2);
	pid = play_text(play_path(&s.p, "child"), &len);
	kill((pid_t)strtol(pid, NULL, 10), SIGKILL);
	free(pid);
	play_finish(&s.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_the_message),
		cmocka_unit_test(test_large_messages),
		cmocka_unit_test(test_need_not_read),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_surroundings),
		cmocka_unit_test(test_exits),
		cmocka_unit_test(test_says_why),
		cmocka_unit_test(test_cannot_be_run),
		cmocka_unit_test(test_no_command),
		cmocka_unit_test(test_time_limit),
		cmocka_unit_test(test_is_told_to_end),
		cmocka_unit_test(test_left_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
