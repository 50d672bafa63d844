// SPDX-License-Identifier: ISC
/*
 * test_maildir_access.c - opening, locking, fetching and removing in a Maildir:
 * what is found again, what fails, and what is never touched.
 */
#include "unit.h"

#include <sys/file.h>

#include "maildir_box.h"

static void test_fetch_finds_it_wherever_it_is(void **state)
{
	char text[16];
	struct box b;

	(void)state;
	mail_dir_put(&d, "new/1.a", "one\n");
	mail_dir_put(&d, "new/2.b", "two\n");
	mail_dir_put(&d, "cur/3.c:2,", "three\n");
	b = list_box(NULL);
	assert_int_equal(fetch(&b, 0, text, sizeof(text)), STATUS_OK);
	assert_string_equal(text, "one\n");
	mail_dir_rename(&d, "new/1.a", "cur/1.a:2,");
	mail_dir_rename(&d, "cur/3.c:2,", "new/3.c");
	assert_int_equal(fetch(&b, 0, text, sizeof(text)), STATUS_OK);
	assert_string_equal(text, "one\n");
	assert_int_equal(fetch(&b, 2, text, sizeof(text)), STATUS_OK);
	assert_string_equal(text, "three\n");
	mail_dir_rename(&d, "cur/1.a:2,", "cur/1.a:2,FS");
	assert_int_equal(fetch(&b, 0, text, sizeof(text)), STATUS_OK);
	assert_string_equal(text, "one\n");
	mail_dir_unlink(&d, "new/2.b");
	assert_int_equal(fetch(&b, 1, text, sizeof(text)), STATUS_GONE);
	assert_int_equal(fetch(&b, 2, text, sizeof(text)), STATUS_OK);
	close_box(&b);
}

static void test_fetch_of_what_is_another(void **state)
{
	char text[16];
	struct box b;

	(void)state;
	mail_dir_put(&d, "new/1.a", "one\n");
	mail_dir_put(&d, "new/2.b", "two\n");
	mail_dir_put(&d, "new/3.c", "three\n");
	mail_dir_put(&d, "new/4.d", "four\n");
	b = list_box(NULL);
	assert_int_equal(truncate(mail_dir_path(&d, "new/1.a"), 3), 0);
	assert_int_equal(fetch(&b, 0, text, sizeof(text)), STATUS_CHANGED);
	mail_dir_unlink(&d, "new/2.b");
	assert_int_equal(symlink("3.c", mail_dir_path(&d, "new/2.b")), 0);
	assert_int_equal(fetch(&b, 1, text, sizeof(text)), STATUS_CHANGED);
	mail_dir_unlink(&d, "new/3.c");
	assert_int_equal(mkfifo(mail_dir_path(&d, "new/3.c"), 0600), 0);
	assert_int_equal(fetch(&b, 2, text, sizeof(text)), STATUS_CHANGED);
	mail_dir_unlink(&d, "new/4.d");
	assert_int_equal(mkdir(mail_dir_path(&d, "new/4.d"), 0700), 0);
	assert_int_equal(fetch(&b, 3, text, sizeof(text)), STATUS_CHANGED);
	close_box(&b);
}

static void test_expunge(void **state)
{
	struct box b;

	(void)state;
	mail_dir_put(&d, "new/1.a", "one\n");
	mail_dir_put(&d, "new/2.b", "two\n");
	mail_dir_put(&d, "new/3.c", "three\n");
	b = list_box(NULL);
	mail_dir_rename(&d, "new/1.a", "cur/1.a:2,S");
	mail_dir_unlink(&d, "new/2.b");
	mail_dir_put(&d, "new/4.d", "late\n");
	assert_int_equal(store_maildir.expunge(b.md, &b.s, 0, &fault),
			 STATUS_OK);
	assert_false(mail_dir_has(&d, "cur/1.a:2,S"));
	assert_int_equal(store_maildir.expunge(b.md, &b.s, 1, &fault),
			 STATUS_OK);
	assert_true(mail_dir_has(&d, "new/3.c"));
	assert_true(mail_dir_has(&d, "new/4.d"));
	mail_dir_unlink(&d, "new/3.c");
	assert_int_equal(mkdir(mail_dir_path(&d, "new/3.c"), 0700), 0);
	assert_int_not_equal(store_maildir.expunge(b.md, &b.s, 2, &fault),
			     STATUS_OK);
	assert_string_equal(fault.path, "new/3.c");
	close_box(&b);
}

