// SPDX-License-Identifier: ISC
/*
 * test_sink_maildir.c - delivery into a Maildir: what stands there at each
 * step.
 */
#include "sink_play.h"

#include <sys/time.h>

#include "fetch/limits.h"
#include "os/clock.h"

static void test_each_step(void **state)
{
	struct sink_play p;
	struct sink_item *item;
	char place[SINK_PLACE_MAX];
	char name[256];

	(void)state;
	play_init(&p, DESTINATION_MAILDIR);
	play_open(&p);
	item = play_put(&p, "Subject: a\n\nbody\n");
	play_expect_counts(&p, 1, 0);
	play_ready(&p, &item, 1);
	play_expect_counts(&p, 1, 0);
	snprintf(place, sizeof(place), "%s", sink_place(item));
	play_ok(&p, sink_deliver(p.sink, item, &p.why));
	play_expect_counts(&p, 0, 1);
	play_ok(&p, sink_settle(p.sink, &item, 1, &p.why));
	sink_release(p.sink, &item);
	assert_null(item);
	assert_int_equal(play_count_in(&p, "new", name), 1);
	assert_int_equal(strncmp(place, "maildir:", 8), 0);
	assert_string_equal(place + 8, name);
	assert_non_null(strstr(name, ",S=17"));
	snprintf(place, sizeof(place), "%s/new/%s", p.path, name);
	play_assert_file(place, "Subject: a\n\nbody\n");
	play_finish(&p);
}

static void test_released_leaves_nothing(void **state)
{
	struct sink_play p;
	struct sink_item *items[3];

	(void)state;
	play_init(&p, DESTINATION_MAILDIR);
	play_open(&p);
	items[0] = play_put(&p, "a\n");
	items[1] = play_put(&p, "b\n");
	items[2] = play_begin(&p, NULL);
	play_write(&p, items[2], "c\n", 2);
	sink_release(p.sink, &items[2]);
	play_ready(&p, items, 2);
	play_ok(&p, sink_deliver(p.sink, items[0], &p.why));
	play_ok(&p, sink_settle(p.sink, items, 2, &p.why));
	sink_release(p.sink, &items[0]);
	sink_release(p.sink, &items[1]);
	play_expect_counts(&p, 0, 1);
	play_finish(&p);
}

/* Any cuts and any size give the file, octet for octet. */
static void test_cuts(void **state)
{
	static const size_t sizes[] = { 1, 4096, FETCH_WRITE_OCTETS - 1,
					FETCH_WRITE_OCTETS,
					3 * FETCH_WRITE_OCTETS + 5 };
	static const size_t cuts[] = { 1000, FETCH_WRITE_OCTETS - 7,
				       2 * FETCH_WRITE_OCTETS };
	size_t max = 3 * FETCH_WRITE_OCTETS + 5;
	char *text = malloc(max + 1);
	struct sink_play p;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < max; i++) {
		text[i] = (char)('a' + i * 7 % 26);
	}
	play_init(&p, DESTINATION_MAILDIR);
	play_open(&p);
	for (size_t i = 0; i < COUNT_OF(sizes) * COUNT_OF(cuts); i++) {
		size_t len = sizes[i / COUNT_OF(cuts)];
		size_t cut = cuts[i % COUNT_OF(cuts)];
		struct sink_item *item = play_begin(&p, NULL);
		char path[512];
		char *is;
		size_t is_len;

		/* A short one first, so that a long one finds some waiting. */
		for (size_t at = 0; at < len;) {
			size_t n = at == 0 ? 10 : cut;

			n = len - at < n ? len - at : n;
			play_write(&p, item, text + at, n);
			at += n;
		}
		play_ok(&p, sink_end(p.sink, item, &p.why));
		play_ready(&p, &item, 1);
		play_ok(&p, sink_deliver(p.sink, item, &p.why));
		snprintf(path, sizeof(path), "%s/new/%s", p.path,
			 sink_place(item) + 8);
		is = play_text(path, &is_len);
		assert_int_equal(is_len, len);
		assert_memory_equal(is, text, len);
		free(is);
		play_ok(&p, sink_settle(p.sink, &item, 1, &p.why));
		sink_release(p.sink, &item);
	}
	free(text);
	play_finish(&p);
}

