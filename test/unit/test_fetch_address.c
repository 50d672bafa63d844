// SPDX-License-Identifier: ISC
/*
 * test_fetch_address.c - address.c and pin.c: the order of addresses, and pins
 * as text.
 */
#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "fetch/net/address.h"
#include "fetch/pin.h"

static struct sockaddr_storage address(const char *text)
{
	struct sockaddr_storage a = { .ss_family = AF_INET };

	if (inet_pton(AF_INET, text, &((struct sockaddr_in *)&a)->sin_addr) !=
	    1) {
		a.ss_family = AF_INET6;
		assert_int_equal(
		    inet_pton(AF_INET6, text,
			      &((struct sockaddr_in6 *)&a)->sin6_addr),
		    1);
	}
	return a;
}

/* Texts with blanks between. */
static void assert_order(const char *from, const char *want)
{
	struct sockaddr_storage list[16];
	char got[256] = "";
	size_t count = 0;

	while (*from != '\0') {
		char word[ADDRESS_TEXT_MAX];
		size_t len = strcspn(from, " ");

		snprintf(word, sizeof(word), "%.*s", (int)len, from);
		list[count++] = address(word);
		from += len + (from[len] == ' ');
	}
	address_interleave(list, count);
	for (size_t i = 0; i < count; i++) {
		char text[ADDRESS_TEXT_MAX];
		size_t len = strlen(got);

		address_write(&list[i], text);
		snprintf(got + len, sizeof(got) - len, "%s%s",
			 i == 0 ? "" : " ", text);
	}
	assert_string_equal(got, want);
}

static void test_families_take_turns(void **state)
{
	(void)state;
	assert_order("", "");
	assert_order("::1", "::1");
	assert_order("::1 ::2 ::3", "::1 ::2 ::3");
	assert_order("::1 ::2 ::3 192.0.2.1 192.0.2.2",
		     "::1 192.0.2.1 ::2 192.0.2.2 ::3");
	assert_order("192.0.2.1 192.0.2.2 ::1", "192.0.2.1 ::1 192.0.2.2");
	assert_order("::1 192.0.2.1 192.0.2.2 192.0.2.3 ::2",
		     "::1 192.0.2.1 ::2 192.0.2.2 192.0.2.3");
}

static bool is_loopback(const char *text)
{
	struct sockaddr_storage a = address(text);

	return address_is_loopback(&a);
}

static void test_loopback(void **state)
{
	struct sockaddr_storage none = { .ss_family = AF_UNIX };

	(void)state;
	assert_true(is_loopback("127.0.0.1"));
	assert_true(is_loopback("127.255.1.2"));
	assert_true(is_loopback("::1"));
	assert_true(is_loopback("::ffff:127.0.0.1"));
	assert_false(is_loopback("128.0.0.1"));
	assert_false(is_loopback("126.0.0.1"));
	assert_false(is_loopback("0.0.0.0"));
	assert_false(is_loopback("1.0.0.127"));
	assert_false(is_loopback("::"));
	assert_false(is_loopback("::7f00:1"));
	assert_false(is_loopback("::ffff:192.0.2.127"));
	assert_false(address_is_loopback(&none));
}

static void test_pins_are_written(void **state)
{
	uint8_t pin[ACCOUNT_FINGERPRINT_LEN];
	char text[PIN_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(pin); i++) {
		pin[i] = (uint8_t)(i % 16 * 0x11);
	}
	pin_write(pin, text);
	assert_string_equal(text, "sha256:"
				  "00112233445566778899aabbccddeeff"
				  "00112233445566778899aabbccddeeff");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_families_take_turns),
		cmocka_unit_test(test_loopback),
		cmocka_unit_test(test_pins_are_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