/* A snapshot that came from elsewhere leads to no other file. */
static void test_names_that_are_no_messages(void **state)
{
	static const char *const names[] = { "../box", "tmp/1.a", "new/../../x",
					     "cur/",   "new/.h",  "/etc/passwd",
					     "new",    "" };
	struct box b = { .md = open_box() };

	(void)state;
	mail_dir_put(&d, "tmp/1.a", "one\n");
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		struct snapshot_item item = {
			.name = (const uint8_t *)names[i],
			.name_len = (uint16_t)strlen(names[i]),
			.uid = (const uint8_t *)"u",
			.uid_len = 1,
		};
		uint64_t memory[32];
		size_t len;
		int fd = -1;

		assert_true(snapshot_size(&item, 1, &len));
		assert_true(len <= sizeof(memory));
		snapshot_build(memory, len, &item, 1);
		assert_true(snapshot_view(memory, len, &b.s));
		assert_int_equal(
		    store_maildir.fetch(b.md, &b.s, 0, &fd, &fault),
		    STATUS_TEMP);
		assert_int_equal(fd, -1);
		assert_int_equal(store_maildir.expunge(b.md, &b.s, 0, &fault),
				 STATUS_TEMP);
	}
	assert_true(mail_dir_has(&d, "tmp/1.a"));
	store_maildir.close(&b.md);
}

static void test_locks(void **state)
{
	struct store_maildrop *a = open_box();
	struct store_maildrop *b = NULL;
	int fd;

	(void)state;
	assert_int_equal(try_open("box", false, &b), STATUS_IN_USE);
	assert_int_equal(try_open("box", true, &b), STATUS_IN_USE);
	assert_null(b);
	store_maildir.close(&a);
	assert_int_equal(try_open("box", true, &a), STATUS_OK);
	assert_int_equal(try_open("box", true, &b), STATUS_OK);
	store_maildir.close(&a);
	store_maildir.close(&b);
	fd = open(d.box, O_RDONLY | O_DIRECTORY);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	assert_int_equal(try_open("box", false, &b), STATUS_IN_USE);
	close(fd);
}

static void test_absent(void **state)
{
	struct store_maildrop *md = NULL;
	struct store_list list;
	struct snapshot s;

	(void)state;
	assert_int_equal(try_open("nobody", false, &md), STATUS_OK);
	assert_true(md->is_absent);
	assert_int_equal(store_maildir.list(md, NULL, &list, &fault),
			 STATUS_OK);
	assert_true(listing_view(&list.listing, &s));
	assert_int_equal(s.head->count, 0);
	listing_finish(&list.listing);
	store_maildir.close(&md);
	assert_int_equal(try_open("box/nobody/", false, &md), STATUS_OK);
	store_maildir.close(&md);
	assert_int_equal(try_open("no/body", false, &md), STATUS_TEMP);
	assert_int_equal(symlink("gone", mail_dir_path(&d, "link")), 0);
	assert_int_equal(try_open("box/link", false, &md), STATUS_TEMP);
	assert_null(md);
}

/* What stays of a mail root whose disk is not mounted. */
static void test_an_empty_root(void **state)
{
	struct store_maildrop *md = NULL;

	(void)state;
	mail_dir_remove(d.box);
	assert_int_equal(try_open("box", false, &md), STATUS_TEMP);
	assert_int_equal(fault.error, ENOENT);
	mail_dir_make_box(&d, "other");
	assert_int_equal(try_open("box", false, &md), STATUS_OK);
	store_maildir.close(&md);
	mail_dir_remove(d.root);
	assert_int_equal(try_open("box", false, &md), STATUS_TEMP);
	assert_int_equal(mkdir(d.root, 0700), 0);
}

