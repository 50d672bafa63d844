// SPDX-License-Identifier: ISC
/*
 * test_passwd_table.c - the index of a users file: small and large, with
 * mistakes and duplicates; and how decoys are spread.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/passwd_table.h"
#include "auth/scheme.h"

#define MANY 100000u

static bool takes_all(const struct passwd_user *user)
{
	(void)user;
	return true;
}

static bool takes_marked(const struct passwd_user *user)
{
	return text_equal(user->stored, text_of("real"));
}

static struct passwd_table *
table_of(const char *text, bool is_folding,
	 bool (*is_decoy)(const struct passwd_user *),
	 struct passwd_faults *faults)
{
	struct passwd_options options = { .key = { 1, 2, 3 },
					  .is_folding = is_folding,
					  .is_decoy = is_decoy };
	char *copy = strdup(text);
	struct passwd_table *t;

	assert_non_null(copy);
	t = passwd_table_create(copy, strlen(text), &options, faults);
	assert_non_null(t);
	return t;
}

static void users_are_found(void **state)
{
	struct passwd_faults faults;
	struct passwd_table *t = table_of("# users\n\na:1\nb:2:5:6\r\n\nc:3",
					  false, takes_all, &faults);
	struct passwd_user u;

	(void)state;
	assert_int_equal(faults.count, 0);
	assert_int_equal(passwd_table_count(t), 3);
	assert_true(passwd_table_find(t, text_of("b"), &u));
	assert_int_equal(u.uid, 5);
	assert_true(passwd_table_find(t, text_of("c"), &u));
	assert_true(text_equal(u.stored, text_of("3")));
	assert_false(passwd_table_find(t, text_of("A"), &u));
	assert_false(passwd_table_find(t, text_of("d"), &u));
	assert_false(passwd_table_find(t, text_of(""), &u));
	assert_false(passwd_table_find(t, text_of("# users"), &u));
	passwd_table_destroy(&t);
	assert_null(t);
	passwd_table_destroy(&t);
}

static void mistakes_cost_their_line_only(void **state)
{
	struct passwd_faults faults;
	struct passwd_table *t = table_of("a:1\nb:x:y\n:\na:2\n../c:4\nd:5\n",
					  false, takes_all, &faults);
	struct passwd_user u;

	(void)state;
	assert_int_equal(faults.count, 4);
	assert_int_equal(faults.fault[0].line, 2);
	assert_int_equal(faults.fault[1].line, 3);
	assert_int_equal(faults.fault[2].line, 4);
	assert_non_null(strstr(faults.fault[2].what, "earlier line"));
	assert_int_equal(faults.fault[3].line, 5);
	assert_int_equal(passwd_table_count(t), 2);
	assert_true(passwd_table_find(t, text_of("a"), &u));
	assert_true(text_equal(u.stored, text_of("1")));
	assert_true(passwd_table_find(t, text_of("d"), &u));
	passwd_table_destroy(&t);
}

static void faults_are_counted_beyond_those_told(void **state)
{
	struct passwd_faults faults;
	struct passwd_table *t = table_of(":\n:\n:\n:\n:\n:\n:\n:\n:\n:\n:\n",
					  false, takes_all, &faults);

	(void)state;
	assert_int_equal(faults.count, 11);
	assert_int_equal(passwd_table_count(t), 0);
	passwd_table_destroy(&t);
}

static void case_is_folded_if_asked_for(void **state)
{
	struct passwd_faults faults;
	struct passwd_table *t =
	    table_of("Alice:1\nALICE:2\n", true, takes_all, &faults);
	struct passwd_user u;

	(void)state;
	assert_int_equal(faults.count, 1);
	assert_true(passwd_table_find(t, text_of("alice"), &u));
	assert_true(text_equal(u.name, text_of("Alice")));
	passwd_table_destroy(&t);
	t = table_of("Alice:1\nALICE:2\n", false, takes_all, &faults);
	assert_int_equal(faults.count, 0);
	assert_false(passwd_table_find(t, text_of("alice"), &u));
	passwd_table_destroy(&t);
}

static void nothing_is_nobody(void **state)
{
	struct passwd_faults faults;
	struct passwd_table *t = table_of("", false, takes_all, &faults);
	struct passwd_user u = { .uid = 9 };

	(void)state;
	assert_false(passwd_table_find(t, text_of("a"), &u));
	assert_false(passwd_table_decoy(t, text_of("a"), &u));
	assert_int_equal(u.uid, 9);
	passwd_table_destroy(&t);
}

static void many_users_are_found(void **state)
{
	size_t cap = MANY * 40, len = 0;
	char *text = malloc(cap);
	struct passwd_options options = { .is_decoy = takes_all };
	struct passwd_faults faults;
	struct passwd_table *t;
	struct passwd_user u;
	char name[32];

	(void)state;
	assert_non_null(text);
	for (uint32_t i = 0; i < MANY; i++) {
		len += (size_t)snprintf(text + len, cap - len,
					"user%u@example.com:x:%u:1\n", i, i);
	}
	t = passwd_table_create(text, len, &options, &faults);
	assert_non_null(t);
	assert_int_equal(faults.count, 0);
	assert_int_equal(passwd_table_count(t), MANY);
	for (uint32_t i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "user%u@example.com", i);
		assert_true(passwd_table_find(t, text_of(name), &u));
		assert_int_equal(u.uid, i);
		snprintf(name, sizeof(name), "user%u@example.org", i);
		assert_false(passwd_table_find(t, text_of(name), &u));
	}
	passwd_table_destroy(&t);
}

static void decoys_are_stable_and_usable(void **state)
{
	struct passwd_faults faults;
	struct passwd_table *t = table_of("a:real\nb:!\nc:real\nd:!\n", false,
					  takes_marked, &faults);
	struct passwd_user first, again;
	char name[16];

	(void)state;
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "x%d", i);
		assert_true(passwd_table_decoy(t, text_of(name), &first));
		assert_true(passwd_table_decoy(t, text_of(name), &again));
		assert_true(text_equal(first.name, again.name));
		assert_true(text_equal(first.stored, text_of("real")));
	}
	passwd_table_destroy(&t);
	t = table_of("b:!\nd:!\n", false, takes_marked, &faults);
	assert_false(passwd_table_decoy(t, text_of("x"), &first));
	passwd_table_destroy(&t);
}

/* 4,000 users, half of them of one kind: the decoys are so, too. */
static void decoys_are_spread_as_users_are(void **state)
{
	size_t cap = 4000 * 16, len = 0;
	char *text = malloc(cap);
	struct passwd_options options = { .key = { 9 }, .is_decoy = takes_all };
	struct passwd_faults faults;
	struct passwd_table *t;
	unsigned late = 0;
	struct passwd_user u;

	(void)state;
	assert_non_null(text);
	for (unsigned i = 0; i < 4000; i++) {
		len += (size_t)snprintf(text + len, cap - len, "u%u:x:%u\n", i,
					i >= 2000);
	}
	t = passwd_table_create(text, len, &options, &faults);
	assert_non_null(t);
	for (unsigned i = 0; i < 4000; i++) {
		char name[16];

		snprintf(name, sizeof(name), "x%u", i);
		assert_true(passwd_table_decoy(t, text_of(name), &u));
		late += u.uid;
	}
	assert_in_range(late, 1700, 2300);
	passwd_table_destroy(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(users_are_found),
		cmocka_unit_test(mistakes_cost_their_line_only),
		cmocka_unit_test(faults_are_counted_beyond_those_told),
		cmocka_unit_test(case_is_folded_if_asked_for),
		cmocka_unit_test(nothing_is_nobody),
		cmocka_unit_test(many_users_are_found),
		cmocka_unit_test(decoys_are_stable_and_usable),
		cmocka_unit_test(decoys_are_spread_as_users_are),
	};

	if (scheme_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
