// SPDX-License-Identifier: ISC
/*
 * test_proxy_v2.c - headers of the PROXY protocol, version 2: as HAProxy 2.6
 * has written them, cut anywhere, and with every length and number wrong.
 */
#include "proxied.h"

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"

/* listen with send-proxy-v2: crc32c */
static const char haproxy_four[] =
    SIGNATURE "\x21\x11\x00\x13\x7f\x00\x00\x01\x7f\x00\x00\x01\xdb\x08\x4a\x3a"
	      "\x03\x00\x04\xf2\xd4\xb7\xc8";
static const char haproxy_six[] =
    SIGNATURE "\x21\x21\x00\x2b"
	      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01"
	      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01"
	      "\xc0\xf6\x4a\x3c\x03\x00\x04\x61\x7b\xba\xe1";
/* its check of a server's health */
static const char haproxy_check[] =
    SIGNATURE "\x20\x00\x00\x07\x03\x00\x04\xa9\xb8\x7e\x8f";
/* for a client at a socket in the file system */
static const char haproxy_unix[] = SIGNATURE "\x20\x00\x00\x00";
/* for a client with TLS: crc32c, alpn, authority, unique-id, ssl */
static const char haproxy_tls[] =
    SIGNATURE "\x21\x11\x00\x87\x7f\x00\x00\x01\x7f\x00\x00\x01\xb4\x3e\x4a\x3b"
	      "\x03\x00\x04\xc3\x4e\x91\x3b"
	      "\x01\x00\x04pop3"
	      "\x02\x00\x10mail.example.com"
	      "\x05\x00\x10"
	      "00000000DBBBB8E0"
	      "\x20\x00\x44\x01\x00\x00\x00\x00"
	      "\x21\x00\x07TLSv1.3"
	      "\x25\x00\x05"
	      "EC256"
	      "\x24\x00\x11"
	      "ecdsa-with-SHA256"
	      "\x23\x00\x16TLS_AES_256_GCM_SHA384";

#define OF(array) pop3_slice_of((array), sizeof(array) - 1)

/* A header in the making. */
static uint8_t made[16 + UINT16_MAX];
static size_t made_len;

static void add(const void *at, size_t len)
{
	memcpy(made + made_len, at, len);
	made_len += len;
}

static void say_len(size_t len)
{
	made[14] = (uint8_t)(len >> 8);
	made[15] = (uint8_t)len;
}

/* A vector at the end, and so much longer a header. */
static void add_tlv(unsigned type, const void *value, size_t len)
{
	uint8_t head[3] = { (uint8_t)type, (uint8_t)(len >> 8), (uint8_t)len };

	add(head, sizeof(head));
	add(value, len);
	say_len(made_len - 16);
}

static struct pop3_slice made_slice(void)
{
	return pop3_slice_of(made, made_len);
}

/* With address and port, 192.0.2.7 and 1110, and nothing else. */
static void begin(unsigned command, unsigned family)
{
	made_len = 0;
	memset(made, 0, sizeof(made));
	add(SIGNATURE, 12);
	made[12] = (uint8_t)command;
	made[13] = (uint8_t)family;
	made_len = 16;
	add("\xc0\0\2\7\xc0\0\2\x08\x04\x56\0\x6e", 12);
	say_len(12);
}

static void as_haproxy_writes_them(void **state)
{
	static const uint8_t six[16] = { [15] = 1 };
	struct proxy_header h;

	(void)state;
	h = sound(OF(haproxy_four));
	assert_four(&h, "\x7f\x00\x00\x01");
	assert_int_equal(h.port, 0xdb08);
	assert_false(h.is_tls);
	h = sound(OF(haproxy_six));
	assert_memory_equal(h.address, six, 16);
	assert_int_equal(h.port, 0xc0f6);
	assert_false(h.is_local);
	h = sound(OF(haproxy_tls));
	assert_four(&h, "\x7f\x00\x00\x01");
	assert_int_equal(h.port, 0xb43e);
	assert_true(h.is_tls);
}

static void a_proxy_that_speaks_for_itself(void **state)
{
	static const struct proxy_header local = { .is_local = true };
	struct proxy_header h;

	(void)state;
	h = sound(OF(haproxy_check));
	assert_memory_equal(&h, &local, sizeof(h));
	h = sound(OF(haproxy_unix));
	assert_memory_equal(&h, &local, sizeof(h));
	/* whatever it says of addresses and the rest */
	for (unsigned family = 0; family < 256; family++) {
		begin(0x20, family);
		add_tlv(0x20, "\1\0\0\0\0", 5);
		h = sound(made_slice());
		assert_memory_equal(&h, &local, sizeof(h));
	}
}