static void test_paths_that_lead_out(void **state)
{
	static const char *const paths[] = { "..", "/etc", "box/../..",
					     "../etc", "out" };
	struct store_maildrop *md = NULL;
	char link[96];

	(void)state;
	snprintf(link, sizeof(link), "%s/out", d.root);
	assert_int_equal(symlink("/etc", link), 0);
	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		assert_int_equal(try_open(paths[i], false, &md), STATUS_PERM);
	}
	snprintf(link, sizeof(link), "%s/in", d.root);
	assert_int_equal(symlink("box", link), 0);
	assert_int_equal(try_open("in", false, &md), STATUS_OK);
	assert_false(md->is_absent);
	store_maildir.close(&md);
	assert_null(md);
}

static enum packet_status try_list(void)
{
	struct store_maildrop *md = open_box();
	struct store_list list;
	enum packet_status status = store_maildir.list(md, NULL, &list, &fault);

	if (status == STATUS_OK) {
		listing_finish(&list.listing);
	}
	store_maildir.close(&md);
	return status;
}

static void test_a_broken_maildir_is_no_empty_one(void **state)
{
	struct store_maildrop *md = NULL;
	struct store_state st;

	(void)state;
	mail_dir_put(&d, "new/1.a", "one\n");
	mail_dir_rename(&d, "cur", "gone");
	assert_int_equal(try_list(), STATUS_PERM);
	md = open_box();
	assert_int_equal(store_maildir.state(md, &st, &fault), STATUS_PERM);
	store_maildir.close(&md);
	assert_int_equal(symlink("gone", mail_dir_path(&d, "cur")), 0);
	assert_int_equal(try_list(), STATUS_PERM);
	mail_dir_unlink(&d, "cur");
	mail_dir_put(&d, "cur", "a file\n");
	assert_int_equal(try_list(), STATUS_PERM);
	assert_int_equal(try_open("box/cur", false, &md), STATUS_PERM);
	assert_null(md);
}

static void test_what_may_not_be_read(void **state)
{
	uid_t self = geteuid();

	(void)state;
	mail_dir_put(&d, "new/1.a", "one\n");
	mail_dir_put(&d, "new/2.b", "two\n");
	assert_int_equal(chmod(mail_dir_path(&d, "new/2.b"), 0), 0);
	if (self == 0) { /* who may read everything */
		assert_int_equal(chown(d.root, 65534, (gid_t)-1), 0);
		assert_int_equal(chown(d.box, 65534, (gid_t)-1), 0);
		assert_int_equal(
		    chown(mail_dir_path(&d, "new"), 65534, (gid_t)-1), 0);
		assert_int_equal(
		    chown(mail_dir_path(&d, "cur"), 65534, (gid_t)-1), 0);
		assert_int_equal(
		    chown(mail_dir_path(&d, "new/1.a"), 65534, (gid_t)-1), 0);
		assert_int_equal(seteuid(65534), 0);
	}
	assert_int_equal(try_list(), STATUS_PERM);
	assert_string_equal(fault.path, "new/2.b");
	assert_int_equal(fault.error, EACCES);
	assert_int_equal(chmod(mail_dir_path(&d, "cur"), 0), 0);
	assert_int_equal(try_list(), STATUS_PERM);
	assert_string_equal(fault.path, "cur/");
	assert_int_equal(chmod(mail_dir_path(&d, "cur"), 0700), 0);
	assert_int_equal(seteuid(self), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_fetch_finds_it_wherever_it_is),
		TEST(test_fetch_of_what_is_another),
		TEST(test_expunge),
		TEST(test_names_that_are_no_messages),
		TEST(test_locks),
		TEST(test_absent),
		TEST(test_an_empty_root),
		TEST(test_paths_that_lead_out),
		TEST(test_a_broken_maildir_is_no_empty_one),
		TEST(test_what_may_not_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
