// SPDX-License-Identifier: ISC
/*
 * test_slice.c - slices, numbers and the bounded writer.
 */
#include "unit.h"
#include "guard.h"

static struct pop3_slice of(const char *s)
{
	return pop3_slice_of(s, strlen(s));
}

static void equal_ignores_only_ascii_case(void **state)
{
	(void)state;
	assert_true(pop3_slice_equal_fold(of("ReTr"), of("rEtR")));
	assert_true(pop3_slice_equal_fold(of(""), of("")));
	assert_false(pop3_slice_equal_fold(of("RETR"), of("RETRX")));
	assert_false(pop3_slice_equal_fold(of("RETR"), of("RET")));
	/* neighbours of the letters, 32 apart like upper and lower case */
	assert_false(pop3_slice_equal_fold(of("@"), of("`")));
	assert_false(pop3_slice_equal_fold(of("["), of("{")));
	assert_false(pop3_slice_equal_fold(of("\xC4"), of("\xE4")));
}

static void equal_compares_octets(void **state)
{
	(void)state;
	assert_true(pop3_slice_equal(of("a"), of("a")));
	assert_false(pop3_slice_equal(of("a"), of("A")));
	assert_false(
	    pop3_slice_equal(POP3_LITERAL("a\0b"), POP3_LITERAL("a\0c")));
	assert_true(pop3_slice_equal(pop3_slice_of(NULL, 0), of("")));
}

static void tail_of_nothing_is_nothing(void **state)
{
	(void)state;
	assert_null(pop3_slice_tail(pop3_slice_of(NULL, 0), 0).at);
	assert_slice(pop3_slice_tail(of("abc"), 1), "bc");
	assert_int_equal(pop3_slice_tail(of("abc"), 3).len, 0);
}

static void u64_reads_all_that_fits(void **state)
{
	static const struct {
		const char *text;
		uint64_t n;
	} good[] = {
		{ "0", 0 },
		{ "1", 1 },
		{ "007", 7 },
		{ "4294967296", 4294967296u },
		{ "18446744073709551615", UINT64_MAX },
		{ "000000000000000000000000000000009", 9 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		uint64_t n = 42;

		assert_int_equal(pop3_slice_u64(of(good[i].text), &n), 0);
		assert_true(n == good[i].n);
	}
}

static void u64_refuses_all_else(void **state)
{
	static const char *const bad[] = {
		"",
		"+5",
		"-1",
		"0x1",
		"1 ",
		" 1",
		"1.",
		"a",
		"1a",
		"/",
		":",
		"18446744073709551616",
		"18446744073709551625",
		"99999999999999999999",
		"184467440737095516150",
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		uint64_t n = 42;

		assert_int_equal(pop3_slice_u64(of(bad[i]), &n), POP3_ERANGE);
		assert_true(n == 42);
	}
}

static void writer_writes_whole_or_not(void **state)
{
	struct guard g;
	struct pop3_writer w;
	(void)state;

	guard_init(&g, 1);
	w = pop3_writer_of(guard_tail(&g, 5), 5);
	pop3_put_str(&w, "abc");
	pop3_put_str(&w, "");
	assert_int_equal(pop3_writer_room(&w), 2);
	pop3_put_str(&w, "def");
	assert_true(w.full);
	/* and no gap: what would fit behind a lost piece is lost too */
	pop3_put_str(&w, "g");
	assert_slice(pop3_slice_of(w.at, w.len), "abc");
	guard_finish(&g);
}

static void writer_puts_every_number(void **state)
{
	uint8_t at[64];
	struct pop3_writer w = pop3_writer_of(at, sizeof(at));
	(void)state;

	pop3_put_u64(&w, 0);
	pop3_put_str(&w, " ");
	pop3_put_u64(&w, 1000);
	pop3_put_str(&w, " ");
	pop3_put_u64(&w, UINT64_MAX);
	assert_slice(pop3_slice_of(w.at, w.len), "0 1000 18446744073709551615");
	assert_false(w.full);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_ignores_only_ascii_case),
		cmocka_unit_test(equal_compares_octets),
		cmocka_unit_test(tail_of_nothing_is_nothing),
		cmocka_unit_test(u64_reads_all_that_fits),
		cmocka_unit_test(u64_refuses_all_else),
		cmocka_unit_test(writer_writes_whole_or_not),
		cmocka_unit_test(writer_puts_every_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
