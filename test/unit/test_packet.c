// SPDX-License-Identifier: ISC
/*
 * test_packet.c - packet_check against the model, in every way in which a
 * packet can be wrong by one thing.
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "judged_packet.h"

#define TYPE_MAX (PACKET_TYPE_COUNT + 2) /* some that do not exist */

static void test_each_type_from_each_to_each(void **state)
{
	(void)state;
	for (uint32_t type = 1; type < PACKET_TYPE_COUNT; type++) {
		unsigned allowed = 0;

		sample(type);
		for (int from = 0; from < ROLE_COUNT; from++) {
			for (int to = 0; to < ROLE_COUNT; to++) {
				allowed +=
				    judge_as((enum role)from, (enum role)to);
			}
		}
		assert_true(judge(type)); /* the sample is sound */
		assert_true(allowed == 1 || allowed == 4);
	}
}

static void test_types_that_do_not_exist(void **state)
{
	static const uint32_t odd[] = {
		0,         PACKET_TYPE_COUNT, PACKET_TYPE_COUNT + 1,
		0x100 + 8, 0x80000001,        UINT32_MAX
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(odd); i++) {
		sample(PACKET_START);
		p.as.head.type = odd[i];
		for (int from = 0; from < ROLE_COUNT; from++) {
			for (int to = 0; to < ROLE_COUNT; to++) {
				assert_false(packet_check(&p, (enum role)from,
							  (enum role)to));
			}
		}
		assert_string_equal(packet_name(odd[i]), "?");
	}
}

static void test_each_length_up_to_sixteen_more(void **state)
{
	(void)state;
	for (uint32_t type = 1; type < PACKET_TYPE_COUNT; type++) {
		size_t whole;

		sample(type);
		whole = p.len;
		for (p.len = 0; p.len < whole; p.len++) {
			assert_false(judge(type));
		}
		for (size_t more = 1; more <= 16; more++) {
			p.len = whole + more;
			assert_int_equal(judge(type), type == PACKET_SETTINGS);
		}
		p.len = PACKET_MAX;
		judge(type);
		p.len = PACKET_MAX + 1;
		assert_false(packet_check(&p, packet_model_from(type),
					  packet_model_to(type)));
		p.len = SIZE_MAX;
		assert_false(packet_check(&p, packet_model_from(type),
					  packet_model_to(type)));
	}
}

static void test_a_descriptor_is_there_when_it_must_be(void **state)
{
	(void)state;
	for (uint32_t type = 1; type < PACKET_TYPE_COUNT; type++) {
		sample(type);
		p.fd = p.fd == -1 ? 0 : -1; /* 0 is a descriptor too */
		assert_false(judge(type));
	}
}

static void test_a_descriptor_comes_with_success_only(void **state)
{
	(void)state;
	for (uint32_t status = 0; status < STATUS_COUNT + 2; status++) {
		sample(PACKET_LISTING);
		p.as.listing.status = status;
		assert_int_equal(judge(PACKET_LISTING), status == STATUS_OK);
		p.fd = -1;
		assert_int_equal(judge(PACKET_LISTING),
				 status != STATUS_OK && status < STATUS_COUNT);
		sample(PACKET_MESSAGE);
		p.as.message.status = status;
		assert_int_equal(judge(PACKET_MESSAGE), status == STATUS_OK);
		p.fd = -1;
		assert_int_equal(judge(PACKET_MESSAGE),
				 status != STATUS_OK && status < STATUS_COUNT);
	}
}

/* Each octet of the fixed part in turn takes each value: every enum out of its
 * range, every zero that is none, every length that does not fit. */
static void test_each_octet_of_each_fixed_part(void **state)
{
	(void)state;
	for (uint32_t type = 1; type < PACKET_TYPE_COUNT; type++) {
		for (size_t i = 0; i < packet_model_fixed(type); i++) {
			for (unsigned value = 0; value < 256; value++) {
				sample(type);
				p.as.octets[i] = (uint8_t)value;
				judge(type);
			}
		}
	}
}

/* Every length in a packet with every length of its tail near it. */
static void judge_tail(uint32_t type, size_t len_at, bool is_short,
		       uint32_t len)
{
	for (int off = -2; off <= 2; off++) {
		size_t fixed = packet_model_fixed(type);

		if (off < 0 && len < (uint32_t)-off) {
			continue;
		}
		sample(type);
		if (is_short) {
			uint16_t two = (uint16_t)len;

			memcpy(p.as.octets + len_at, &two, sizeof(two));
		} else {
			memcpy(p.as.octets + len_at, &len, sizeof(len));
		}
		p.len = fixed + len + (size_t)off;
		if (p.len <= PACKET_MAX) {
			judge(type);
		}
	}
}

