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

static bool takes_all(const struct passwd_user *user, enum passwd_decoy which)
{
	(void)user;
	(void)which;
	return true;
}

/* "real" has a password, "scram" a verifier for SHA-1. */
static bool takes_marked(const struct passwd_user *user,
			 enum passwd_decoy which)
{
	return text_equal(
	    user->stored,
	    text_of(which == PASSWD_DECOY_SCRAM_SHA_1 ? "scram" : "real"));
}

static struct passwd_table *
table_of(const char *text, bool is_folding,
	 bool (*is_decoy)(const struct passwd_user *, enum passwd_decoy),
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

/* Composed and decomposed letters are the same, whoever wrote which. */
static void names_are_found_in_any_form(void **state)
{
	struct passwd_faults faults;
	struct passwd_table *t =
	    table_of("j\xc3\xb6rg:1\nJo\xcc\x88rg:2\nzo\xcc\x88:3\nz\xf6:4\n",
		     true, takes_all, &faults);
	struct passwd_user u;

	(void)state;
	assert_int_equal(faults.count, 2);
	assert_int_equal(faults.fault[0].line, 2);
	assert_int_equal(faults.fault[1].line, 4);
	assert_true(passwd_table_find(t, text_of("Jo\xcc\x88rg"), &u));
	assert_true(text_equal(u.name, text_of("j\xc3\xb6rg")));
	assert_true(passwd_table_find(t, text_of("z\xc3\xb6"), &u));
	assert_true(text_equal(u.stored, text_of("3")));
	assert_false(passwd_table_find(t, text_of("z\xf6"), &u));
	assert_false(passwd_table_find(t, text_of("jorg"), &u));
	passwd_table_destroy(&t);
}

static void nothing_is_nobody(void **state)
{
	struct passwd_faults faults;
	struct passwd_table *t = table_of("", false, takes_all, &faults);
	struct passwd_user u = { .uid = 9 };

	(void)state;
	assert_false(passwd_table_find(t, text_of("a"), &u));
	assert_false(
	    passwd_table_decoy(t, PASSWD_DECOY_PASSWORD, text_of("a"), &u));
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
		assert_true(passwd_table_decoy(t, PASSWD_DECOY_PASSWORD,
					       text_of(name), &first));
		assert_true(passwd_table_decoy(t, PASSWD_DECOY_PASSWORD,
					       text_of(name), &again));
		assert_true(text_equal(first.name, again.name));
		assert_true(text_equal(first.stored, text_of("real")));
	}
	passwd_table_destroy(&t);
	t = table_of("b:!\nd:!\n", false, takes_marked, &faults);
	assert_false(
	    passwd_table_decoy(t, PASSWD_DECOY_PASSWORD, text_of("x"), &first));
	passwd_table_destroy(&t);
}

/* Who has no verifier of a kind is no decoy of that kind. */
static void each_kind_has_its_decoys(void **state)
{
	struct passwd_faults faults;
	struct passwd_table *t =
	    table_of("a:real\nb:scram\nc:!\n", false, takes_marked, &faults);
	struct passwd_user user;

	(void)state;
	assert_true(passwd_table_decoy(t, PASSWD_DECOY_SCRAM_SHA_1,
				       text_of("x"), &user));
	assert_true(text_equal(user.stored, text_of("scram")));
	assert_true(passwd_table_decoy(t, PASSWD_DECOY_SCRAM_SHA_256,
				       text_of("x"), &user));
	assert_true(text_equal(user.stored, text_of("real")));
	passwd_table_destroy(&t);
}

/* Users from "u<first>" on, in one order or the other. */
static struct passwd_table *table_of_users(unsigned first, unsigned count,
					   bool is_reverse)
{
	static char text[4096 * 16];
	struct passwd_faults faults;
	size_t len = 0;

	for (unsigned i = 0; i < count; i++) {
		unsigned n = first + (is_reverse ? count - 1 - i : i);

		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"u%u:x:%u\n", n, n);
	}
	return table_of(text, false, takes_all, &faults);
}

/* How many names of a thousand are taken for another user. */
static unsigned changes(struct passwd_table *a, struct passwd_table *b)
{
	unsigned count = 0;
	char name[16];

	for (unsigned i = 0; i < 1000; i++) {
		struct passwd_user x, y;

		snprintf(name, sizeof(name), "x%u", i);
		assert_true(passwd_table_decoy(a, PASSWD_DECOY_PASSWORD,
					       text_of(name), &x));
		assert_true(passwd_table_decoy(b, PASSWD_DECOY_PASSWORD,
					       text_of(name), &y));
		count += x.uid != y.uid;
	}
	passwd_table_destroy(&a);
	passwd_table_destroy(&b);
	return count;
}

static void decoys_outlive_changes_of_the_file(void **state)
{
	static const unsigned counts[] = { 2, 20, DECOYS_MAX, 3000 };

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		unsigned n = counts[i], few = n > 50 ? 20 : 1400 / n;

		/* wherever they stand */
		assert_int_equal(changes(table_of_users(0, n, false),
					 table_of_users(0, n, true)),
				 0);
		/* one comes, one goes */
		assert_in_range(changes(table_of_users(0, n, false),
					table_of_users(0, n + 1, false)),
				0, few);
		assert_in_range(changes(table_of_users(0, n, false),
					table_of_users(1, n - 1, true)),
				0, few);
	}
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
		assert_true(passwd_table_decoy(t, PASSWD_DECOY_PASSWORD,
					       text_of(name), &u));
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
		cmocka_unit_test(names_are_found_in_any_form),
		cmocka_unit_test(nothing_is_nobody),
		cmocka_unit_test(many_users_are_found),
		cmocka_unit_test(decoys_are_stable_and_usable),
		cmocka_unit_test(each_kind_has_its_decoys),
		cmocka_unit_test(decoys_outlive_changes_of_the_file),
		cmocka_unit_test(decoys_are_spread_as_users_are),
	};

	if (scheme_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
