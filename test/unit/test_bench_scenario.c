// SPDX-License-Identifier: ISC
/*
 * test_bench_scenario.c - what restante-bench's sessions say, in which order
 * and what together; and the names of its users.
 */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "bench/number.h"
#include "bench/scenario.h"
#include "bench/template.h"

/* "USER+PASS+STAT+QUIT": what is joined by + goes together. */
static void expect(const char *name, uint32_t count, const char *want)
{
	const struct scenario *sc = scenario_find(name);
	struct cursor c = { 0, 1 };
	char text[512];
	size_t len = 0;

	assert_non_null(sc);
	for (;;) {
		const struct step *step = cursor_step(sc, &c, count);

		if (step == NULL) {
			break;
		}
		len += (size_t)snprintf(
		    text + len, sizeof(text) - len, "%s%u%s",
		    verb_facts[step->verb].word, c.msn,
		    (step->flags & STEP_WITH_NEXT) != 0 ? "+" : " ");
		cursor_pass(sc, &c, count);
	}
	assert_string_equal(text, want);
}

static void test_scenarios(void **state)
{
	(void)state;
	expect("poll", 3, "USER1 PASS1 STAT1 QUIT1 ");
	expect("pipelined", 3, "USER1+PASS1+STAT1+QUIT1 ");
	expect("fetch", 2, "USER1 PASS1 LIST1 UIDL1 RETR1 RETR2 QUIT1 ");
	expect("fetch", 0, "USER1 PASS1 LIST1 UIDL1 QUIT1 ");
	expect("fetch-pipelined", 2,
	       "USER1 PASS1 LIST1+UIDL1 RETR1+RETR2+QUIT1 ");
	expect("fetch-pipelined", 0, "USER1 PASS1 LIST1+UIDL1 QUIT1 ");
	expect("listing", 2, "USER1 PASS1 LIST1 UIDL1 QUIT1 ");
	expect("retr", 2, "USER1 PASS1 LIST1 RETR1 RETR2 QUIT1 ");
	expect("idle", 2, "USER1 PASS1 NOOP1 QUIT1 ");
	expect("churn", 2, "USER1 PASS1 RETR1 DELE1 QUIT1 ");
	assert_null(scenario_find("polls"));
}

static void test_templates(void **state)
{
	char name[10];

	(void)state;
	assert_int_equal(template_expand("u%d", 42, name, sizeof(name)), 3);
	assert_string_equal(name, "u42");
	assert_int_equal(template_expand("%d@%d%", 7, name, sizeof(name)), 4);
	assert_string_equal(name, "7@7%");
	assert_int_equal(template_expand("same%s", 7, name, sizeof(name)), 6);
	assert_string_equal(name, "same%s");
	assert_int_equal(template_expand("12345678%", 7, name, 10), 9);
	assert_int_equal(template_expand("123456789x", 7, name, 10), 0);
	assert_int_equal(template_expand("12345678%d", 42, name, 10), 0);
	assert_true(template_is_good("a", 1));
	assert_false(template_is_good("", 1));
	assert_false(template_is_good("ab", 1));
	assert_false(template_is_good("a\nb", 9));
	assert_false(template_is_good("a\rb", 9));
}

static void test_numbers(void **state)
{
	uint64_t n = 7;
	double s = 7;

	(void)state;
	assert_true(number_parse("18446744073709551615", 0, UINT64_MAX, &n));
	assert_true(n == UINT64_MAX);
	assert_false(number_parse("18446744073709551616", 0, UINT64_MAX, &n));
	assert_false(number_parse("", 0, 9, &n));
	assert_false(number_parse("-1", 0, 9, &n));
	assert_false(number_parse("5x", 0, 9, &n));
	assert_false(number_parse("10", 0, 9, &n));
	assert_false(number_parse("0", 1, 9, &n));
	assert_true(n == UINT64_MAX);
	assert_true(number_parse_seconds("0.25", 9, &s));
	assert_true(s > 0.24 && s < 0.26);
	assert_false(number_parse_seconds("0", 9, &s));
	assert_false(number_parse_seconds("10", 9, &s));
	assert_false(number_parse_seconds("1e1", 99, &s));
	assert_false(number_parse_seconds("nan", 99, &s));
	assert_false(number_parse_seconds("", 99, &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scenarios),
		cmocka_unit_test(test_templates),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
