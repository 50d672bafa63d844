// SPDX-License-Identifier: ISC
/*
 * test_maildrop.c - the maildrop role without its process: grants from auth and
 * requests of two sessions over real channels, and what they get.
 */
#include "unit.h"

#include "maildrop_role.h"

static void test_a_session(void **state)
{
	const uint8_t marks[] = { 0x05 };
	struct snapshot s;
	struct packet p;
	char text[32];
	uint64_t handle;
	int fd = session[0];

	(void)state;
	put_three();
	assert_int_equal(try_open(1, 77, "box", &p), STATUS_OK);
	assert_int_equal(p.as.opened.count, 3);
	assert_int_equal(p.as.opened.octets, 17);
	assert_int_equal(p.as.opened.user_len, 5);
	assert_memory_equal(packet_tail(&p) + p.as.opened.listing_len, "alice",
			    5);
	assert_true(
	    snapshot_view(packet_tail(&p), p.as.opened.listing_len, &s));
	assert_int_equal(s.head->count, 3);
	handle = p.as.opened.handle;
	assert_true(is_locked());
	assert_int_equal(fetch(fd, 77, handle, 2, text, sizeof(text)),
			 STATUS_OK);
	assert_string_equal(text, "three\n");
	mail_dir_unlink(&d, "new/2.b");
	assert_int_equal(fetch(fd, 77, handle, 1, text, sizeof(text)),
			 STATUS_GONE);
	send_mark(fd, 77, handle, 0, marks, 1);
	commit(fd, 77, handle, 2, 2, 0);
	assert_false(is_locked());
	assert_false(mail_dir_has(&d, "new/1.a"));
	assert_false(mail_dir_has(&d, "cur/3.c:2,S"));
	handle = open_box(1, 78, 0);
	commit(fd, 78, handle, 0, 0, 0);
}

static void test_close_removes_nothing(void **state)
{
	const uint8_t marks[] = { 0x07 };
	uint64_t handle;

	(void)state;
	put_three();
	handle = open_box(1, 1, 3);
	send_mark(session[0], 1, handle, 0, marks, 1);
	send_close(session[0], 1, handle, false);
	await_unlock();
	assert_true(mail_dir_has(&d, "new/1.a"));
	/* late ones are no offence */
	send_close(session[0], 1, handle, false);
	send_mark(session[0], 1, handle, 0, marks, 1);
	handle = open_box(1, 2, 3);
	/* a session process that ends */
	send_mark(session[0], 2, handle, 0, marks, 1);
	fd_close(&session[0]);
	await_unlock();
	(void)open_box(2, 3, 3);
}

static void test_locked(void **state)
{
	struct packet p;
	uint64_t handle;

	(void)state;
	handle = open_box(1, 1, 0);
	assert_int_equal(try_open(1, 2, "box", &p), STATUS_IN_USE);
	assert_int_equal(p.as.opened.handle, 0);
	assert_int_equal(try_open(2, 3, "box", &p), STATUS_IN_USE);
	commit(session[0], 1, handle, 0, 0, 0);
	(void)open_box(2, 4, 0);
}

static void test_shared(void **state)
{
	struct packet p;
	uint64_t handle;

	(void)state;
	end_role();
	settings.shared_lock = true;
	settings.sessions_per_user = 2;
	begin_role();
	handle = open_box(1, 1, 0);
	(void)open_box(2, 2, 0);
	assert_int_equal(try_open(1, 3, "box", &p), STATUS_IN_USE);
	commit(session[0], 1, handle, 0, 0, 0);
	(void)open_box(1, 4, 0);
}

static void test_what_cannot_be_opened(void **state)
{
	struct packet p;

	(void)state;
	assert_int_equal(try_open(1, 1, "../box", &p), STATUS_PERM);
	assert_int_equal(try_open(1, 2, "no/body", &p), STATUS_TEMP);
	assert_int_equal(try_open(1, 3, "nobody", &p), STATUS_OK);
	assert_int_equal(p.as.opened.count, 0);
	commit(session[0], 3, p.as.opened.handle, 0, 0, 0);
	grant(9, 4, "box"); /* of a session process that is gone */
	(void)open_box(2, 5, 0);
}

static void test_a_large_list(void **state)
{
	uint8_t marks[125];
	uint64_t handle;
	char text[32];

	(void)state;
	deliver_many(1000);
	for (uint64_t conn = 1; conn < 4; conn++) {
		if (conn == 2) {
			mail_dir_age(&d);
		}
		handle = open_box(1, conn, 1000);
		get_listing(session[0], conn, handle, 1000);
		get_listing(session[0], conn, handle, 1000);
		assert_int_equal(fetch(session[0], conn, handle, 999, text, 32),
				 STATUS_OK);
		commit(session[0], conn, handle, 0, 0, 0);
	}
	memset(marks, 0xff, sizeof(marks));
	handle = open_box(1, 4, 1000);
	for (uint32_t first = 0; first < 1000; first += 200) {
		send_mark(session[0], 4, handle, first, marks, 25);
	}
	commit(session[0], 4, handle, 1000, 1000, 0);
	(void)open_box(1, 5, 0);
}

