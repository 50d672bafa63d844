// SPDX-License-Identifier: ISC
/*
 * test_mbox_find.c - what find tells of an mbox after a crash at every octet,
 * and after others have written to it.
 */
#include "sink_play.h"

#include "fetch/sink/mbox_place.h"
#include "mbox_play.h"

#define BEFORE "From x\n\nolder"

/* A message and the place that the record has of it. */
struct crash {
	struct sink_play p;
	char place[SINK_PLACE_MAX];
	char *text; /* the whole file, as it was to be */
	size_t len;
	size_t before; /* octets before the message's lead */
};

static void crash_init(struct crash *c)
{
	struct sink_item *item;

	play_init(&c->p, DESTINATION_MBOX);
	mbox_put(&c->p, "mail", BEFORE);
	play_open(&c->p);
	item = play_put(&c->p, "Subject: a\n\nFrom here\nand there\n");
	play_ready(&c->p, &item, 1);
	snprintf(c->place, sizeof(c->place), "%s", sink_place(item));
	play_ok(&c->p, sink_deliver(c->p.sink, item, &c->p.why));
	play_ok(&c->p, sink_settle(c->p.sink, &item, 1, &c->p.why));
	sink_release(c->p.sink, &item);
	c->text = play_text(c->p.path, &c->len);
	c->before = strlen(BEFORE);
}

static void crash_finish(struct crash *c)
{
	free(c->text);
	play_finish(&c->p);
}

