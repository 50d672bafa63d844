// SPDX-License-Identifier: ISC
/*
 * test_maildir_known.c - what is known of a Maildir makes its list no other
 * one: whatever changes, it is octet for octet what is found by reading all.
 */
#include "unit.h"

#include <sys/mman.h>

#include "limits.h"
#include "maildir_box.h"
#include "store/maildir_known.h"

#define ROUNDS        150u
#define NAMES         40u
#define TICK_US       10000u /* longer than the kernel's clock for files */
#define NAME_MAX_HERE 128u

static uint32_t seed = 20261126;

static uint32_t draw(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

/* The files that are there; an empty one is not. */
static char files[NAMES][NAME_MAX_HERE];

static void name_file(char name[NAME_MAX_HERE], bool is_new, uint32_t n)
{
	/* every seventh has a base name that is no unique-id */
	snprintf(name, NAME_MAX_HERE, "%s/%u.%s%u%s", is_new ? "new" : "cur",
		 1000 + n % 50, n % 7 == 0 ? "odd name " : "M", n,
		 is_new         ? ""
		 : draw(2) == 0 ? ":2,"
				: ":2,S");
}

static void deliver(char *file)
{
	static uint32_t n;
	char text[64];

	n++;
	name_file(file, draw(2) == 0, n);
	snprintf(text, sizeof(text), "%0*u\n", (int)draw(40) + 1, n);
	mail_dir_put(&d, file, text);
}

static void rename_one(char *file)
{
	char to[NAME_MAX_HERE];
	const char *base = file + 4;

	snprintf(to, sizeof(to), "cur/%.*s:2,%s", (int)strcspn(base, ":"), base,
		 draw(2) == 0 ? "S" : "RS");
	if (strcmp(to, file) != 0) {
		mail_dir_rename(&d, file, to);
		memcpy(file, to, sizeof(to));
	}
}

static void change_one(void)
{
	char *file = files[draw(NAMES)];

	if (file[0] == '\0') {
		deliver(file);
	} else if (draw(3) == 0) {
		mail_dir_unlink(&d, file);
		file[0] = '\0';
	} else {
		rename_one(file);
	}
}

static void change(void)
{
	for (uint32_t i = draw(4); i > 0; i--) {
		change_one();
	}
}

/* A second file of a message that is in cur/, for one round. */
static const char *make_twin(void)
{
	static char twin[NAME_MAX_HERE];
	const char *file = files[draw(NAMES)];

	if (strncmp(file, "cur/", 4) != 0 || draw(3) != 0) {
		return NULL;
	}
	snprintf(twin, sizeof(twin), "new/%.*s", (int)strcspn(file + 4, ":"),
		 file + 4);
	mail_dir_put(&d, twin, "twin\n");
	return twin;
}

static void judge(const struct box *known)
{
	struct box b = list_known(known);
	struct box anew;

	store_maildir.close(&b.md);
	anew = list_box(NULL);
	assert_int_equal(b.s.len, anew.s.len);
	assert_memory_equal(b.s.head, anew.s.head, b.s.len);
	close_box(&anew);
	listing_finish(&b.list.listing);
}

static void test_any_change(void **state)
{
	(void)state;
	for (unsigned i = 0; i < NAMES / 2; i++) {
		deliver(files[i]);
	}
	for (unsigned i = 0; i < ROUNDS; i++) {
		const char *twin = i % 3 == 0 ? make_twin() : NULL;
		struct box a = list_box(NULL);

		store_maildir.close(&a.md);
		/* as if long ago: the clock has ticked, so it is true */
		a.list.settled = twin == NULL ? i % 4 : 0;
		usleep(TICK_US);
		change();
		if (twin != NULL) {
			mail_dir_unlink(&d, twin);
		}
		judge(&a);
		twin = make_twin();
		judge(&a);
		if (twin != NULL) {
			mail_dir_unlink(&d, twin);
		}
		listing_finish(&a.list.listing);
	}
}

static struct maildir_base base_of(const char *path)
{
	return maildir_base_in_path((const uint8_t *)path, strlen(path));
}

static bool keep(struct maildir_known *k, const char *path)
{
	return maildir_known_keep(k, path, path + 4, strlen(path) - 4);
}

static void test_names(void **state)
{
	static const char *const paths[] = { "new/1.a", "cur/2.b:2,S",
					     "new/3.c", "cur/9.d:2," };
	struct maildir_known k;
	struct maildir_base base;
	struct box a;
	bool is_it;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		mail_dir_put(&d, paths[i], "text\n");
	}
	a = list_box(NULL);
	assert_int_equal(maildir_known_init(&k, &a.s), 0);
	assert_int_equal(maildir_known_index(&k), 0);
	assert_false(keep(&k, "new/2.b:2,S")); /* elsewhere */
	assert_false(keep(&k, "cur/2.b:2,"));
	assert_false(keep(&k, "cur/2.b"));
	assert_true(keep(&k, "cur/2.b:2,S"));
	assert_memory_equal(k.kept, "\0\1\0\0", 4);
	maildir_known_keep_all(&k, "new/");
	assert_memory_equal(k.kept, "\1\1\1\0", 4);
	assert_int_equal(maildir_known_kept(&k), 3);
	for (uint32_t i = 0; i < COUNT_OF(paths); i++) {
		base = base_of(paths[i]);
		assert_int_equal(maildir_known_find(&k, &base, &is_it), i);
		assert_true(is_it);
	}
	base = base_of("new/3.b");
	assert_int_equal(maildir_known_find(&k, &base, &is_it), 2);
	assert_false(is_it);
	base = base_of("new/9.e");
	assert_int_equal(maildir_known_find(&k, &base, &is_it), 4);
	assert_false(is_it);
	maildir_known_finish(&k);
	close_box(&a);
}

