// SPDX-License-Identifier: ISC
/*
 * test_packet_parts.c - packet_check against the model where a field's rule
 * depends on another's, or on who gets the packet.
 */
#include "judged_packet.h"

#include <string.h>

/* One with a response, for a mechanism of that name, and a proof. */
static void begin_sasl(const char *name, uint32_t response, uint32_t proof)
{
	static const uint8_t octets[PACKET_MAX];

	packet_init(&p, PACKET_SASL_BEGIN);
	p.as.sasl_begin.mechanism_len = (uint16_t)strlen(name);
	p.as.sasl_begin.response_len = (uint16_t)response;
	p.as.sasl_begin.proof_len = (uint16_t)proof;
	p.as.sasl_begin.has_response = response != 0;
	assert_true(packet_put(&p, name, strlen(name)));
	assert_true(packet_put(&p, octets, response));
	assert_true(packet_put(&p, octets, proof));
}

static void test_a_response_is_there_or_not(void **state)
{
	(void)state;
	begin_sasl("PLAIN", 0, 0);
	assert_true(judge(PACKET_SASL_BEGIN));
	p.as.sasl_begin.has_response = 1; /* an empty one */
	assert_true(judge(PACKET_SASL_BEGIN));
	for (uint32_t len = 1; len < 12292; len += 129) {
		begin_sasl("PLAIN", len, 0);
		assert_int_equal(judge(PACKET_SASL_BEGIN), len <= 12288);
		p.as.sasl_begin.has_response = 0;
		assert_false(judge(PACKET_SASL_BEGIN));
	}
	begin_sasl("PLAIN", 12288, 0);
	assert_true(judge(PACKET_SASL_BEGIN));
	begin_sasl("PLAIN", 12289, 0);
	assert_false(judge(PACKET_SASL_BEGIN));
}

static void test_a_proof_is_for_external_alone(void **state)
{
	static const char *const others[] = {
		"PLAIN",    "EXTERNA",  "EXTERNALS", "SCRAM-SHA-256-PLUS",
		"EXTERNA,", "EXTERNAl", "exter.al",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(others); i++) {
		begin_sasl(others[i], 0, 0);
		assert_true(judge(PACKET_SASL_BEGIN));
		begin_sasl(others[i], 3, 1);
		assert_int_equal(judge(PACKET_SASL_BEGIN), i == 5);
	}
	begin_sasl("EXTERNAL", 0, 0);
	assert_true(judge(PACKET_SASL_BEGIN));
	begin_sasl("EXTERNAL", 3000, 12288);
	assert_true(judge(PACKET_SASL_BEGIN));
	begin_sasl("external", 0, 12289);
	assert_false(judge(PACKET_SASL_BEGIN));
	begin_sasl("external", 1, 1);
	assert_true(judge(PACKET_SASL_BEGIN));
	for (int i = 0; i < 256; i++) {
		p.as.octets[144 + 3] = (uint8_t)i;
		judge(PACKET_SASL_BEGIN);
	}
}

static void test_no_binding_where_there_is_none(void **state)
{
	(void)state;
	for (size_t at = 32; at < 128; at++) {
		begin_sasl("PLAIN", 0, 0);
		p.as.octets[at] = 1;
		assert_false(judge(PACKET_SASL_BEGIN));
		p.as.sasl_begin.has_exporter = 1;
		assert_int_equal(judge(PACKET_SASL_BEGIN), at < 64);
		for (unsigned len = 0; len < 256; len++) {
			p.as.sasl_begin.end_point_len = (uint8_t)len;
			assert_int_equal(judge(PACKET_SASL_BEGIN),
					 len <= 64 && at < 64 + len);
		}
	}
}

static void test_a_file_goes_to_whom_it_is_for(void **state)
{
	(void)state;
	for (uint32_t kind = 0; kind < FILE_KIND_COUNT + 2; kind++) {
		sample(PACKET_FILE);
		p.as.file.kind = kind;
		for (int to = 0; to < ROLE_COUNT; to++) {
			judge_as(ROLE_MASTER, (enum role)to);
		}
	}
	p.as.file.kind = FILE_PRIVATE_KEY;
	assert_true(judge_as(ROLE_MASTER, ROLE_KEY));
	assert_false(judge_as(ROLE_MASTER, ROLE_AUTH));
	assert_false(judge_as(ROLE_MASTER, ROLE_SESSION));
	assert_false(judge_as(ROLE_KEY, ROLE_KEY));
	p.as.file.kind = FILE_GUARD;
	assert_true(judge_as(ROLE_MASTER, ROLE_AUTH));
	assert_false(judge_as(ROLE_MASTER, ROLE_KEY));
}

