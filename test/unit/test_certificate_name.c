// SPDX-License-Identifier: ISC
/*
 * test_certificate_name.c - names of hosts in certificates.
 */
#include "unit.h"

#include <string.h>

#include "guard.h"
#include "tls/certificate_name.h"

static struct guard names;

static bool is_sound(const char *name)
{
	struct pop3_slice n =
	    guard_copy(&names, pop3_slice_of(name, strlen(name)));

	return certificate_name_is_sound((const char *)n.at, n.len);
}

static void only_names_of_hosts_are_sound(void **state)
{
	char label[70];

	(void)state;
	assert_true(is_sound("mail.example.org"));
	assert_true(is_sound("*.example.org"));
	assert_true(is_sound("xn--bcher-kva_1.example"));
	assert_false(is_sound(""));
	assert_false(is_sound("*."));
	assert_false(is_sound("*"));
	assert_false(is_sound("a..b"));
	assert_false(is_sound(".a"));
	assert_false(is_sound("a."));
	assert_false(is_sound("a b"));
	assert_false(is_sound("a\n.b"));
	assert_false(is_sound("b\303\274cher.example"));
	assert_false(certificate_name_is_sound("a\0b", 3));
	memset(label, 'a', sizeof(label));
	assert_true(certificate_name_is_sound(label, 63));
	assert_false(certificate_name_is_sound(label, 64));
}

static int make_guard(void **state)
{
	(void)state;
	guard_init(&names, 1);
	return 0;
}

static int free_guard(void **state)
{
	(void)state;
	guard_finish(&names);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_names_of_hosts_are_sound),
	};

	return cmocka_run_group_tests(tests, make_guard, free_guard);
}
