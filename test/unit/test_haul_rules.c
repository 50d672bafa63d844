// SPDX-License-Identifier: ISC
/*
 * test_haul_rules.c - rules on header fields, by TOP or by the text, and what
 * becomes of messages that they match.
 */
#include "haul_ride.h"

static char f_subject[] = "Subject", f_to[] = "To";
static char p_skip[] = "*skip*", p_delete[] = "*delete*", p_list[] = "*list*",
	    p_late[] = "*late*";
static char folder[] = "Lists";
static struct rule rules[] = {
	{ f_subject, p_skip, RULE_SKIP, NULL },
	{ f_subject, p_delete, RULE_DELETE, NULL },
	{ f_subject, p_list, RULE_FOLDER, folder },
	{ f_to, p_late, RULE_SKIP, NULL },
};

static void add_ruled(const char *suffix)
{
	static const char *const subjects[] = { "skip", "delete", "list",
						"else" };

	for (size_t i = 0; i < COUNT_OF(subjects); i++) {
		char uid[24], text[100];

		snprintf(uid, sizeof(uid), "%s%s", subjects[i], suffix);
		snprintf(text, sizeof(text), "Subject: %s\r\n\r\n%s\r\n",
			 subjects[i], suffix);
		add(uid, text);
	}
	p.account.rules = rules;
	p.account.rules_count = COUNT_OF(rules);
}

static void expect_ruled(void)
{
	assert_int_equal(files_with("new", NULL), 1);
	assert_int_equal(files_with(".Lists/new", NULL), 1);
	assert_int_equal(files_with("tmp", NULL), 0);
	assert_false(p.drop->at[0].is_gone);
	assert_int_equal(still_there(), 1);
	told(HAUL_FAILED, 0);
}

static void test_rules_by_top(void **state)
{
	(void)state;
	add_ruled("1");
	for (size_t cut = 0; cut < 2; cut++) {
		run((struct ride){ .has_top = true, .cut = cut });
		told(HAUL_LEFT, 0);
		told(HAUL_DECIDED, cut == 0 ? 4 : 0); /* it is remembered */
		expect_ruled();
	}
}

static void test_rules_without_top(void **state)
{
	(void)state;
	add_ruled("1");
	for (size_t cut = 0; cut < 2; cut++) {
		run((struct ride){ .has_top = false, .cut = cut });
		told(HAUL_LEFT, cut == 0 ? 2 : 0);
		told(HAUL_CARRIED, cut == 0 ? 2 : 0);
		expect_ruled();
	}
}

/* TOP is refused: then the text tells. */
static void test_rules_with_refused_top(void **state)
{
	(void)state;
	add_ruled("1");
	p.ride = (struct ride){ .has_top = true };
	open_haul();
	plan_all();
	for (size_t i = 0; i < p.tasks_count; i++) {
		assert_int_equal(p.tasks[i].action, PLAN_LOOK);
		haul_unlooked(p.haul, p.tasks[i].msn);
		assert_int_equal(p.tasks[i].action, PLAN_FETCH);
	}
	assert_true(fetch_all());
	haul_settle(p.haul);
	told(HAUL_LEFT, 2);
	quit();
	expect_ruled();
}

/* Rules look no further than HAUL_HEAD_MAX, and the text is whole all the
 * same. */
static void test_a_long_header(void **state)
{
	static char text[HAUL_HEAD_MAX + 4000];
	size_t len = 0;
	struct stat st;
	char name[600] = "";
	DIR *d;

	(void)state;
	add_ruled("1");
	p.drop->at[0].is_gone = p.drop->at[1].is_gone = true;
	p.drop->at[2].is_gone = true;
	while (len < HAUL_HEAD_MAX + 2000) {
		len += (size_t)snprintf(text + len, 100, "X-Y: %zu\n", len);
	}
	len += (size_t)snprintf(text + len, 100, "To: late\n\nbody\n");
	p.ride = (struct ride){ .quit = QUIT_OK };
	open_haul();
	plan_all();
	feed(haul_text, 1, text, len, true);
	haul_settle(p.haul);
	told(HAUL_CARRIED, 1);
	told(HAUL_LEFT, 0);
	snprintf(name, sizeof(name), "%s/new", p.to);
	d = opendir(name);
	for (const struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
		if (e->d_name[0] != '.') {
			snprintf(name, sizeof(name), "%s/new/%s", p.to,
				 e->d_name);
		}
	}
	closedir(d);
	assert_int_equal(stat(name, &st), 0);
	assert_int_equal(st.st_size, len);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin_play, end_play)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rules_by_top),
		TEST(test_rules_without_top),
		TEST(test_rules_with_refused_top),
		TEST(test_a_long_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
