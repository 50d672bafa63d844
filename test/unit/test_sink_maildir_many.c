// SPDX-License-Identifier: ISC
/*
 * test_sink_maildir_many.c - a group of more messages than there are
 * descriptors.
 */
#include "sink_play.h"

#include <sys/resource.h>

#include "os/fd.h"

/* With descriptors for much fewer: files wait open only up to a limit. */
static void test_large_group(void **state)
{
	enum {
		COUNT = 1000
	};
	static struct sink_item *items[COUNT];
	struct rlimit before;
	struct rlimit few;
	struct sink_play p;
	size_t fds;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = before;
	few.rlim_cur = 64;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	play_init(&p, DESTINATION_MAILDIR);
	play_open(&p);
	fds = fd_count_open();
	for (size_t i = 0; i < COUNT; i++) {
		items[i] = play_put(&p, "Subject: many\n\n");
	}
	play_through(&p, items, COUNT);
	play_expect_counts(&p, 0, COUNT);
	assert_int_equal(fd_count_open(), fds);
	play_finish(&p);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_large_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