/* The file holds that now, and only that. */
static void put_file(const struct crash *c, const void *text, size_t len)
{
	int fd =
	    open(c->p.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	assert_int_equal(close(fd), 0);
}

static enum sink_found find(struct crash *c)
{
	return sink_find(c->p.sink, c->place);
}

static void expect_file(const struct crash *c, const void *want, size_t len)
{
	size_t is_len;
	char *is = play_text(c->p.path, &is_len);

	assert_same(pop3_slice_of(is, is_len), pop3_slice_of(want, len));
	free(is);
}

static void test_whole(void **state)
{
	struct crash c;

	(void)state;
	crash_init(&c);
	assert_int_equal(find(&c), SINK_DELIVERED);
	mbox_put(&c.p, "mail", "From y\n\nlater\n\n");
	assert_int_equal(find(&c), SINK_DELIVERED);
	crash_finish(&c);
}

static void test_cut_at_every_octet(void **state)
{
	struct crash c;

	(void)state;
	crash_init(&c);
	for (size_t len = c.before; len < c.len; len++) {
		put_file(&c, c.text, len);
		assert_int_equal(find(&c), SINK_NOT_THERE);
		expect_file(&c, BEFORE, c.before);
	}
	crash_finish(&c);
}

/* Then it is not ours alone that would be cut: all stays. */
static void test_others_appended_at_every_octet(void **state)
{
	static const char later[] = "\n\nFrom y\n\nlater\n\n";
	struct crash c;

	(void)state;
	crash_init(&c);
	for (size_t len = c.before; len < c.len; len++) {
		char file[1000];
		bool is_whole = len >= c.len - 2;

		memcpy(file, c.text, len);
		memcpy(file + len, later, sizeof(later) - 1);
		len += sizeof(later) - 1;
		put_file(&c, file, len);
		/* Their line ends may be all that ours lacked. */
		assert_int_equal(find(&c),
				 is_whole ? SINK_DELIVERED : SINK_NOT_THERE);
		expect_file(&c, file, len);
		len -= sizeof(later) - 1;
	}
	crash_finish(&c);
}

/* A message of others where ours was to be. */
static void test_others_instead(void **state)
{
	static const char file[] =
	    BEFORE "\n\nFrom restante-0000000000000000" FROM_TIME "b\n\n";
	struct crash c;

	(void)state;
	crash_init(&c);
	put_file(&c, file, sizeof(file) - 1);
	assert_int_equal(find(&c), SINK_NOT_THERE);
	expect_file(&c, file, sizeof(file) - 1);
	crash_finish(&c);
}

/* A mail reader has removed what was before. */
static void test_moved(void **state)
{
	struct crash c;

	(void)state;
	crash_init(&c);
	put_file(&c, c.text + c.before + 2, c.len - c.before - 2);
	assert_int_equal(find(&c), SINK_DELIVERED);
	crash_finish(&c);
}

static void test_removed(void **state)
{
	struct crash c;

	(void)state;
	crash_init(&c);
	put_file(&c, "", 0);
	assert_int_equal(find(&c), SINK_NOT_THERE);
	assert_int_equal(unlink(c.p.path), 0);
	assert_int_equal(find(&c), SINK_NOT_THERE);
	crash_finish(&c);
}

/* A mail reader has written a line into it, here or elsewhere. */
static void test_rewritten(void **state)
{
	struct crash c;
	char file[1000];
	size_t from = strlen(BEFORE) + 2 + FROM_LEN;

	(void)state;
	crash_init(&c);
	for (size_t cut = 0; cut <= c.before; cut += c.before) {
		size_t len = from - cut;

		memcpy(file, c.text + cut, len);
		memcpy(file + len, "Status: RO\n", 11);
		memcpy(file + len + 11, c.text + from, c.len - from);
		put_file(&c, file, len + 11 + c.len - from);
		assert_int_equal(find(&c), SINK_UNKNOWN);
		expect_file(&c, file, len + 11 + c.len - from);
	}
	crash_finish(&c);
}

/* What a loss of power may leave: octets that were never written. */
static void test_nuls(void **state)
{
	struct crash c;

	(void)state;
	crash_init(&c);
	for (size_t len = c.before + 1; len <= c.len; len++) {
		char file[1000] = BEFORE;

		put_file(&c, file, len);
		assert_int_equal(find(&c), SINK_NOT_THERE);
		expect_file(&c, BEFORE, c.before);
	}
	crash_finish(&c);
}

static void test_half_nuls(void **state)
{
	struct crash c;
	char file[1000] = { 0 };

	(void)state;
	crash_init(&c);
	memcpy(file, c.text, c.len - 20);
	put_file(&c, file, c.len);
	assert_int_equal(find(&c), SINK_NOT_THERE);
	expect_file(&c, BEFORE, c.before);
	crash_finish(&c);
}

/* Of a group the first is whole and the second is not. */
static void test_group(void **state)
{
	struct sink_play p;
	struct sink_item *items[2];
	char places[2][SINK_PLACE_MAX];
	struct stat st;

	(void)state;
	play_init(&p, DESTINATION_MBOX);
	play_open(&p);
	items[0] = play_put(&p, "a\n");
	items[1] = play_put_in(&p, NULL, "b\n");
	play_ready(&p, items, 2);
	for (size_t i = 0; i < 2; i++) {
		snprintf(places[i], SINK_PLACE_MAX, "%s", sink_place(items[i]));
		play_ok(&p, sink_deliver(p.sink, items[i], &p.why));
	}
	play_ok(&p, sink_settle(p.sink, items, 2, &p.why));
	sink_release(p.sink, &items[0]);
	sink_release(p.sink, &items[1]);
	assert_int_equal(stat(p.path, &st), 0);
	assert_int_equal(truncate(p.path, st.st_size - 2), 0);
	assert_int_equal(sink_find(p.sink, places[1]), SINK_NOT_THERE);
	assert_int_equal(sink_find(p.sink, places[0]), SINK_DELIVERED);
	expect_mbox(&p, "mail", FROM "a\n\n");
	play_finish(&p);
}

/* Power went when neither was on disk: asked for from the last on, as a haul
 * does, nothing of them is left. */
static void test_nuls_of_a_group(void **state)
{
	struct crash c;
	struct sink_item *items[2];
	char places[2][SINK_PLACE_MAX];
	char nuls[200] = "";

	(void)state;
	crash_init(&c);
	put_file(&c, BEFORE, c.before);
	items[0] = play_put_in(&c.p, NULL, "a\n");
	items[1] = play_put_in(&c.p, NULL, "b\n");
	play_ready(&c.p, items, 2);
	for (size_t i = 0; i < 2; i++) {
		snprintf(places[i], sizeof(places[i]), "%s",
			 sink_place(items[i]));
		play_ok(&c.p, sink_deliver(c.p.sink, items[i], &c.p.why));
	}
	play_ok(&c.p, sink_settle(c.p.sink, items, 2, &c.p.why));
	for (size_t i = 0; i < 2; i++) {
		sink_release(c.p.sink, &items[i]);
	}
	free(c.text);
	c.text = play_text(c.p.path, &c.len);
	assert_true(c.len - c.before <= sizeof(nuls));
	memcpy(c.text + c.before, nuls, c.len - c.before);
	put_file(&c, c.text, c.len);
	for (size_t i = 2; i > 0; i--) {
		assert_int_equal(sink_find(c.p.sink, places[i - 1]),
				 SINK_NOT_THERE);
	}
	expect_file(&c, BEFORE, c.before);
	crash_finish(&c);
}

static void test_folder(void **state)
{
	struct sink_play p;
	struct sink_item *item;
	char place[SINK_PLACE_MAX];

	(void)state;
	play_init(&p, DESTINATION_MBOX);
	play_open(&p);
	item = play_put_in(&p, "B\xc3\xbcro", "a\n");
	play_ready(&p, &item, 1);
	snprintf(place, sizeof(place), "%s", sink_place(item));
	play_ok(&p, sink_deliver(p.sink, item, &p.why));
	play_ok(&p, sink_settle(p.sink, &item, 1, &p.why));
	sink_release(p.sink, &item);
	assert_int_equal(sink_find(p.sink, place), SINK_DELIVERED);
	assert_int_equal(truncate(play_path(&p, "B\xc3\xbcro"), 5), 0);
	assert_int_equal(sink_find(p.sink, place), SINK_NOT_THERE);
	play_finish(&p);
}

static void test_what_is_no_place(void **state)
{
	static const char *const places[] = {
		"",
		"maildir:1.a",
		"mbox:",
		"mbox:1,2,3",
		"mbox:0,0,0,0,9,1,0,0123456789abcde",
		"mbox:0,0,0,0,9,1,0,0123456789abcdef0",
		"mbox:0,0,0,3,9,1,0,0123456789abcdef",
		"mbox:0,0,-1,0,9,1,0,0123456789abcdef",
		"mbox:5,0,4,0,9,1,0,0123456789abcdef",
		"mbox:0,0, 0,0,9,1,0,0123456789abcdef",
		"mbox:0,0,99999999999999999999,0,9,1,0,0123456789abcdef",
		"mbox:0,0,9223372036854775807,0,9,1,0,0123456789abcdef",
		"mbox:0,0,0,0,9,1,0,0123456789abcdef/",
		"mbox:0,0,0,0,9,1,0,0123456789abcdef/../x",
		"mbox:0,0,0,0,9,1,0,0123456789abcdef/x.lock",
	};
	struct sink_play p;

	(void)state;
	play_init(&p, DESTINATION_MBOX);
	mbox_put(&p, "mail", "From a\n\n");
	play_open(&p);
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		assert_int_equal(sink_find(p.sink, places[i]), SINK_UNKNOWN);
	}
	assert_int_equal(
	    sink_find(p.sink, "mbox:0,0,0,0,9,1,0,0123456789abcdef"),
	    SINK_NOT_THERE);
	play_finish(&p);
}