/* Either a signature or an excuse. */
static void test_a_signature_or_none(void **state)
{
	static const uint8_t octets[PACKET_SIGNATURE_MAX + 1];

	(void)state;
	for (uint32_t status = 0; status < STATUS_COUNT + 2; status++) {
		for (uint32_t len = 0; len <= sizeof(octets); len++) {
			packet_init(&p, PACKET_SIGNATURE);
			p.as.signature.status = status;
			p.as.signature.signature_len = len;
			assert_true(packet_put(&p, octets, len));
			assert_int_equal(
			    judge(PACKET_SIGNATURE),
			    (status == STATUS_OK && len >= 1 && len <= 1024) ||
				(status == STATUS_PERM && len == 0));
		}
	}
}

/* TEXTS of these lengths. */
static void begin_texts(const uint32_t *lens, uint32_t count)
{
	static const uint8_t octets[PACKET_MAX];

	packet_init(&p, PACKET_TEXTS);
	p.as.texts.count = count;
	for (uint32_t i = 0; i < count; i++) {
		assert_true(packet_put(&p, &lens[i], sizeof(lens[i])));
		assert_true(packet_put(&p, octets, lens[i]));
	}
}

static void test_texts_are_as_many_and_as_long_as_said(void **state)
{
	static const uint32_t lens[] = { 7, 0, 300 };
	size_t whole;

	(void)state;
	begin_texts(lens, 3);
	assert_true(judge(PACKET_TEXTS));
	whole = p.len;
	memset(p.as.octets + whole, 0xc8, 16);
	for (uint32_t count = 0; count < 70; count++) {
		p.as.texts.count = count;
		assert_int_equal(judge(PACKET_TEXTS), count == 3);
	}
	p.as.texts.count = 3;
	for (p.len = 0; p.len < whole + 9; p.len++) {
		assert_int_equal(judge(PACKET_TEXTS), p.len == whole);
	}
}

/* Each of the lengths, a little wrong, and so large that a sum would wrap. */
static void test_a_length_of_texts_that_lies(void **state)
{
	static const uint32_t lens[] = { 7, 0, 300 };
	static const size_t at[] = { 24, 35, 39 };
	static const uint32_t lies[] = { 1,          8,          304,
					 32768,      32769,      0x7fffffff,
					 0x80000000, 0xfffffff0, UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(at); i++) {
		for (size_t j = 0; j < COUNT_OF(lies); j++) {
			begin_texts(lens, 3);
			memcpy(p.as.octets + at[i], &lies[j], 4);
			assert_false(judge(PACKET_TEXTS));
		}
	}
}

static void test_the_longest_texts(void **state)
{
	uint32_t lens[] = { PACKET_TEXT_MAX, 0 };

	(void)state;
	begin_texts(lens, 1);
	assert_true(judge(PACKET_TEXTS));
	lens[1] = PACKET_MAX - 24 - 8 - lens[0];
	begin_texts(lens, 2);
	assert_int_equal(p.len, PACKET_MAX);
	assert_true(judge(PACKET_TEXTS));
	lens[0] = PACKET_TEXT_MAX + 1;
	begin_texts(lens, 1);
	assert_false(judge(PACKET_TEXTS));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_response_is_there_or_not),
		cmocka_unit_test(test_a_proof_is_for_external_alone),
		cmocka_unit_test(test_no_binding_where_there_is_none),
		cmocka_unit_test(test_a_file_goes_to_whom_it_is_for),
		cmocka_unit_test(test_a_signature_or_none),
		cmocka_unit_test(test_texts_are_as_many_and_as_long_as_said),
		cmocka_unit_test(test_a_length_of_texts_that_lies),
		cmocka_unit_test(test_the_longest_texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