static void test_each_length_of_each_tail(void **state)
{
	static const uint32_t lens[] = {
		0,    1,     2,     19,    20,    21,    127,  128,  129,
		254,  255,   256,   257,   359,   360,   361,  511,  512,
		513,  1023,  1024,  1025,  2047,  2048,  2049, 4095, 4096,
		4097, 12287, 12288, 12289, 16344, 65535,
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lens); i++) {
		judge_tail(PACKET_LOGIN, 32, true, lens[i]);
		judge_tail(PACKET_LOGIN, 34, true, lens[i]);
		judge_tail(PACKET_KNOWN, 16, false, lens[i]);
		judge_tail(PACKET_GRANT, 28, true, lens[i]);
		judge_tail(PACKET_GRANT, 30, true, lens[i]);
		judge_tail(PACKET_MARK, 28, false, lens[i]);
		judge_tail(PACKET_LOGIN, 36, true, lens[i]);
		judge_tail(PACKET_SASL_BEGIN, 128, true, lens[i]);
		judge_tail(PACKET_SASL_STEP, 16, false, lens[i]);
		judge_tail(PACKET_SASL_CHALLENGE, 16, false, lens[i]);
		judge_tail(PACKET_SIGN, 22, true, lens[i]);
	}
}

static void test_an_inline_listing(void **state)
{
	(void)state;
	for (uint32_t len = 0; len <= PACKET_INLINE_LISTING_MAX + 1; len++) {
		sample(PACKET_OPENED);
		p.as.opened.listing_len = len;
		p.len += len;
		assert_int_equal(judge(PACKET_OPENED),
				 len <= PACKET_INLINE_LISTING_MAX);
	}
}

static void test_what_was_not_opened_has_nothing(void **state)
{
	(void)state;
	packet_init(&p, PACKET_OPENED);
	p.as.opened.conn = UINT64_MAX;
	p.as.opened.status = STATUS_IN_USE;
	assert_true(judge(PACKET_OPENED));
	p.as.opened.handle = 1ull << 40;
	assert_false(judge(PACKET_OPENED));
	p.as.opened.handle = 0;
	p.as.opened.octets = 1ull << 40;
	assert_false(judge(PACKET_OPENED));
	p.as.opened.octets = 0;
	p.as.opened.count = 1;
	assert_false(judge(PACKET_OPENED));
	p.as.opened.count = 0;
	assert_true(judge(PACKET_OPENED));
}

static void test_octets_at_random(void **state)
{
	unsigned sound = 0;

	(void)state;
	srand(2);
	for (int i = 0; i < 400000; i++) {
		uint32_t type = 1 + (uint32_t)rand() % TYPE_MAX;

		sample(type < PACKET_TYPE_COUNT ? type : PACKET_FETCH);
		p.as.head.type = type;
		for (int j = rand() % 4; j > 0; j--) {
			p.as.octets[(size_t)rand() % 160] = (uint8_t)rand();
		}
		p.len += (size_t)(rand() % 5 == 0 ? rand() % 9 : 0);
		p.fd = rand() % 8 == 0 ? 3 : p.fd;
		sound += judge_as((enum role)(rand() % ROLE_COUNT),
				  (enum role)(rand() % ROLE_COUNT));
	}
	assert_true(sound > 1000);
}

static void test_making_one(void **state)
{
	static const uint8_t octets[PACKET_MAX] = { 1, 2, 3 };

	(void)state;
	for (uint32_t type = 1; type < PACKET_TYPE_COUNT; type++) {
		size_t fixed = packet_model_fixed(type);

		memset(&p, 0xff, sizeof(p));
		packet_init(&p, (enum packet_type)type);
		assert_int_equal(p.as.head.type, type);
		assert_int_equal(p.fd, -1);
		assert_int_equal(p.len, fixed);
		assert_int_equal(packet_tail_len(&p), 0);
		for (size_t i = 4; i < fixed; i++) {
			assert_int_equal(p.as.octets[i], 0);
		}
		assert_true(packet_put(&p, NULL, 0));
		assert_true(packet_put(&p, octets, 3));
		assert_int_equal(packet_tail_len(&p), 3);
		assert_memory_equal(packet_tail(&p), octets, 3);
		assert_false(packet_put(&p, octets, PACKET_MAX - p.len + 1));
		assert_false(packet_put(&p, octets, SIZE_MAX));
		assert_int_equal(p.len, fixed + 3);
		assert_true(packet_put(&p, octets, PACKET_MAX - p.len));
		assert_int_equal(p.len, PACKET_MAX);
		assert_false(packet_put(&p, octets, 1));
	}
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(packet_name(PACKET_SETTINGS), "SETTINGS");
	assert_string_equal(packet_name(PACKET_CLOSE), "CLOSE");
	assert_string_equal(packet_name(PACKET_SIGNATURE), "SIGNATURE");
	for (uint32_t type = 1; type < PACKET_TYPE_COUNT; type++) {
		assert_string_not_equal(packet_name(type), "?");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_type_from_each_to_each),
		cmocka_unit_test(test_types_that_do_not_exist),
		cmocka_unit_test(test_each_length_up_to_sixteen_more),
		cmocka_unit_test(test_a_descriptor_is_there_when_it_must_be),
		cmocka_unit_test(test_a_descriptor_comes_with_success_only),
		cmocka_unit_test(test_each_octet_of_each_fixed_part),
		cmocka_unit_test(test_each_length_of_each_tail),
		cmocka_unit_test(test_an_inline_listing),
		cmocka_unit_test(test_what_was_not_opened_has_nothing),
		cmocka_unit_test(test_octets_at_random),
		cmocka_unit_test(test_making_one),
		cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