static void test_place_there_and_back(void **state)
{
	struct mbox_place p = { .start = 1,
				.before = UINT64_MAX,
				.at = 12345678901,
				.lead = 2,
				.octets = 77,
				.unix_time = 1764129600,
				.hash = 0xfedcba9876543210,
				.token = "0123456789abcdef",
				.folder = "a b.c" };
	struct mbox_place is = { 0 };
	char text[SINK_PLACE_MAX];
	char again[SINK_PLACE_MAX];

	(void)state;
	mbox_place_write(text, &p);
	assert_true(mbox_place_read(text, &is));
	assert_string_equal(is.folder, "a b.c");
	assert_true(is.hash == p.hash && is.before == p.before &&
		    is.at == p.at && is.octets == p.octets);
	mbox_place_write(again, &is);
	assert_string_equal(again, text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_cut_at_every_octet),
		cmocka_unit_test(test_others_appended_at_every_octet),
		cmocka_unit_test(test_others_instead),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_removed),
		cmocka_unit_test(test_rewritten),
		cmocka_unit_test(test_nuls),
		cmocka_unit_test(test_half_nuls),
		cmocka_unit_test(test_group),
		cmocka_unit_test(test_nuls_of_a_group),
		cmocka_unit_test(test_folder),
		cmocka_unit_test(test_what_is_no_place),
		cmocka_unit_test(test_place_there_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
