// SPDX-License-Identifier: ISC
/*
 * test_sink_maildir_find.c - what find tells of a Maildir after a crash.
 */
#include "sink_play.h"

static void expect_found(const struct sink_play *p, const char *place,
			 enum sink_found want)
{
	assert_int_equal(sink_find(p->sink, place), want);
}

/* As a crash leaves it at each step, and another program moves it then. */
static void test_find(void **state)
{
	char place[SINK_PLACE_MAX];
	char from[600];
	char to[600];
	struct sink_play p;
	struct sink_item *item;

	(void)state;
	play_init(&p, DESTINATION_MAILDIR);
	play_open(&p);
	item = play_put_in(&p, "Lists", "a\n");
	play_ready(&p, &item, 1);
	snprintf(place, sizeof(place), "%s", sink_place(item));
	play_ok(&p, sink_deliver(p.sink, item, &p.why));
	expect_found(&p, place, SINK_DELIVERED);
	snprintf(from, sizeof(from), "%s/.Lists/new/%s", p.path,
		 strchr(place, '/') + 1);
	snprintf(to, sizeof(to), "%s/.Lists/cur/%s:2,FS", p.path,
		 strchr(place, '/') + 1);
	assert_int_equal(rename(from, to), 0);
	expect_found(&p, place, SINK_DELIVERED);
	assert_int_equal(unlink(to), 0);
	expect_found(&p, place, SINK_NOT_THERE);
	play_ok(&p, sink_settle(p.sink, &item, 1, &p.why));
	sink_release(p.sink, &item);
	play_finish(&p);
}

/* What was not made visible is found so, and its rest in tmp/ goes. */
static void test_find_removes_the_rest(void **state)
{
	char place[SINK_PLACE_MAX];
	struct sink_play p;
	struct sink_item *item;

	(void)state;
	play_init(&p, DESTINATION_MAILDIR);
	play_open(&p);
	item = play_put(&p, "a\n");
	play_ready(&p, &item, 1);
	snprintf(place, sizeof(place), "%s", sink_place(item));
	play_expect_counts(&p, 1, 0);
	expect_found(&p, place, SINK_NOT_THERE);
	play_expect_counts(&p, 0, 0);
	assert_int_equal(sink_deliver(p.sink, item, &p.why), -1);
	sink_release(p.sink, &item);
	play_finish(&p);
}

static void test_find_trusts_no_place(void **state)
{
	static const char *const places[] = {
		"",
		"maildir:",
		"maildir:../../etc/passwd",
		"maildir:../x",
		"maildir:.Lists/",
		"maildir:.Lists/a/b",
		"maildir:Lists/a",
		"mbox:1,2,3",
		"maildir:.Missing/1.a",
	};
	char long_place[SINK_PLACE_MAX];
	struct sink_play p;

	(void)state;
	play_init(&p, DESTINATION_MAILDIR);
	play_open(&p);
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		expect_found(&p, places[i], SINK_UNKNOWN);
	}
	memset(long_place, 'a', sizeof(long_place));
	memcpy(long_place, "maildir:", 8);
	long_place[sizeof(long_place) - 1] = '\0';
	expect_found(&p, long_place, SINK_UNKNOWN);
	expect_found(&p, "maildir:1.a", SINK_NOT_THERE);
	play_finish(&p);
}

/* Only whole names are meant, up to the flags. */
static void test_find_takes_no_longer_name(void **state)
{
	struct sink_play p;
	char path[160];

	(void)state;
	play_init(&p, DESTINATION_MAILDIR);
	play_open(&p);
	snprintf(path, sizeof(path), "%s/cur/1.ab:2,", p.path);
	close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	expect_found(&p, "maildir:1.a", SINK_NOT_THERE);
	expect_found(&p, "maildir:1.ab", SINK_DELIVERED);
	play_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_find_removes_the_rest),
		cmocka_unit_test(test_find_trusts_no_place),
		cmocka_unit_test(test_find_takes_no_longer_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