/* Many, so that some share a place of the table. */
static void test_every_name_of_many(void **state)
{
	struct maildir_known k;
	struct box a;
	char name[64];

	(void)state;
	for (unsigned i = 0; i < 1500; i++) {
		snprintf(name, sizeof(name), "new/%u.M%u", 1000 + i / 3, i);
		mail_dir_put(&d, name, "");
	}
	a = list_box(NULL);
	assert_int_equal(maildir_known_init(&k, &a.s), 0);
	assert_int_equal(maildir_known_index(&k), 0);
	for (unsigned i = 0; i < 3000; i++) {
		const char *names[] = { name + 4, "" };

		snprintf(name, sizeof(name), "new/%u.M%u", 1000 + i / 3, i);
		maildir_known_fetch(&k, names, 2);
		assert_int_equal(keep(&k, name), i < 1500);
	}
	for (unsigned i = 0; i < 1500; i++) {
		assert_int_equal(k.kept[i], 1);
	}
	maildir_known_finish(&k);
	close_box(&a);
}

/* Those that are not there any more take no room, however many there were: the
 * memory of as many empty names is nobody's until it is written. */
static void test_only_what_is_kept_counts(void **state)
{
	uint32_t count = MAILDROP_MESSAGES_MAX + 1;
	size_t len = count * sizeof(struct snapshot_entry);
	void *entries =
	    mmap(NULL, len, PROT_READ,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	struct snapshot_head head = { .count = count };
	struct box a, b;

	(void)state;
	assert_ptr_not_equal(entries, MAP_FAILED);
	a = list_box(NULL);
	store_maildir.close(&a.md);
	a.list.settled = STORE_SETTLED_ALL;
	a.s = (struct snapshot){ &head, entries, sizeof(head) };
	b = list_known(&a);
	assert_int_equal(b.s.head->count, 0);
	close_box(&b);
	listing_finish(&a.list.listing);
	munmap(entries, len);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_any_change),
		TEST(test_names),
		TEST(test_every_name_of_many),
		TEST(test_only_what_is_kept_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
