// SPDX-License-Identifier: ISC
/*
 * test_net.c - lists of networks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdio.h>

#include <string.h>

#include "os/net.h"

static bool contains(const char *list, const char *address)
{
	uint8_t octets[16];
	char mapped[64];

	if (inet_pton(AF_INET6, address, octets) != 1) {
		snprintf(mapped, sizeof(mapped), "::ffff:%s", address);
		assert_int_equal(inet_pton(AF_INET6, mapped, octets), 1);
	}
	return net_list_contains(list, strlen(list), octets);
}

static void networks_contain_their_own(void **state)
{
	(void)state;
	assert_true(contains("192.0.2.7", "192.0.2.7"));
	assert_false(contains("192.0.2.7", "192.0.2.8"));
	assert_true(contains("192.0.2.0/24", "192.0.2.255"));
	assert_false(contains("192.0.2.0/24", "192.0.3.0"));
	assert_true(contains("192.0.2.0/25", "192.0.2.127"));
	assert_false(contains("192.0.2.0/25", "192.0.2.128"));
	assert_true(contains("0.0.0.0/0", "203.0.113.1"));
	assert_false(contains("0.0.0.0/0", "2001:db8::1"));
	assert_true(contains("::/0", "2001:db8::1"));
	assert_true(contains("2001:db8::/33", "2001:db8:7fff::"));
	assert_false(contains("2001:db8::/33", "2001:db8:8000::"));
	assert_true(contains("x,,10.0.0.0/8,::1", "::1"));
	assert_true(contains("local", "127.1.2.3"));
	assert_true(contains("local", "::1"));
	assert_false(contains("local", "128.0.0.1"));
}

static void nonsense_contains_nothing(void **state)
{
	static const char *const lists[] = {
		"",
		",",
		"192.0.2.7/",
		"192.0.2.7/33",
		"/0",
		"::/129",
		"192.0.2.7/-1",
		"192.0.2.7/0024",
		"192.0.2",
		"0/0",
		"*",
		"192.0.2.7 ",
		"192.0.2.7/24x",
		"any",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		assert_false(contains(lists[i], "192.0.2.7"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(networks_contain_their_own),
		cmocka_unit_test(nonsense_contains_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
