// SPDX-License-Identifier: ISC
/*
 * test_logpipe.c - lines on their way to syslog.  syslog(3) itself is played:
 * few machines that build have one to listen to.
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "master/logpipe.h"
#include "os/fd.h"
#include "played_syslog.h"

static int pipe_fd, saved_stderr;

static int setup(void **state)
{
	(void)state;
	saved_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
	assert_true(saved_stderr >= 0);
	syslog_count = 0;
	pipe_fd = logpipe_open();
	return pipe_fd >= 0 ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	fd_close(&pipe_fd);
	assert_int_equal(dup2(saved_stderr, STDERR_FILENO), STDERR_FILENO);
	fd_close(&saved_stderr);
	return 0;
}

static void relay_all(void)
{
	size_t before;

	do {
		before = syslog_count;
		logpipe_relay(pipe_fd);
	} while (syslog_count != before);
}

static void put(const char *text)
{
	size_t len = strlen(text);

	assert_int_equal(write(STDERR_FILENO, text, len), len);
}

static void expect(size_t i, int level, const char *text)
{
	assert_true(i < syslog_count);
	assert_int_equal(syslog_lines[i].level, level);
	assert_string_equal(syslog_lines[i].text, text);
}

static void test_a_line_is_passed_on_with_its_level(void **state)
{
	(void)state;
	assert_int_equal(syslog_facility, SYSLOG_MAIL);
	log_init("restanted-unit", LOG_FORM_LEVEL, LOG_DEBUG);
	log_event(LOG_ERROR, "one");
	log_event_str(LOG_INFO, "two", "key", "%s%n 100%");
	log_event(LOG_DEBUG, "three");
	relay_all();
	assert_int_equal(syslog_count, 3);
	expect(0, LOG_ERROR, "restanted-unit: error: one");
	expect(1, LOG_INFO, "restanted-unit: two key=\"%s%n 100%\"");
	expect(2, LOG_DEBUG, "restanted-unit: three");
}

static void test_what_is_no_line_of_ours(void **state)
{
	(void)state;
	put("a library's words\n"
	    "<8>no level\n<x>nor this\n<6\n<>\n\n\n<3>\n<7>x\n");
	relay_all();
	assert_int_equal(syslog_count, 7);
	expect(0, LOG_WARNING, "a library's words");
	expect(1, LOG_WARNING, "<8>no level");
	expect(2, LOG_WARNING, "<x>nor this");
	expect(3, LOG_WARNING, "<6");
	expect(4, LOG_WARNING, "<>");
	expect(5, LOG_WARNING, "<3>");
	expect(6, LOG_DEBUG, "x");
}

static void test_nothing_and_an_end_are_nothing(void **state)
{
	(void)state;
	logpipe_relay(pipe_fd);
	assert_int_equal(syslog_count, 0);
	put("no LF yet");
	logpipe_relay(pipe_fd);
	assert_int_equal(syslog_count, 1);
	expect(0, LOG_WARNING, "no LF yet");
	assert_int_equal(dup2(saved_stderr, STDERR_FILENO), STDERR_FILENO);
	logpipe_relay(pipe_fd); /* no writer is left */
	assert_int_equal(syslog_count, 1);
}

static int log_one_hundred(void *arg)
{
	for (unsigned i = 0; i < 100; i++) {
		struct log_line l;

		log_begin(&l, LOG_INFO, "from");
		log_u64(&l, "process", *(unsigned *)arg);
		log_u64(&l, "line", i);
		log_end(&l);
	}
	return 0;
}

/* What the roles write at once stays whole. */
static void test_lines_of_several_processes(void **state)
{
	unsigned next[4] = { 0 };
	unsigned ids[4] = { 0, 1, 2, 3 };
	pid_t pids[4];

	(void)state;
	log_init("u", LOG_FORM_LEVEL, LOG_INFO);
	for (int i = 0; i < 4; i++) {
		pids[i] = child_begin(log_one_hundred, &ids[i]);
	}
	for (int i = 0; i < 4; i++) {
		assert_int_equal(child_end(pids[i]), 0);
	}
	relay_all(); /* 400 short lines: fewer octets than are read at once */
	assert_int_equal(syslog_count, 400);
	for (size_t i = 0; i < syslog_count; i++) {
		char want[64];
		unsigned id = 0;

		while (id < 4) {
			snprintf(want, sizeof(want),
				 "u: from process=%u line=%u", id, next[id]);
			if (strcmp(syslog_lines[i].text, want) == 0) {
				break;
			}
			id++;
		}
		assert_true(id < 4); /* whole, and in its process's order */
		next[id]++;
	}
}

static void test_a_full_pipe_holds_nobody_up(void **state)
{
	char line[1000];

	(void)state;
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	for (int i = 0; i < 1000; i++) {
		ssize_t n = write(STDERR_FILENO, line, sizeof(line));

		if (n < 0) {
			assert_int_equal(errno, EAGAIN);
			log_event(LOG_ERROR, "lost"); /* returns */
			return;
		}
		assert_int_equal(n, sizeof(line)); /* whole or not at all */
	}
	fail_msg("the pipe was never full");
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		ROW(test_a_line_is_passed_on_with_its_level),
		ROW(test_what_is_no_line_of_ours),
		ROW(test_nothing_and_an_end_are_nothing),
		ROW(test_lines_of_several_processes),
		ROW(test_a_full_pipe_holds_nobody_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
