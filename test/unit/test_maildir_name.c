// SPDX-License-Identifier: ISC
/*
 * test_maildir_name.c - base names, their order and the unique-ids made of
 * them.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/maildir_name.h"

static struct maildir_base base_of(const char *path)
{
	return maildir_base_in_path((const uint8_t *)path, strlen(path));
}

static uint64_t time_of(const char *base)
{
	return maildir_time((const uint8_t *)base, strlen(base));
}

static void test_time(void **state)
{
	(void)state;
	assert_int_equal(time_of(""), 0);
	assert_int_equal(time_of("x1"), 0);
	assert_int_equal(time_of("1700000000.M1P2.host"), 1700000000);
	assert_int_equal(time_of("0012"), 12);
	assert_int_equal(time_of("18446744073709551615"), UINT64_MAX);
	assert_int_equal(time_of("18446744073709551616"), UINT64_MAX);
	assert_int_equal(time_of("99999999999999999999999"), UINT64_MAX);
}

static void test_base(void **state)
{
	struct maildir_base b = base_of("cur/12.a,S=3:2,S");

	(void)state;
	assert_slice(pop3_slice_of(b.at, b.len), "12.a,S=3");
	assert_int_equal(b.time, 12);
	b = base_of("new/7.b");
	assert_slice(pop3_slice_of(b.at, b.len), "7.b");
	b = base_of("new/:2,");
	assert_int_equal(b.len, 0);
	b = base_of("ne");
	assert_int_equal(b.len, 0);
}

static int order(const char *a, const char *b)
{
	struct maildir_base x = base_of(a);
	struct maildir_base y = base_of(b);
	int is = maildir_compare(&x, &y);

	assert_int_equal(maildir_compare(&y, &x) < 0, is > 0);
	return is;
}

static void test_compare(void **state)
{
	(void)state;
	assert_true(order("new/9.a", "new/10.a") < 0);
	assert_true(order("new/10.a", "cur/10.b:2,S") < 0);
	assert_true(order("new/10.b", "cur/10.a:2,S") > 0);
	assert_true(order("new/10.a", "cur/10.a:2,S") == 0);
	assert_true(order("new/10.a", "new/10.ab") < 0);
	assert_true(order("new/10.a", "new/10.\xff") < 0);
	assert_true(order("new/x", "new/1") < 0);
}

static void test_is_uid(void **state)
{
	uint8_t base[256];

	(void)state;
	memset(base, 'a', sizeof(base));
	assert_false(maildir_is_uid(base, 0));
	assert_true(maildir_is_uid(base, 1));
	assert_true(maildir_is_uid(base, 70));
	assert_false(maildir_is_uid(base, 71));
	for (unsigned c = 0; c < 256; c++) {
		base[3] = (uint8_t)c;
		assert_int_equal(maildir_is_uid(base, 8),
				 c >= 0x21 && c <= 0x7e);
	}
}

static void test_made_uids(void **state)
{
	uint8_t a[MAILDIR_MADE_UID_LEN];
	uint8_t b[MAILDIR_MADE_UID_LEN];

	(void)state;
	maildir_make_uid((const uint8_t *)"a b", 3, 0, a);
	maildir_make_uid((const uint8_t *)"a b", 3, 0, b);
	assert_memory_equal(a, b, sizeof(a));
	/* for ever: a client would take a new one for new mail */
	assert_slice(pop3_slice_of(a, sizeof(a)),
		     "~e932d71afddc92588044f8a624582c4c");
	maildir_make_uid((const uint8_t *)"a b", 3, 1, b);
	assert_memory_not_equal(a, b, sizeof(a));
	/* what is made could not be a base name's own */
	assert_false(maildir_is_uid(a, sizeof(a)));
}

static void add(struct maildir_names *names, const char *path, uint8_t pass)
{
	char subdir[5] = { 0 };

	memcpy(subdir, path, 4);
	assert_int_equal(
	    maildir_names_add(names, subdir, path + 4, strlen(path) - 4, pass),
	    0);
}

static void assert_names(const struct maildir_names *names,
			 const char *const *paths, size_t count)
{
	assert_int_equal(names->count, count);
	for (size_t i = 0; i < count; i++) {
		assert_text(pop3_slice_of(maildir_path_of(names, &names->at[i]),
					  names->at[i].len),
			    paths[i]);
	}
}

static void test_order_and_twins(void **state)
{
	static const char *const want[] = { "new/1.a", "cur/2.b:2,S",
					    "new/3.c" };
	struct maildir_names names = { 0 };
	struct maildir_base base;

	(void)state;
	assert_int_equal(maildir_names_order(&names), 0);
	assert_int_equal(names.count, 0);
	add(&names, "new/3.c", 1);
	add(&names, "cur/3.c:2,S", 0);
	add(&names, "cur/2.b:2,", 1);
	add(&names, "new/2.b", 1);
	add(&names, "cur/2.b:2,S", 1);
	add(&names, "new/1.a", 0);
	assert_int_equal(maildir_names_order(&names), 0);
	assert_names(&names, want, COUNT_OF(want));
	base = base_of("cur/2.b:2,FS");
	assert_ptr_equal(maildir_names_find(&names, &base), &names.at[1]);
	base = base_of("new/2.c");
	assert_null(maildir_names_find(&names, &base));
	base = base_of("new/4");
	assert_null(maildir_names_find(&names, &base));
	maildir_names_drop_front(&names, 2);
	assert_names(&names, want + 2, 1);
	maildir_names_finish(&names);
	maildir_names_drop_front(&names, 0);
}

static void test_every_length_is_sorted(void **state)
{
	(void)state;
	for (unsigned count = 0; count < 200; count++) {
		struct maildir_names names = { 0 };
		char path[64];

		for (unsigned i = 0; i < count; i++) {
			snprintf(path, sizeof(path), "new/%u.%u", i * 37 % 11,
				 i * 101 % 211);
			add(&names, path, 0);
		}
		assert_int_equal(maildir_names_order(&names), 0);
		assert_int_equal(names.count, count);
		for (unsigned i = 1; i < count; i++) {
			struct maildir_base a = maildir_base_in_path(
			    maildir_path_of(&names, &names.at[i - 1]),
			    names.at[i - 1].len);
			struct maildir_base b = maildir_base_in_path(
			    maildir_path_of(&names, &names.at[i]),
			    names.at[i].len);

			assert_true(maildir_compare(&a, &b) < 0);
		}
		maildir_names_finish(&names);
	}
}

static void test_every_name_of_many_is_found(void **state)
{
	struct maildir_names names = { 0 };
	char path[64];

	(void)state;
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(path, sizeof(path), "new/%u.%u", i / 10,
			 (i * 7919) % 5000);
		add(&names, path, 0);
	}
	assert_int_equal(maildir_names_order(&names), 0);
	assert_int_equal(names.count, 5000);
	for (unsigned i = 0; i < 5000; i++) {
		struct maildir_base base;

		snprintf(path, sizeof(path), "cur/%u.%u:2,S", i / 10,
			 (i * 7919) % 5000);
		base = base_of(path);
		assert_non_null(maildir_names_find(&names, &base));
	}
	maildir_names_finish(&names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_base),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_is_uid),
		cmocka_unit_test(test_made_uids),
		cmocka_unit_test(test_order_and_twins),
		cmocka_unit_test(test_every_length_is_sorted),
		cmocka_unit_test(test_every_name_of_many_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