static void test_folder(void **state)
{
	struct sink_play p;
	char path[256];
	char name[256];
	struct stat st;

	(void)state;
	play_init(&p, DESTINATION_MAILDIR);
	play_open(&p);
	play_send(&p, "Lists.B\xc3\xbcro", "a\n");
	snprintf(path, sizeof(path), "%s/.Lists.B&APw-ro/new", p.path);
	assert_int_equal(play_files(path, name), 1);
	snprintf(path, sizeof(path), "%s/.Lists.B&APw-ro/maildirfolder",
		 p.path);
	assert_int_equal(stat(path, &st), 0);
	play_expect_counts(&p, 0, 0);
	play_finish(&p);
}

static void test_unsound_folder_is_refused(void **state)
{
	struct sink_about about = { "../out", "work", 1764129600 };
	struct sink_item *item = NULL;
	struct sink_play p;

	(void)state;
	play_init(&p, DESTINATION_MAILDIR);
	play_open(&p);
	assert_int_equal(sink_begin(p.sink, &about, &item, &p.why), -1);
	assert_int_equal(p.why.kind, WHY_CONFIG);
	assert_null(item);
	play_finish(&p);
}

static void make_old(const struct sink_play *p, const char *name, int hours)
{
	struct timespec times[2] = { { .tv_sec = clock_unix() - hours * 3600L },
				     { .tv_sec =
					   clock_unix() - hours * 3600L } };
	char path[160];

	snprintf(path, sizeof(path), "%s/tmp/%s", p->path, name);
	close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void test_stale_files_go(void **state)
{
	struct sink_play p;

	(void)state;
	play_init(&p, DESTINATION_MAILDIR);
	play_open(&p);
	make_old(&p, "restante.1.a", 37);
	make_old(&p, "restante.1.b", 35);
	make_old(&p, "1.of-another", 1000);
	sink_close(&p.sink);
	play_open(&p);
	play_expect_counts(&p, 2, 0);
	play_finish(&p);
}

static void test_made_for_its_owner_alone(void **state)
{
	static const char *const parts[] = { "", "/tmp", "/new", "/cur" };
	struct sink_play p;
	char path[400];
	char name[256];
	struct stat st;
	mode_t before = umask(0);

	(void)state;
	play_init(&p, DESTINATION_MAILDIR);
	play_open(&p);
	play_send(&p, NULL, "a\n");
	umask(before);
	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		snprintf(path, sizeof(path), "%s%s", p.path, parts[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0700);
	}
	(void)play_count_in(&p, "new", name);
	snprintf(path, sizeof(path), "%s/new/%s", p.path, name);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	play_finish(&p);
}

/* Half a Maildir is made whole; a folder full of other things stays. */
static void test_what_is_no_maildir(void **state)
{
	struct sink_play p;
	char path[160];

	(void)state;
	play_init(&p, DESTINATION_MAILDIR);
	assert_int_equal(mkdir(p.path, 0700), 0);
	snprintf(path, sizeof(path), "%s/letters", p.path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(sink_open(&p.to, &p.sink, &p.why), -1);
	assert_int_equal(p.why.kind, WHY_CONFIG);
	snprintf(path, sizeof(path), "%s/cur", p.path);
	assert_int_equal(mkdir(path, 0700), 0);
	play_open(&p);
	play_expect_counts(&p, 0, 0);
	play_finish(&p);
}

static void test_where_none_can_be_made(void **state)
{
	struct sink_play p;
	char path[160];

	(void)state;
	play_init(&p, DESTINATION_MAILDIR);
	snprintf(path, sizeof(path), "%s/missing/mail", p.root);
	p.to.path = path;
	assert_int_equal(sink_open(&p.to, &p.sink, &p.why), -1);
	assert_int_equal(p.why.kind, WHY_DELIVERY);
	assert_non_null(strstr(p.why.text, "No such file"));
	play_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_step),
		cmocka_unit_test(test_released_leaves_nothing),
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_folder),
		cmocka_unit_test(test_unsound_folder_is_refused),
		cmocka_unit_test(test_stale_files_go),
		cmocka_unit_test(test_made_for_its_owner_alone),
		cmocka_unit_test(test_what_is_no_maildir),
		cmocka_unit_test(test_where_none_can_be_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
