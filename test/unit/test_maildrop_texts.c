// SPDX-License-Identifier: ISC
/*
 * test_maildrop_texts.c - small messages, several at once, from the maildrop
 * role: what comes along with the one that was asked for, and what does not.
 */
#include "unit.h"

#include "maildrop_role.h"

#define CONN 7u

/* An answer, taken apart. */
struct texts {
	struct packet p;
	uint32_t count;
	struct packet_text text[PACKET_TEXTS_MAX];
};

static struct texts got;
static uint64_t handle;

static void ask(uint32_t idx, uint32_t count)
{
	const uint8_t *at;
	size_t len;

	ask_fetch(session[0], CONN, handle, idx, count);
	receive(session[0], &got.p, PACKET_TEXTS);
	assert_int_equal(got.p.as.texts.conn, CONN);
	assert_int_equal(got.p.as.texts.idx, idx);
	got.count = got.p.as.texts.count;
	assert_in_range(got.count, 1, count);
	at = packet_tail(&got.p);
	len = packet_tail_len(&got.p);
	for (uint32_t i = 0; i < got.count; i++) {
		assert_true(packet_take_text(&at, &len, &got.text[i]));
	}
	assert_int_equal(len, 0);
}

static void expect(uint32_t i, const char *text)
{
	assert_int_equal(got.text[i].len, strlen(text));
	assert_memory_equal(got.text[i].at, text, strlen(text));
}

/* The answer to one that is large, or cannot be had. */
static enum packet_status ask_single(uint32_t idx, uint32_t count)
{
	ask_fetch(session[0], CONN, handle, idx, count);
	receive(session[0], &got.p, PACKET_MESSAGE);
	assert_int_equal(got.p.as.message.conn, CONN);
	assert_int_equal(got.p.as.message.idx, idx);
	return (enum packet_status)got.p.as.message.status;
}

/* Messages 1, 2 and so on, of these lengths, each of one letter and lines. */
static void put(uint32_t n, size_t len)
{
	char name[32];
	char *text = malloc(len + 1);

	assert_non_null(text);
	memset(text, 'a' + (int)(n % 26), len + 1);
	for (size_t i = 60; i < len; i += 61) {
		text[i] = '\n';
	}
	snprintf(name, sizeof(name), "new/%u.m", n);
	mail_dir_deliver(&d, name, text, len);
	free(text);
}

static void put_all(const size_t *lens, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		put(i + 1, lens[i]);
	}
	handle = open_box(1, CONN, count);
}

static void expect_lens(const size_t *lens, uint32_t count)
{
	assert_int_equal(got.count, count);
	for (uint32_t i = 0; i < count; i++) {
		assert_int_equal(got.text[i].len, lens[i]);
		if (lens[i] != 0) {
			assert_int_equal(got.text[i].at[0],
					 'a' +
					     (got.p.as.texts.idx + i + 1) % 26);
		}
	}
}

static void close_box(void)
{
	commit(session[0], CONN, handle, 0, 0, 0);
}

static void test_all_in_one_answer(void **state)
{
	(void)state;
	put_three();
	handle = open_box(1, CONN, 3);
	ask(0, 3);
	assert_int_equal(got.count, 3);
	expect(0, "one\n");
	expect(1, "two\n");
	expect(2, "three\n");
	ask(1, 2);
	expect(0, "two\n");
	expect(1, "three\n");
	ask(2, 1);
	expect(0, "three\n");
	close_box();
}

static void test_no_more_than_asked_for(void **state)
{
	(void)state;
	put_three();
	handle = open_box(1, CONN, 3);
	ask(0, 2);
	assert_int_equal(got.count, 2);
	ask(0, 1);
	assert_int_equal(got.count, 1);
	close_box();
}

static void test_empty_ones_and_the_largest(void **state)
{
	static const size_t lens[] = { 0, PACKET_TEXT_MAX, 0, 1 };

	(void)state;
	put_all(lens, 4);
	ask(0, 4);
	expect_lens(lens, 4);
	close_box();
}

static void test_a_large_one_is_a_descriptor(void **state)
{
	static const size_t lens[] = { 10, PACKET_TEXT_MAX + 1, 20 };

	(void)state;
	put_all(lens, 3);
	ask(0, 3);
	expect_lens(lens, 1);
	assert_int_equal(ask_single(1, 2), STATUS_OK);
	assert_int_equal(got.p.as.message.stored, PACKET_TEXT_MAX + 1);
	assert_int_equal(fd_size(got.p.fd), PACKET_TEXT_MAX + 1);
	fd_close(&got.p.fd);
	ask(2, 1);
	expect_lens(lens + 2, 1);
	close_box();
}

