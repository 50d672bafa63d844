// SPDX-License-Identifier: ISC
/*
 * test_maildir.c - what the Maildir store lists on real directories, what it
 * does not, and what it does not read again.
 */
#include "unit.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "maildir_box.h"
#include "os/fd.h"

static void test_order_sizes_and_uids(void **state)
{
	struct box b;

	(void)state;
	mail_dir_put(&d, "cur/10.b:2,S", "a\r\nb\r\n");
	mail_dir_put(&d, "new/9.z", "x\n.\ny");
	mail_dir_put(&d, "new/10.a", "");
	mail_dir_put(&d, "cur/none", "1\n");
	b = list_box(NULL);
	assert_int_equal(b.s.head->count, 4);
	assert_slice(name_of(&b, 0), "cur/none");
	assert_slice(name_of(&b, 1), "new/9.z");
	assert_slice(name_of(&b, 2), "new/10.a");
	assert_slice(name_of(&b, 3), "cur/10.b:2,S");
	assert_slice(uid_of(&b, 3), "10.b");
	assert_int_equal(b.s.entries[1].octets, 9);
	assert_int_equal(b.s.entries[1].stored, 5);
	assert_int_equal(b.s.entries[1].flags, 0);
	assert_int_equal(b.s.entries[2].octets, 0);
	assert_int_equal(b.s.entries[3].octets, 6);
	assert_int_equal(b.s.entries[3].flags, SNAPSHOT_IS_WIRE);
	assert_int_equal(b.s.head->octets, 18);
	close_box(&b);
}

static void make_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%.100s", path);
	assert_int_equal(bind(fd, (void *)&address, sizeof(address)), 0);
	close(fd);
}

static void test_what_is_no_message(void **state)
{
	struct box b;

	(void)state;
	mail_dir_put(&d, "new/1.a", "1\n");
	mail_dir_put(&d, "new/.hidden", "1\n");
	mail_dir_put(&d, "tmp/2.a", "1\n");
	assert_int_equal(mkdir(mail_dir_path(&d, "cur/3.dir"), 0700), 0);
	assert_int_equal(mkfifo(mail_dir_path(&d, "cur/4.fifo"), 0600), 0);
	assert_int_equal(symlink("1.a", mail_dir_path(&d, "new/5.link")), 0);
	assert_int_equal(symlink("gone", mail_dir_path(&d, "new/6.link")), 0);
	make_socket(mail_dir_path(&d, "new/7.socket"));
	b = list_box(NULL);
	assert_int_equal(b.s.head->count, 1);
	assert_slice(name_of(&b, 0), "new/1.a");
	close_box(&b);
}

static void test_one_message_under_two_names_is_one(void **state)
{
	struct box b;

	(void)state;
	mail_dir_put(&d, "new/1.a", "1\n");
	mail_dir_put(&d, "cur/1.a:2,", "1\n");
	mail_dir_put(&d, "cur/1.a:2,S", "1\n");
	mail_dir_put(&d, "cur/2.b:2,S", "1\n");
	b = list_box(NULL);
	assert_int_equal(b.s.head->count, 2);
	assert_slice(name_of(&b, 0), "cur/1.a:2,S");
	assert_slice(name_of(&b, 1), "cur/2.b:2,S");
	close_box(&b);
}

static void assert_made(struct pop3_slice uid)
{
	assert_int_equal(uid.len, 33);
	assert_int_equal(uid.at[0], '~');
	for (size_t i = 1; i < uid.len; i++) {
		assert_non_null(memchr("0123456789abcdef", uid.at[i], 16));
	}
}

static void test_uids_of_odd_names(void **state)
{
	char long_name[80] = "new/";
	struct pop3_slice first;
	struct box a, b;

	(void)state;
	memset(long_name + 4, '7', 71);
	mail_dir_put(&d, "new/1.a b", "1\n");
	mail_dir_put(&d, "new/1.\xc3\xa9", "1\n");
	mail_dir_put(&d, "new/~0123456789abcdef0123456789abcdef", "1\n");
	mail_dir_put(&d, "new/~0123456789abcdef0123456789abcdeX", "1\n");
	mail_dir_put(&d, "new/:2,S", "1\n");
	mail_dir_put(&d, long_name, "1\n");
	a = list_box(NULL);
	assert_int_equal(a.s.head->count, 6);
	assert_slice(name_of(&a, 0), "new/:2,S");
	assert_made(uid_of(&a, 0));
	assert_slice(uid_of(&a, 1), "~0123456789abcdef0123456789abcdeX");
	assert_made(uid_of(&a, 2));
	assert_false(pop3_slice_equal(uid_of(&a, 2),
				      POP3_LITERAL("~0123456789abcdef01234567"
						   "89abcdef")));
	assert_made(uid_of(&a, 3));
	assert_made(uid_of(&a, 5));
	store_maildir.close(&a.md);
	mail_dir_rename(&d, "new/1.a b", "cur/1.a b:2,RS");
	b = list_known(&a);
	first = uid_of(&a, 3);
	assert_same(uid_of(&b, 3), first);
	close_box(&b);
	listing_finish(&a.list.listing);
}

