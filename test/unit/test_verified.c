// SPDX-License-Identifier: ISC
/*
 * test_verified.c - remembered credentials: only these, for a time, and
 * bounded.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "auth/verified.h"

static struct verified_digest digest_of(const struct verified *v,
					const char *user, const char *stored,
					const char *secret)
{
	struct verified_digest d;
	struct secret s = { .len = 0 };

	assert_true(secret_set(&s, secret, strlen(secret)));
	d = verified_digest(v, text_of(user), text_of(stored), &s);
	secret_wipe(&s);
	return d;
}

static void only_the_same_is_found(void **state)
{
	struct verified *v = verified_create(64, 1000);
	struct verified_digest d = digest_of(v, "u", "h", "s");
	static const char *const others[][3] = {
		{ "u", "h", "t" }, { "u", "i", "s" }, { "v", "h", "s" },
		{ "uh", "", "s" }, { "", "uh", "s" }, { "u", "hs", "" },
		{ "u", "", "hs" },
	};

	(void)state;
	assert_false(verified_has(v, &d, 5));
	verified_add(v, &d, 5);
	assert_true(verified_has(v, &d, 5));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		d = digest_of(v, others[i][0], others[i][1], others[i][2]);
		assert_false(verified_has(v, &d, 5));
	}
	verified_destroy(&v);
	assert_null(v);
}

static void it_ends(void **state)
{
	struct verified *v = verified_create(64, 1000);
	struct verified_digest d = digest_of(v, "u", "h", "s");

	(void)state;
	verified_add(v, &d, 50);
	assert_true(verified_has(v, &d, 1049));
	assert_false(verified_has(v, &d, 1050));
	verified_add(v, &d, 1050);
	assert_true(verified_has(v, &d, 2049));
	verified_destroy(&v);
}

static void it_is_bounded_and_drops_the_oldest(void **state)
{
	struct verified *v = verified_create(4, 1000); /* one set */
	struct verified_digest d[5];
	char user[8];

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		snprintf(user, sizeof(user), "u%u", i);
		d[i] = digest_of(v, user, "h", "s");
		verified_add(v, &d[i], 10 + i);
	}
	assert_false(verified_has(v, &d[0], 20));
	for (unsigned i = 1; i < 5; i++) {
		assert_true(verified_has(v, &d[i], 20));
	}
	verified_destroy(&v);
}

static void keys_differ(void **state)
{
	struct verified *v = verified_create(4, 1), *w = verified_create(4, 1);
	struct verified_digest a = digest_of(v, "u", "h", "s");
	struct verified_digest b = digest_of(w, "u", "h", "s");

	(void)state;
	assert_memory_not_equal(a.octets, b.octets, sizeof(a.octets));
	verified_destroy(&v);
	verified_destroy(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_same_is_found),
		cmocka_unit_test(it_ends),
		cmocka_unit_test(it_is_bounded_and_drops_the_oldest),
		cmocka_unit_test(keys_differ),
	};

	if (sodium_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
