// SPDX-License-Identifier: ISC
/*
 * test_rules.c - which rule decides.
 */
#include "unit.h"

#include <string.h>

#include "fetch/mail/rules.h"

#define NOW INT64_C(1795665600)
#define DAY INT64_C(86400)

static struct rule rules[] = {
	{ "Subject", "*lottery*", RULE_DELETE, NULL },
	{ "X-Spam", "yes", RULE_SKIP, NULL },
	{ "subject", "gr\xc3\xbc\xc3\x9f*", RULE_ACCEPT, NULL },
	{ "Received", "*from evil*", RULE_SKIP, NULL },
	{ "Subject", "=?utf-8?q*", RULE_SKIP, NULL },
};

static const struct account account = { .rules = rules,
					.rules_count = COUNT_OF(rules),
					.newer_days = 30 };

static const struct {
	const char *header;
	int rule; /* -1: none */
} cases[] = {
	{ "Subject: The LOTTERY\n", 0 },
	{ "X-Spam: yes\nSubject: The LOTTERY\n", 0 }, /* the rules' order */
	{ "X-Spam: Yes\n", 1 },
	{ "X-Spam: yes, 5\n", -1 },
	{ "Subject: lot\n tery\n", -1 },
	{ "Subject: The\n lottery\n", 0 },
	{ "Subject: =?iso-8859-1?q?Gr=FC=DFe?=\n", 2 },
	{ "Subject: gr\xc3\xbc\xc3\x9f"
	  "e\n",
	  2 },
	{ "Subject: gr\xfc\xdf"
	  "e\n",
	  2 },
	{ "Subject: =?utf-8?b?bG90dGVyeQ==?=\n", 0 },
	{ "Subject: =?utf-8?q?other?=\n", 4 }, /* as it stands, too */
	{ "Received: from good\nReceived: from evil by me\n", 3 },
	{ "To: a\n\nSubject: lottery\n", -1 },
	{ "", -1 },
	{ "garbage \xff", -1 },
};

static struct header of(const char *text)
{
	return (struct header){ (const uint8_t *)text, strlen(text) };
}

static void the_first_decides(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const struct rule *rule =
		    rules_match(&account, of(cases[i].header));
		int is = rule == NULL ? -1 : (int)(rule - rules);

		if (is != cases[i].rule) {
			fail_msg("%s: %d", cases[i].header, is);
		}
	}
}

static void no_rules(void **state)
{
	const struct account none = { 0 };

	(void)state;
	assert_null(rules_match(&none, of("Subject: lottery\n")));
	assert_false(rules_skip(&none, 1));
	assert_false(rules_is_old(&none, 1, NOW));
}

static void marks(void **state)
{
	const struct rule a = { "ab", "c", RULE_SKIP, NULL };
	const struct rule b = { "a", "bc", RULE_SKIP, NULL };

	(void)state;
	assert_true(rule_mark(&a) != 0);
	assert_true(rule_mark(&a) != rule_mark(&b));
	assert_true(rules_skip(&account, rule_mark(&rules[1])));
	assert_false(rules_skip(&account, rule_mark(&rules[0])));
	assert_false(rules_skip(&account, rule_mark(&a)));
	assert_false(rules_skip(&account, 0));
}

static void ages(void **state)
{
	(void)state;
	assert_false(rules_is_old(&account, NOW, NOW));
	assert_false(rules_is_old(&account, NOW - 30 * DAY + 1, NOW));
	assert_true(rules_is_old(&account, NOW - 30 * DAY, NOW));
	assert_true(rules_is_old(&account, 1, NOW));
	/* no Date; one that is yet to come; one that is no time */
	assert_false(rules_is_old(&account, 0, NOW));
	assert_false(rules_is_old(&account, NOW + DAY, NOW));
	assert_false(rules_is_old(&account, INT64_MAX, NOW));
	assert_false(rules_is_old(&account, INT64_MIN, NOW));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_decides),
		cmocka_unit_test(no_rules),
		cmocka_unit_test(marks),
		cmocka_unit_test(ages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