static void test_known_messages_are_not_read(void **state)
{
	struct box a, b;

	(void)state;
	mail_dir_put(&d, "new/1.a", "1\n");
	mail_dir_put(&d, "new/2.b", "22\n");
	mail_dir_put(&d, "new/4.d", "4444\n");
	a = list_box(NULL);
	store_maildir.close(&a.md);
	/* of another size now, which shows that it is not looked at */
	mail_dir_unlink(&d, "new/2.b");
	mail_dir_put(&d, "cur/2.b:2,S", "much more\n");
	mail_dir_put(&d, "new/3.c", "333\n");
	mail_dir_unlink(&d, "new/1.a");
	b = list_known(&a);
	assert_int_equal(b.s.head->count, 3);
	assert_slice(name_of(&b, 0), "cur/2.b:2,S");
	assert_int_equal(b.s.entries[0].octets, 4);
	assert_int_equal(b.s.entries[1].octets, 5);
	assert_int_equal(b.s.entries[2].octets, 6);
	assert_int_equal(b.s.head->octets, 15);
	close_box(&b);
	listing_finish(&a.list.listing);
}

/* Sharing moves the list, and changes nothing of it. */
static void share_twice(struct box *b)
{
	const int seals =
	    F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
	uint8_t *copy = malloc(b->s.len);

	assert_non_null(copy);
	memcpy(copy, b->s.head, b->s.len);
	for (unsigned i = 0; i < 2; i++) {
		int fd = -1;

		assert_int_equal(listing_share(&b->list.listing, &fd), 0);
		assert_int_equal(fcntl(fd, F_GET_SEALS), seals);
		assert_int_equal(lseek(fd, 0, SEEK_END), b->s.len);
		assert_true(listing_view(&b->list.listing, &b->s));
		assert_memory_equal(b->s.head, copy, b->s.len);
		close(fd);
	}
	free(copy);
}

static void test_many_names_and_no_descriptor_left(void **state)
{
	size_t fds = fd_count_open();
	struct box a, b;

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		char name[200];

		snprintf(name, sizeof(name), "%s/%u.%0150u%s",
			 i % 2 == 0 ? "new" : "cur", 5000 - i, i,
			 i % 2 == 0 ? "" : ":2,S");
		mail_dir_put(&d, name, "text\n");
	}
	a = list_box(NULL);
	assert_int_equal(a.s.head->count, 3000);
	share_twice(&a);
	store_maildir.close(&a.md);
	b = list_known(&a);
	assert_int_equal(b.s.len, a.s.len);
	assert_memory_equal(b.s.head, a.s.head, a.s.len);
	close_box(&b);
	listing_finish(&a.list.listing);
	assert_int_equal(fd_count_open(), fds);
}

/* With time stamps that can be trusted, which takes two seconds and more. */
static void test_what_has_not_changed_is_not_read(void **state)
{
	struct box a, b;

	(void)state;
	mail_dir_put(&d, "new/1.a", "1\n");
	mail_dir_put(&d, "cur/2.b:2,S", "22\n");
	mail_dir_put(&d, "cur/3.c:2,S", "333\n");
	a = list_box(NULL);
	assert_int_equal(a.list.settled, 0);
	close_box(&a);
	usleep(2200000);
	a = list_box(NULL);
	assert_int_equal(a.list.settled, STORE_SETTLED_ALL);
	store_maildir.close(&a.md);
	mail_dir_put(&d, "new/4.d", "4444\n");
	b = list_known(&a);
	assert_int_equal(b.s.head->count, 4);
	assert_int_equal(b.list.settled, 2); /* cur/, which is old */
	assert_slice(name_of(&b, 1), "cur/2.b:2,S");
	assert_slice(name_of(&b, 3), "new/4.d");
	close_box(&b);
	mail_dir_rename(&d, "new/1.a", "cur/1.a:2,");
	mail_dir_unlink(&d, "cur/2.b:2,S");
	b = list_known(&a);
	assert_int_equal(b.s.head->count, 3);
	assert_slice(name_of(&b, 0), "cur/1.a:2,");
	assert_slice(name_of(&b, 1), "cur/3.c:2,S");
	assert_slice(name_of(&b, 2), "new/4.d");
	close_box(&b);
	listing_finish(&a.list.listing);
}

/* A list with a second file of a message left out is never taken for what its
 * directory holds. */
static void test_twins_are_read_again(void **state)
{
	struct box a, b;

	(void)state;
	mail_dir_put(&d, "new/1.a", "1\n");
	mail_dir_put(&d, "cur/1.a:2,S", "1\n");
	usleep(2200000);
	a = list_box(NULL);
	assert_int_equal(a.list.settled, 0);
	store_maildir.close(&a.md);
	mail_dir_unlink(&d, "cur/1.a:2,S");
	b = list_known(&a);
	assert_int_equal(b.s.head->count, 1);
	assert_slice(name_of(&b, 0), "new/1.a");
	close_box(&b);
	listing_finish(&a.list.listing);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_order_sizes_and_uids),
		TEST(test_what_is_no_message),
		TEST(test_one_message_under_two_names_is_one),
		TEST(test_uids_of_odd_names),
		TEST(test_known_messages_are_not_read),
		TEST(test_many_names_and_no_descriptor_left),
		TEST(test_what_has_not_changed_is_not_read),
		TEST(test_twins_are_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
