// SPDX-License-Identifier: ISC
/*
 * test_proxy.c - headers of the PROXY protocol, version 1: as they are written,
 * cut anywhere, and as nobody may write them.
 */
#include "proxied.h"

#include <stdio.h>

#define LONGEST "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"

static void text_over_ipv4(void **state)
{
	struct proxy_header h;

	(void)state;
	h = sound(
	    POP3_LITERAL("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n"));
	assert_four(&h, "\xc0\xa8\x00\x01");
	assert_int_equal(h.port, 56324);
	assert_false(h.is_tls);
	h = sound(POP3_LITERAL("PROXY TCP4 255.255.255.255 255.255.255.255 "
			       "65535 65535\r\n"));
	assert_four(&h, "\xff\xff\xff\xff");
	assert_int_equal(h.port, 65535);
	h = sound(POP3_LITERAL("PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n"));
	assert_int_equal(h.port, 0);
}

static void text_over_ipv6(void **state)
{
	static const uint8_t doc[16] = {
		0x20, 1, 0x0d, 0xb8, [14] = 0xab, 0xcd
	};
	struct proxy_header h;

	(void)state;
	h = sound(POP3_LITERAL("PROXY TCP6 2001:db8::abcd ::1 1 995\r\n"));
	assert_memory_equal(h.address, doc, 16);
	assert_int_equal(h.port, 1);
	h = sound(POP3_LITERAL(
	    "PROXY TCP6 2001:0DB8:0000:0000:0000:0000:0000:ABCD "
	    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"));
	assert_memory_equal(h.address, doc, 16);
	assert_false(h.is_local);
	h = sound(POP3_LITERAL("PROXY TCP6 ::ffff:192.0.2.7 ::1 1 2\r\n"));
	assert_four(&h, "\xc0\x00\x02\x07");
}

static void text_of_somebody_unknown(void **state)
{
	static const uint8_t none[16];
	static const char *const lines[] = {
		"PROXY UNKNOWN\r\n",
		"PROXY UNKNOWN \r\n",
		"PROXY UNKNOWN 10.1.2.3 10.1.2.4 1 2\r\n",
		"PROXY UNKNOWN what ever  \x01\xff\r\n",
		"PROXY UNKNOWN " LONGEST " " LONGEST " 65535 65535\r\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		struct proxy_header h = sound(text_of(lines[i]));

		assert_true(h.is_local);
		assert_false(h.is_tls);
		assert_int_equal(h.port, 0);
		assert_memory_equal(h.address, none, 16);
	}
	assert_int_equal(strlen(lines[4]), PROXY_V1_MAX);
}

static void text_that_is_no_header(void **state)
{
	static const char *const lines[] = {
		"USER alice\r\n",
		"CAPA\r\n",
		"QUIT\r\n",
		"\x16\x03\x01\x02",
		"GET / HTTP/1.0\r\n",
		"proxy TCP4 10.0.0.1 10.0.0.2 1 2\r\n",
		"PROXY\r\n",
		"PROXY \r\n",
		"PROXY TCP4\r\n",
		"PROXY TCP4 \r\n",
		"PROXY UNKNOWNX\r\n",
		"PROXY unknown\r\n",
		"PROXY UNKNOWN\n",
		"PROXY UNKNOWN\r\r\n",
		"PROXY UNKNOWN a\nb\r\n",
		"PROXY UNKNOWN a\rb\r\n",
		"PROXY TCP5 10.0.0.1 10.0.0.2 1 2\r\n",
		"PROXY UDP4 10.0.0.1 10.0.0.2 1 2\r\n",
		"PROXY  TCP4 10.0.0.1 10.0.0.2 1 2\r\n",
		"PROXY TCP4  10.0.0.1 10.0.0.2 1 2\r\n",
		"PROXY TCP4 10.0.0.1  10.0.0.2 1 2\r\n",
		"PROXY TCP4 10.0.0.1 10.0.0.2  1 2\r\n",
		"PROXY TCP4 10.0.0.1 10.0.0.2 1  2\r\n",
		"PROXY TCP4 10.0.0.1 10.0.0.2 1 2 \r\n",
		"PROXY TCP4 10.0.0.1 10.0.0.2 1 2 3\r\n",
		"PROXY\tTCP4 10.0.0.1 10.0.0.2 1 2\r\n",
		"PROXY TCP4\t10.0.0.1 10.0.0.2 1 2\r\n",
		"PROXY TCP4 10.0.0.1 10.0.0.2 1\r\n",
		"PROXY TCP4 10.0.0.1 10.0.0.2 1 \r\n",
		"PROXY TCP4 10.0.0.1 10.0.0.2\r\n",
		"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\n",
		"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines) - 1; i++) {
		assert_bad(text_of(lines[i]));
	}
	for (size_t i = COUNT_OF(lines) - 1; i < COUNT_OF(lines); i++) {
		struct proxy_header h;

		assert_int_equal(parse(text_of(lines[i]), &h), 0);
	}
}

/* Each instead of a good word, at its place. */
static void assert_bad_word(const char *family, const char *good,
			    const char *word, int place)
{
	char line[512];
	int len =
	    snprintf(line, sizeof(line), "PROXY %s %s %s %s %s\r\n", family,
		     place == 0 ? word : good, place == 1 ? word : good,
		     place == 2 ? word : "1", place == 3 ? word : "2");

	assert_bad(pop3_slice_of(line, (size_t)len));
}

static void text_with_addresses_that_are_none(void **state)
{
	static const char *const fours[] = {
		"10.0.0",         "10.0.0.1.2", "10.0.0.256",  "10.0.0.01",
		"010.0.0.1",      "10.0.0.-1",  "10.0.0.+1",   "10.0.0.1/8",
		"0x0a.0.0.1",     "10..0.1",    ".10.0.0.1",   "10.0.0.1.",
		"167772161",      "localhost",  "10.0.0.1%lo", "::1",
		"::10.0.0.1",     "10.0.0.1\t", "1",           "",
		"::ffff:1.2.3.4",
	};
	static const char *const sixes[] = {
		"10.0.0.1",
		"1",
		":",
		":::",
		"1:2:3:4:5",
		"::1::2",
		"1:2:3:4:5:6:7:8:9",
		"12345::",
		"::g",
		"[::1]",
		"::1/128",
		"fe80::1%eth0",
		"1:2:3:4:5:6:7:8::",
		"::1.2.3",
		"",
		"::ffff:1.2.3.256",
		"::1\t",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(fours); i++) {
		assert_bad_word("TCP4", "10.0.0.1", fours[i], 0);
		assert_bad_word("TCP4", "10.0.0.1", fours[i], 1);
	}
	for (size_t i = 0; i < COUNT_OF(sixes); i++) {
		assert_bad_word("TCP6", "::1", sixes[i], 0);
		assert_bad_word("TCP6", "::1", sixes[i], 1);
	}
}

static void text_with_ports_that_are_none(void **state)
{
	static const char *const ports[] = {
		"65536",  "99999",
		"00",     "01",
		"0123",   "-1",
		"+1",     "0x10",
		"1.0",    "",
		"65535a", "655350",
		" 1",     "18446744073709551617",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ports); i++) {
		assert_bad_word("TCP4", "10.0.0.1", ports[i], 2);
		assert_bad_word("TCP4", "10.0.0.1", ports[i], 3);
		assert_bad_word("TCP6", "::1", ports[i], 2);
	}
}

/* A NUL ends nothing. */
static void text_with_octets_that_are_none(void **state)
{
	char line[] = "PROXY TCP4 10.0.0.1 10.0.0.2 1111 2222\r\n";

	(void)state;
	for (size_t i = 0; i < sizeof(line) - 3; i++) {
		char was = line[i];

		line[i] = 0;
		assert_bad(pop3_slice_of(line, sizeof(line) - 1));
		line[i] = (char)0xb1;
		assert_bad(pop3_slice_of(line, sizeof(line) - 1));
		line[i] = was;
	}
}

static void text_without_an_end(void **state)
{
	char line[PROXY_V1_MAX + 10];
	struct proxy_header h;

	(void)state;
	memset(line, 'x', sizeof(line));
	memcpy(line, "PROXY UNKNOWN ", 14);
	for (size_t len = 0; len < PROXY_V1_MAX; len++) {
		assert_int_equal(parse(pop3_slice_of(line, len), &h), 0);
	}
	for (size_t len = PROXY_V1_MAX; len <= sizeof(line); len++) {
		assert_int_equal(parse(pop3_slice_of(line, len), &h),
				 PROXY_BAD);
	}
	line[PROXY_V1_MAX - 1] = '\r';
	line[PROXY_V1_MAX] = '\n';
	assert_int_equal(parse(pop3_slice_of(line, PROXY_V1_MAX + 1), &h),
			 PROXY_BAD);
	line[PROXY_V1_MAX - 2] = '\r';
	line[PROXY_V1_MAX - 1] = '\n';
	assert_int_equal(parse(pop3_slice_of(line, PROXY_V1_MAX), &h),
			 PROXY_V1_MAX);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_over_ipv4),
		cmocka_unit_test(text_over_ipv6),
		cmocka_unit_test(text_of_somebody_unknown),
		cmocka_unit_test(text_that_is_no_header),
		cmocka_unit_test(text_with_addresses_that_are_none),
		cmocka_unit_test(text_with_ports_that_are_none),
		cmocka_unit_test(text_with_octets_that_are_none),
		cmocka_unit_test(text_without_an_end),
	};

	guard_init(&guard, 2 * PROXY_MAX);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