/* Of commands, families and transports only the known ones. */
static void each_command_and_family(void **state)
{
	struct proxy_header h;

	(void)state;
	for (unsigned command = 0; command < 256; command++) {
		begin(command, 0x11);
		assert_int_equal(parse(made_slice(), &h),
				 command == 0x20 || command == 0x21 ? 28 : -1);
	}
	for (unsigned family = 0; family < 256; family++) {
		bool is_known = family >> 4 <= 3 && (family & 15) <= 1;
		uint8_t more[204] = { 0 };

		begin(0x21, family);
		add(more, sizeof(more));
		say_len(216);
		if (family == 0x11 || family == 0x21) {
			continue; /* here the rest would be vectors */
		}
		assert_int_equal(parse(made_slice(), &h), is_known ? 232 : -1);
		assert_true(!is_known || h.is_local);
	}
}

/* "The receiver must also reject": a block that cannot hold its addresses. */
static void a_block_shorter_than_its_addresses(void **state)
{
	static const struct {
		unsigned family, least;
	} rows[] = { { 0x11, 12 }, { 0x21, 36 }, { 0x31, 216 }, { 0, 0 } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		for (unsigned len = 0; len <= rows[i].least; len++) {
			struct proxy_header h;
			int want = len == rows[i].least ? (int)len + 16 : -1;

			begin(0x21, rows[i].family);
			say_len(len);
			assert_int_equal(
			    parse(pop3_slice_of(made, 16 + len), &h), want);
		}
	}
}

static void each_length_of_the_block(void **state)
{
	struct proxy_header h;

	(void)state;
	for (unsigned len = 0; len <= UINT16_MAX; len++) {
		bool is_over = 16 + len > PROXY_MAX;

		begin(0x20, 0);
		say_len(len);
		assert_int_equal(parse(pop3_slice_of(made, 16), &h),
				 is_over    ? PROXY_BAD
				 : len == 0 ? 16
					    : 0);
		if (!is_over) {
			assert_int_equal(
			    parse(pop3_slice_of(made, 16 + len), &h), 16 + len);
		}
	}
}

static void vectors_that_do_not_end_in_the_block(void **state)
{
	(void)state;
	for (unsigned said = 0; said <= UINT16_MAX;
	     said += said < 40 ? 1 : 97) {
		struct proxy_header h;

		begin(0x21, 0x11);
		add_tlv(0x04, "0123456789abcdefghij", 20);
		made[29] = (uint8_t)(said >> 8);
		made[30] = (uint8_t)said;
		/* what is left must be a vector too: 'h' 'i' 'j' is none */
		assert_int_equal(parse(made_slice(), &h),
				 said == 20 ? (int)made_len : PROXY_BAD);
	}
	for (unsigned cut = 1; cut < 7; cut++) {
		begin(0x21, 0x11);
		add_tlv(0x04, "abcd", 4);
		say_len(19 - cut);
		made_len -= cut;
		assert_bad(made_slice());
	}
	begin(0x21, 0x11);
	add_tlv(0x04, "", 0); /* may be empty */
	add_tlv(0xff, "", 0);
	(void)sound(made_slice());
}

static void whether_the_client_came_by_tls(void **state)
{
	(void)state;
	for (unsigned client = 0; client < 256; client++) {
		uint8_t value[5] = { (uint8_t)client, 0, 0, 0, 1 };
		struct proxy_header h;

		begin(0x21, 0x11);
		add_tlv(0x04, "padding", 7);
		add_tlv(0x20, value, sizeof(value));
		add_tlv(0xe0, "\1\0\0\0\0", 5);
		h = sound(made_slice());
		assert_int_equal(h.is_tls, client & 1);
		assert_four(&h, "\xc0\0\2\7");
		assert_int_equal(h.port, 1110);
	}
}

static void nested_vectors_that_do_not_fit(void **state)
{
	char value[] = "\1\0\0\0\0\x21\0\7TLSv1.2\x23\0\3abc";

	(void)state;
	for (size_t len = 0; len < sizeof(value); len++) {
		bool is_whole = len == 5 || len == 15 || len == 21;

		begin(0x21, 0x11);
		add_tlv(0x20, value, len);
		add_tlv(0x04, "is not nested", 13);
		if (is_whole) {
			assert_true(sound(made_slice()).is_tls);
		} else {
			assert_bad(made_slice());
		}
	}
	for (unsigned said = 0; said < 300; said++) {
		struct proxy_header h;

		begin(0x21, 0x11);
		value[16] = (char)(said >> 8);
		value[17] = (char)said;
		add_tlv(0x20, value, 21);
		add_tlv(0x04, "0123456789abcdefghij", 20);
		assert_int_equal(parse(made_slice(), &h),
				 said == 3 ? (int)made_len : PROXY_BAD);
	}
}

