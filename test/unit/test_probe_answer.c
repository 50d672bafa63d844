// SPDX-License-Identifier: ISC
/*
 * test_probe_answer.c - what a captured process could say of a server, and what
 * of it is believed.
 */
#include "unit.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "fetch/add/probe_answer.h"

static struct probe_answer said, taken;

static void put(char *text_r, size_t cap, const char *text)
{
	(void)snprintf(text_r, cap, "%s", text);
}

static bool takes(void)
{
	return probe_answer_take(&said, sizeof(said), &taken);
}

static void be_sound(void)
{
	memset(&said, 0, sizeof(said));
	said.outcome = PROBE_UNVERIFIED;
	said.offer.has_fingerprint = true;
	put(said.why.text, sizeof(said.why.text),
	    "the server said \"gr\xc3\xbc\xc3\x9f\"");
	put(said.offer.mechanisms, sizeof(said.offer.mechanisms),
	    "PLAIN \x1b[2J \xff");
	put(said.offer.tls, sizeof(said.offer.tls), "TLSv1.3");
	put(said.visit.mechanism, sizeof(said.visit.mechanism),
	    "SCRAM-SHA-256");
	said.why.kind = WHY_TLS;
	assert_true(takes());
}

static void test_what_is_sound_is_taken_as_it_is(void **state)
{
	(void)state;
	be_sound();
	assert_memory_equal(&taken, &said, sizeof(said));
	said.lacks = 15;
	said.visit.messages = UINT32_MAX;
	said.visit.octets = UINT64_MAX;
	assert_true(takes());
	for (int i = PROBE_UNVERIFIED; i <= PROBE_FAILED; i++) {
		said.outcome = (enum probe_outcome)i;
		assert_true(takes());
	}
	for (int i = WHY_TEMP; i <= WHY_INTERNAL; i++) {
		said.why.kind = (enum why_kind)i;
		assert_true(takes());
	}
}

static void test_one_length_is_right(void **state)
{
	uint8_t octets[sizeof(said) + 1];
	(void)state;

	be_sound();
	memcpy(octets, &said, sizeof(said));
	octets[sizeof(said)] = 0;
	assert_true(probe_answer_take(octets, sizeof(said), &taken));
	for (size_t len = 0; len < sizeof(said); len++) {
		assert_false(probe_answer_take(octets, len, &taken));
	}
	assert_false(probe_answer_take(octets, sizeof(said) + 1, &taken));
}

static void test_wild_numbers(void **state)
{
	static const int wild[] = { -1, INT32_MIN, INT32_MAX, 256 };
	(void)state;

	for (size_t i = 0; i < COUNT_OF(wild); i++) {
		be_sound();
		said.outcome = (enum probe_outcome)wild[i];
		assert_false(takes());
		be_sound();
		said.why.kind = (enum why_kind)wild[i];
		assert_false(takes());
		be_sound();
		said.lacks = (unsigned)wild[i];
		assert_false(takes());
	}
	be_sound();
	said.outcome = (enum probe_outcome)(PROBE_FAILED + 1);
	assert_false(takes());
	be_sound();
	said.why.kind = (enum why_kind)(WHY_INTERNAL + 1);
	assert_false(takes());
	be_sound();
	said.lacks = 16;
	assert_false(takes());
}

#define AT(member) offsetof(struct probe_answer, member)

static void test_bools_are_none(void **state)
{
	static const size_t bools[] = {
		AT(offer.has_fingerprint), AT(offer.has_capa),
		AT(offer.has_uidl),        AT(offer.has_top),
		AT(visit.has_uidl),        AT(visit.has_top),
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(bools); i++) {
		uint8_t *octet = (uint8_t *)&said + bools[i];

		be_sound();
		*octet = 1;
		assert_true(takes());
		*octet = 2;
		assert_false(takes());
		*octet = 255;
		assert_false(takes());
	}
}

#define TEXT(member, ours)                                                     \
	{                                                                      \
		AT(member), sizeof(said.member), ours                          \
	}

static const struct {
	size_t at, cap;
	bool is_ours; /* no words of the server's but in quotes */
} texts[] = {
	TEXT(offer.mechanisms, false),  TEXT(offer.tls, true),
	TEXT(offer.capabilities, true), TEXT(visit.mechanism, true),
	TEXT(why.text, true),
};

static void test_texts_that_do_not_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		char *text = (char *)&said + texts[i].at;

		be_sound();
		memset(text, 'x', texts[i].cap);
		assert_false(takes());
		text[texts[i].cap - 1] = '\0';
		assert_true(takes());
	}
}

/* What a terminal would obey; in what is the server's it is escaped when it is
 * shown, but a line end is not. */
static void test_texts_that_must_not_be_shown(void **state)
{
	static const char *const wild[] = {
		"\x1b[2J",      "\x07",         "a\tb", "\x7f", "\xc2\x9b[1m",
		"\xe2\x80\xae", "\xed\xa0\x80", "\xff", "\xc3", "\xf0\x9f\x93",
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		char *text = (char *)&said + texts[i].at;

		be_sound();
		put(text, texts[i].cap, "PLAIN\nThe certificate was verified.");
		assert_false(takes());
		for (size_t k = 0; k < COUNT_OF(wild); k++) {
			be_sound();
			put(text, texts[i].cap, wild[k]);
			assert_int_equal(takes(), !texts[i].is_ours);
			snprintf(text, texts[i].cap, "x%s", wild[k]);
			assert_int_equal(takes(), !texts[i].is_ours);
		}
	}
}

/* Each of which would have the dialogue say or do what is not so. */
static void test_what_does_not_fit_together(void **state)
{
	(void)state;
	be_sound();
	said.outcome = PROBE_READY;
	assert_false(takes());
	said.why.kind = WHY_NONE;
	assert_true(takes());
	said.outcome = PROBE_FAILED; /* it would exit with 0 */
	assert_false(takes());
	be_sound();
	said.offer.has_fingerprint = false; /* it would pin zeros */
	assert_false(takes());
	said.outcome = PROBE_NO_TLS;
	assert_true(takes());
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_sound_is_taken_as_it_is),
		cmocka_unit_test(test_one_length_is_right),
		cmocka_unit_test(test_wild_numbers),
		cmocka_unit_test(test_bools_are_none),
		cmocka_unit_test(test_texts_that_do_not_end),
		cmocka_unit_test(test_texts_that_must_not_be_shown),
		cmocka_unit_test(test_what_does_not_fit_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
