// SPDX-License-Identifier: ISC
/*
 * test_maildir.c - the Maildir store on real directories: what is listed, what
 * is not, what is found again, what fails, and that nothing is written.
 */
#include "unit.h"

#include <errno.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "mail_dir.h"
#include "os/fd.h"
#include "store/store.h"

static struct mail_dir d;
static struct store_fault fault;

static int begin_test(void **state)
{
	(void)state;
	mail_dir_init(&d);
	return 0;
}

static int end_test(void **state)
{
	(void)state;
	mail_dir_finish(&d);
	return 0;
}

static int no_lock(void *ctx, uint64_t dev, uint64_t ino, bool is_shared,
		   int *fd_r)
{
	(void)ctx;
	(void)dev;
	(void)ino;
	(void)is_shared;
	(void)fd_r;
	return -ENOLCK;
}

static enum packet_status try_open(const char *path, bool is_shared,
				   struct store_maildrop **md_r)
{
	struct store_place place = { .root_fd = d.root_fd,
				     .path = path,
				     .is_shared = is_shared,
				     .lock = no_lock };

	fault = (struct store_fault){ 0 };
	return store_maildir.open(&place, md_r, &fault);
}

static struct store_maildrop *open_box(void)
{
	struct store_maildrop *md = NULL;

	assert_int_equal(try_open("box", false, &md), STATUS_OK);
	assert_non_null(md);
	return md;
}

/* One opened and listed maildrop. */
struct box {
	struct store_maildrop *md;
	struct store_list list;
	struct snapshot s;
};

static struct box list_box(const struct store_known *known)
{
	struct box b = { .md = open_box() };

	assert_int_equal(store_maildir.list(b.md, known, &b.list, &fault),
			 STATUS_OK);
	assert_true(listing_view(&b.list.listing, &b.s));
	assert_true(snapshot_is_sound(&b.s));
	return b;
}

static struct box list_known(const struct box *a)
{
	struct store_known known = { a->s, a->list.state, a->list.settled };

	return list_box(&known);
}

static void close_box(struct box *b)
{
	listing_finish(&b->list.listing);
	store_maildir.close(&b->md);
	assert_null(b->md);
}

static struct pop3_slice name_of(const struct box *b, uint32_t idx)
{
	struct snapshot_text text = snapshot_name(&b->s, idx);

	return pop3_slice_of(text.at, text.len);
}

static struct pop3_slice uid_of(const struct box *b, uint32_t idx)
{
	struct snapshot_text text = snapshot_uid(&b->s, idx);

	return pop3_slice_of(text.at, text.len);
}

static enum packet_status fetch(struct box *b, uint32_t idx, char *text_r,
				size_t cap)
{
	int fd = -1;
	enum packet_status status =
	    store_maildir.fetch(b->md, &b->s, idx, &fd, &fault);
	ssize_t n;

	if (status == STATUS_OK) {
		n = read(fd, text_r, cap - 1);
		assert_true(n >= 0);
		text_r[n] = '\0';
		close(fd);
	}
	return status;
}

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
	assert_true(a.list.listing.fd != -1);
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
		TEST(test_many_names_and_no_descriptor_left),
		TEST(test_what_has_not_changed_is_not_read),
		TEST(test_twins_are_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