static void two_words_on_tls(void **state)
{
	(void)state;
	begin(0x21, 0x11);
	add_tlv(0x20, "\0\0\0\0\0", 5);
	(void)sound(made_slice());
	add_tlv(0x20, "\1\0\0\0\0", 5);
	assert_bad(made_slice());
}

/* The same sum made otherwise: from the last bit to the first, by the
 * polynomial as it is written. */
static uint32_t sum_of(struct pop3_slice s)
{
	uint32_t sum = UINT32_MAX, turned = 0;

	for (size_t bit = 0; bit < s.len * 8; bit++) {
		uint32_t next = (uint32_t)s.at[bit / 8] >> bit % 8 & 1u;

		sum = sum << 1 ^ ((sum >> 31 ^ next) != 0 ? 0x1edc6f41u : 0);
	}
	for (int bit = 0; bit < 32; bit++) {
		turned = turned << 1 | (~sum >> bit & 1u);
	}
	return turned;
}

static void a_checksum_wherever_it_stands(void **state)
{
	(void)state;
	assert_int_equal(sum_of(POP3_LITERAL("123456789")), 0xe3069283);
	for (size_t before = 0; before < 300; before += 7) {
		static const uint8_t padding[1024] = { 3, 2, 1 };
		size_t at = 28 + 3 + before + 3;
		uint32_t sum;

		begin(0x21, 0x11);
		add_tlv(0x04, padding, before);
		add_tlv(0x03, "\0\0\0\0", 4);
		add_tlv(0x20, "\1\0\0\0\0", 5);
		add_tlv(0x04, padding, 2 * before);
		sum = sum_of(made_slice());
		for (size_t i = 0; i < 4; i++) {
			made[at + i] = (uint8_t)(sum >> (24 - 8 * i));
		}
		assert_true(sound(made_slice()).is_tls);
		made[at] ^= 0x80;
		assert_bad(made_slice());
	}
}

/* Each octet of what HAProxy has summed, wrong by each bit. */
static void a_checksum_that_is_wrong(void **state)
{
	static const struct {
		const char *at;
		size_t len;
	} rows[] = { { haproxy_four, sizeof(haproxy_four) - 1 },
		     { haproxy_six, sizeof(haproxy_six) - 1 },
		     { haproxy_tls, sizeof(haproxy_tls) - 1 } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		for (size_t bit = 16 * 8; bit < rows[i].len * 8; bit++) {
			struct proxy_header h;

			memcpy(made, rows[i].at, rows[i].len);
			made[bit / 8] ^= (uint8_t)(1u << bit % 8);
			if (made[bit / 8] == 3 || rows[i].at[bit / 8] == 3) {
				continue; /* the vector's type itself */
			}
			assert_int_equal(
			    parse(pop3_slice_of(made, rows[i].len), &h),
			    PROXY_BAD);
		}
	}
}

static void a_checksum_of_another_length(void **state)
{
	(void)state;
	for (size_t len = 0; len <= 8; len++) {
		begin(0x21, 0x11);
		add_tlv(0x03, "\0\0\0\0\0\0\0\0", len);
		assert_bad(made_slice());
	}
}

static void what_begins_like_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < 12; i++) {
		memcpy(made, haproxy_four, sizeof(haproxy_four));
		made[i] ^= 1;
		assert_bad(pop3_slice_of(made, sizeof(haproxy_four) - 1));
	}
	assert_bad(POP3_LITERAL("\r\n\r\nQUIT\r\n"));
	assert_bad(POP3_LITERAL("QUIT\n"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_haproxy_writes_them),
		cmocka_unit_test(a_proxy_that_speaks_for_itself),
		cmocka_unit_test(each_command_and_family),
		cmocka_unit_test(a_block_shorter_than_its_addresses),
		cmocka_unit_test(each_length_of_the_block),
		cmocka_unit_test(vectors_that_do_not_end_in_the_block),
		cmocka_unit_test(whether_the_client_came_by_tls),
		cmocka_unit_test(nested_vectors_that_do_not_fit),
		cmocka_unit_test(two_words_on_tls),
		cmocka_unit_test(a_checksum_wherever_it_stands),
		cmocka_unit_test(a_checksum_that_is_wrong),
		cmocka_unit_test(a_checksum_of_another_length),
		cmocka_unit_test(what_begins_like_one),
	};

	guard_init(&guard, 2 * PROXY_MAX);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