/* As many as there is room for, and the next answer goes on. */
static void test_a_packet_is_full(void **state)
{
	size_t room = PACKET_MAX - sizeof(struct packet_texts);
	size_t lens[] = { 30000, 0, 0, 5000 };

	(void)state;
	lens[1] = 32000;
	lens[2] = room - 3 * 4 - lens[0] - lens[1];
	put_all(lens, 4);
	ask(0, 4);
	expect_lens(lens, 3);
	assert_int_equal(got.p.len, PACKET_MAX);
	ask(1, 3);
	expect_lens(lens + 1, 3);
	close_box();
}

static void test_one_octet_too_many(void **state)
{
	size_t room = PACKET_MAX - sizeof(struct packet_texts);
	size_t lens[] = { 32000, 0 };

	(void)state;
	lens[1] = 32001;
	put_all(lens, 2);
	ask(0, 2);
	expect_lens(lens, 2);
	close_box();
	put(3, room - 3 * 4 - lens[0] - lens[1] + 1);
	handle = open_box(1, CONN, 3);
	ask(0, 3);
	expect_lens(lens, 2);
	close_box();
}

static void test_as_many_as_there_may_be(void **state)
{
	size_t lens[PACKET_TEXTS_MAX + 1];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lens); i++) {
		lens[i] = i;
	}
	put_all(lens, COUNT_OF(lens));
	ask(1, PACKET_TEXTS_MAX);
	expect_lens(lens + 1, PACKET_TEXTS_MAX);
	close_box();
}

static void cut_file(const char *name, off_t len)
{
	assert_int_equal(truncate(mail_dir_path(&d, name), len), 0);
}

static void make_link(const char *name)
{
	assert_int_equal(symlink("2.b", mail_dir_path(&d, name)), 0);
}

/* What became of the one behind is told when it is asked for, in the same words
 * as ever; those in front come all the same. */
static void test_one_behind_cannot_be_had(void **state)
{
	(void)state;
	put_three();
	handle = open_box(1, CONN, 3);
	mail_dir_unlink(&d, "new/2.b");
	ask(0, 3);
	assert_int_equal(got.count, 1);
	expect(0, "one\n");
	assert_int_equal(ask_single(1, 2), STATUS_GONE);
	cut_file("cur/3.c:2,S", 3);
	assert_int_equal(ask_single(2, 1), STATUS_CHANGED);
	cut_file("new/1.a", 100);
	assert_int_equal(ask_single(0, 3), STATUS_CHANGED);
	mail_dir_unlink(&d, "new/1.a");
	make_link("new/1.a");
	assert_int_equal(ask_single(0, 3), STATUS_CHANGED);
	close_box();
}

static void test_a_renamed_one_is_found_on_the_way(void **state)
{
	(void)state;
	put_three();
	handle = open_box(1, CONN, 3);
	mail_dir_rename(&d, "new/2.b", "cur/2.b:2,FS");
	ask(0, 3);
	assert_int_equal(got.count, 3);
	expect(1, "two\n");
	close_box();
}

static void test_after_its_end(void **state)
{
	(void)state;
	put_three();
	handle = open_box(1, CONN, 3);
	close_box();
	assert_int_equal(ask_single(0, 3), STATUS_GONE);
}

static void test_no_descriptor_stays_open(void **state)
{
	size_t before;

	(void)state;
	put_three();
	handle = open_box(1, CONN, 3);
	ask(0, 3);
	before = fd_count_open();
	for (int i = 0; i < 20; i++) {
		ask(0, 3);
		ask(1, 1);
	}
	assert_int_equal(fd_count_open(), before);
	close_box();
}

#define ROLE_TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROLE_TEST(test_all_in_one_answer),
		ROLE_TEST(test_no_more_than_asked_for),
		ROLE_TEST(test_empty_ones_and_the_largest),
		ROLE_TEST(test_a_large_one_is_a_descriptor),
		ROLE_TEST(test_a_packet_is_full),
		ROLE_TEST(test_one_octet_too_many),
		ROLE_TEST(test_as_many_as_there_may_be),
		ROLE_TEST(test_one_behind_cannot_be_had),
		ROLE_TEST(test_a_renamed_one_is_found_on_the_way),
		ROLE_TEST(test_after_its_end),
		ROLE_TEST(test_no_descriptor_stays_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
