// SPDX-License-Identifier: ISC
/*
 * test_digest.c - digests of texts and of their headers, in any cuts.
 */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "fetch/mail/digest.h"

static struct digest *d;

static int begin_test(void **state)
{
	struct why why;

	(void)state;
	return digest_create(&d, &why);
}

static int end_test(void **state)
{
	(void)state;
	digest_destroy(&d);
	assert_null(d);
	digest_destroy(&d);
	return 0;
}

static struct digest_sum end_it(void)
{
	struct digest_sum sum;
	struct why why;

	assert_int_equal(digest_end(d, &sum, &why), 0);
	return sum;
}

static struct digest_sum of(const char *text)
{
	digest_put(d, (const uint8_t *)text, strlen(text));
	return end_it();
}

static void assert_hex(const uint8_t *at, size_t len, const char *want)
{
	char text[2 * DIGEST_LEN + 1];

	for (size_t i = 0; i < len; i++) {
		snprintf(text + 2 * i, 3, "%02x", at[i]);
	}
	assert_string_equal(text, want);
}

/* By sha256sum(1). */
static void known_ones(void **state)
{
	struct digest_sum sum = of("");

	(void)state;
	assert_hex(sum.text, DIGEST_LEN,
		   "e3b0c44298fc1c149afbf4c8996fb924"
		   "27ae41e4649b934ca495991b7852b855");
	assert_hex(sum.head, DIGEST_HEAD_LEN,
		   "e3b0c44298fc1c149afbf4c8996fb924");
	assert_int_equal(sum.octets, 0);
	assert_int_equal(sum.lines, 0);
	sum = of("abc");
	assert_hex(sum.text, DIGEST_LEN,
		   "ba7816bf8f01cfea414140de5dae2223"
		   "b00361a396177a9cb410ff61f20015ad");
	assert_hex(sum.head, DIGEST_HEAD_LEN,
		   "ba7816bf8f01cfea414140de5dae2223");
	assert_int_equal(sum.octets, 3);
}

static const struct {
	const char *text, *head;
	uint64_t lines;
} heads[] = {
	{ "A: b\nC: d\n\nbody\n", "A: b\nC: d\n", 4 },
	{ "A: b\nC: d\n\n", "A: b\nC: d\n", 3 },
	{ "A: b\nC: d\n", "A: b\nC: d\n", 2 },
	{ "A: b\n\n\n\n", "A: b\n", 4 },
	{ "\nA: b\n\n", "", 3 },
	{ "\n\n", "", 2 },
	{ "A", "A", 0 },
	{ "A: b\n \n\nx", "A: b\n \n", 3 },
};

static struct digest_sum of_cut(const char *text, size_t cut)
{
	const uint8_t *at = (const uint8_t *)text;

	digest_put(d, at, cut);
	digest_put(d, at + cut, strlen(text) - cut);
	return end_it();
}

static void headers_in_any_cuts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(heads); i++) {
		size_t len = strlen(heads[i].text);
		struct digest_sum want = of(heads[i].text);
		struct digest_sum head = of(heads[i].head);

		assert_memory_equal(want.head, head.text, DIGEST_HEAD_LEN);
		assert_int_equal(want.octets, len);
		assert_int_equal(want.lines, heads[i].lines);
		for (size_t cut = 0; cut <= len; cut++) {
			struct digest_sum sum = of_cut(heads[i].text, cut);

			assert_memory_equal(&sum, &want, sizeof(sum));
		}
	}
}

static const struct {
	const char *with, *without;
	bool are_same;
} fields[] = {
	{ "Status: RO\nA: b\n\nx\n", "A: b\n\nx\n", true },
	{ "A: b\nstatus: RO\nX-UIDL: 1\n\nx\n", "A: b\n\nx\n", true },
	{ "X-Keywords: a\n b\n\tc\nA: b\n d\n\n", "A: b\n d\n\n", true },
	{ "X-UID: 7\n\nx\n", "\nx\n", true },
	{ "A: b\nX-STATUS:\n\n", "A: b\n\n", true },
	{ "A: b\nStatus: R", "A: b\n", true },
	{ "A: b\n\nStatus: R\n", "A: b\n\n", false }, /* the body's */
	{ "Status : R\n\n", "\n", false },
	{ "Statuses: R\n\n", "\n", false },
	{ "X-UIDLX: R\n\n", "\n", false },
	{ "A: b\nStatus\n\n", "A: b\n\n", false },
	{ "A: b\nStatus", "A: b\n", false },
	{ "A: b\n Status: R\n\n", "A: b\n\n", false }, /* A's */
	{ "Status: R\n\nx\n", "\ny\n", false },
};

static void fields_that_servers_write(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(fields); i++) {
		size_t len = strlen(fields[i].with);
		struct digest_sum without = of(fields[i].without);

		for (size_t cut = 0; cut <= len; cut++) {
			struct digest_sum sum = of_cut(fields[i].with, cut);

			assert_int_equal(
			    memcmp(sum.text, without.text, DIGEST_LEN) == 0,
			    fields[i].are_same);
			assert_true(!fields[i].are_same ||
				    memcmp(sum.head, without.head,
					   DIGEST_HEAD_LEN) == 0);
			assert_int_equal(sum.octets, len);
		}
	}
}

static void one_that_was_given_up(void **state)
{
	struct digest_sum want = of("x: y\n\nz\n"), sum;

	(void)state;
	digest_put(d, (const uint8_t *)"half a ", 7);
	digest_begin(d);
	sum = of("x: y\n\nz\n");
	assert_memory_equal(&sum, &want, sizeof(sum));
}

static void bodies_differ_and_headers_do_not(void **state)
{
	struct digest_sum a = of("x: y\n\na\n"), b = of("x: y\n\nb\n");

	(void)state;
	assert_memory_equal(a.head, b.head, sizeof(a.head));
	assert_memory_not_equal(a.text, b.text, sizeof(a.text));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(known_ones),
		TEST(headers_in_any_cuts),
		TEST(fields_that_servers_write),
		TEST(one_that_was_given_up),
		TEST(bodies_differ_and_headers_do_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