static void test_a_size_that_was_wrong(void **state)
{
	char text[32];
	uint64_t handle;
	struct packet p;

	(void)state;
	put_three();
	handle = open_box(1, 1, 3);
	assert_int_equal(truncate(mail_dir_path(&d, "new/1.a"), 2), 0);
	assert_int_equal(fetch(session[0], 1, handle, 0, text, 32),
			 STATUS_CHANGED);
	commit(session[0], 1, handle, 0, 0, 0);
	handle = open_box(1, 2, 3);
	assert_int_equal(fetch(session[0], 2, handle, 0, text, 32), STATUS_OK);
	assert_string_equal(text, "on");
	/* cut while it is sent: the session closes in the middle */
	assert_int_equal(truncate(mail_dir_path(&d, "new/1.a"), 1), 0);
	send_close(session[0], 2, handle, true);
	await_unlock();
	assert_int_equal(try_open(1, 3, "box", &p), STATUS_OK);
	assert_int_equal(p.as.opened.octets, 15);
}

/* In place; its mtime is set back if is_hidden. */
static void rewrite(const char *name, const char *text, bool is_hidden)
{
	int fd = open(mail_dir_path(&d, name), O_WRONLY | O_CLOEXEC);
	struct timespec times[2];
	struct stat st;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	usleep(20000); /* the kernel's clock for files ticks */
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	if (is_hidden) {
		assert_int_equal(futimens(fd, times), 0);
	}
	close(fd);
}

/* Nothing shows that it was rewritten in place but what comes out of it, which
 * the session sees. */
static void test_a_message_that_was_rewritten(void **state)
{
	uint64_t handle;
	struct packet p;
	char text[32];

	(void)state;
	put_three();
	age_box();
	handle = open_box(1, 1, 3);
	commit(session[0], 1, handle, 0, 0, 0);
	rewrite("new/1.a", "o\n\n\n", true);
	handle = open_box(1, 2, 3);
	assert_int_equal(fetch(session[0], 2, handle, 0, text, 32), STATUS_OK);
	send_close(session[0], 2, handle, false);
	await_unlock();
	assert_int_equal(try_open(1, 3, "box", &p), STATUS_OK);
	assert_int_equal(p.as.opened.octets, 17);
	send_close(session[0], 3, p.as.opened.handle, true);
	await_unlock();
	assert_int_equal(try_open(1, 4, "box", &p), STATUS_OK);
	assert_int_equal(p.as.opened.octets, 19);
}

static void test_a_message_that_was_openly_rewritten(void **state)
{
	uint64_t handle;
	char text[32];
	struct packet p;

	(void)state;
	put_three();
	handle = open_box(1, 1, 3);
	rewrite("new/2.b", "owt\n", false); /* that shows in no number */
	rewrite("new/1.a", "o\n\n\n", false);
	assert_int_equal(fetch(session[0], 1, handle, 1, text, 32), STATUS_OK);
	assert_int_equal(fetch(session[0], 1, handle, 0, text, 32),
			 STATUS_CHANGED);
	commit(session[0], 1, handle, 0, 0, 0);
	assert_int_equal(try_open(1, 2, "box", &p), STATUS_OK);
	assert_int_equal(p.as.opened.octets, 19);
	assert_int_equal(fetch(session[0], 2, p.as.opened.handle, 0, text, 32),
			 STATUS_OK);
}

static void test_some_stay(void **state)
{
	const uint8_t marks[] = { 0x07 };
	uint64_t handle;

	(void)state;
	put_three();
	handle = open_box(1, 1, 3);
	mail_dir_unlink(&d, "new/2.b");
	assert_int_equal(mkdir(mail_dir_path(&d, "new/2.b"), 0700), 0);
	send_mark(session[0], 1, handle, 0, marks, 1);
	commit(session[0], 1, handle, 3, 2, 1);
	assert_false(mail_dir_has(&d, "cur/3.c:2,S"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_session),
		TEST(test_close_removes_nothing),
		TEST(test_locked),
		TEST(test_shared),
		TEST(test_what_cannot_be_opened),
		TEST(test_a_large_list),
		TEST(test_a_size_that_was_wrong),
		TEST(test_a_message_that_was_rewritten),
		TEST(test_a_message_that_was_openly_rewritten),
		TEST(test_some_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
