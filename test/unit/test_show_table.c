// SPDX-License-Identifier: ISC
/*
 * test_show_table.c - what list, check and account list print.
 */
#include <jansson.h>
#include <locale.h>

#include "fetch/show/table.h"
#include "screen.h"

static int set_up(void **state)
{
	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	setenv("TERM", "xterm", 1);
	setenv("NO_COLOR", "1", 1);
	return 0;
}

static const struct report_message messages[] = {
	{ 1, 950, "uid-one", "Alice <alice@example.org>", "Lunch" },
	{ 2, 1234567, "uid-2\x1b[2J",
	  "\u5c71\u7530\u592a\u90ce <yamada@example.jp>",
	  "\u6f22\u5b57\u306e\u4ef6\u540d\u306f\u5e83\u3044\u3067\u3059" },
	{ 1000, 5, NULL, NULL, "\u202etab\there" },
};

static const struct table_list list = {
	.account = "work",
	.count = 1000,
	.uid_max = 9,
	.has_headers = true,
};

static void fill(struct table *t, const struct table_list *about)
{
	table_list(t, about);
	for (size_t i = 0; i < COUNT_OF(messages); i++) {
		table_message(t, &messages[i], i != 1);
	}
}

static void expect_on(unsigned short columns, const struct table_list *about,
		      const char *const *lines, int at)
{
	struct screen *s = screen_open(columns, 24);
	const struct table_options options = { .out = s->slave };
	struct table *t = table_create(&options);

	fill(t, about);
	assert_true(table_destroy(&t));
	screen_read(s);
	screen_expect(s, lines, 4, __FILE__, at);
	screen_close(&s);
}

#define assert_list(columns, about, ...)                                       \
	do {                                                                   \
		static const char *const lines_[] = { __VA_ARGS__ };           \
		expect_on((columns), (about), lines_, __LINE__);               \
	} while (0)

static void columns_fit_the_terminal(void **state)
{
	const struct table_list without = { .account = "work",
					    .count = 9,
					    .uid_max = 20 };

	(void)state;
	assert_list(80, &list,
		    "   #         size  from             subject           "
		    "                unique-id",
		    "   1  new   950 B  Alice <alice@e\u2026  Lunch        "
		    "                     uid-one",
		    "   2       1.2 MB  \u5c71\u7530\u592a\u90ce <yama"
		    "\u2026  \u6f22\u5b57\u306e\u4ef6\u540d\u306f\u5e83"
		    "\u3044\u3067\u3059              uid-2\u2026",
		    "1000  new     5 B                   \\u{202e}tab\\ther"
		    "e");
	/* no room for unique-ids */
	assert_list(45, &list, "   #         size  from     subject",
		    "   1  new   950 B  Alice \u2026  Lunch",
		    "   2       1.2 MB  \u5c71\u7530\u592a\u2026  \u6f22"
		    "\u5b57\u306e\u4ef6\u540d\u306f\u5e83\u2026",
		    "1000  new     5 B           \\u{202e}tab\\the\u2026");
	assert_list(40, &without, "#         size  unique-id",
		    "1  new   950 B  uid-one", "2       1.2 MB  uid-2\\x1b[2J",
		    "1000  new     5 B");
}

/* No line is broken, at any width that has room for the numbers. */
static void no_line_is_too_long(void **state)
{
	(void)state;
	for (unsigned short columns = 20; columns < 250; columns++) {
		struct screen *s = screen_open(columns, 24);
		const struct table_options options = { .out = s->slave };
		struct table *t = table_create(&options);

		fill(t, &list);
		assert_true(table_destroy(&t));
		screen_read(s);
		assert_int_equal(s->y, 4);
		for (size_t y = 0; y < 4; y++) {
			assert_true(s->line[y].len < columns);
		}
		screen_close(&s);
	}
}

static const struct table_check checks[] = {
	{ "work", 12, 3, 45600 },
	{ "a\tb", 12, 0, 0 },
};

static void checks_are_a_line_each(void **state)
{
	struct screen *s = screen_open(80, 24);
	const struct table_options options = { .out = s->slave };
	struct table *t = table_create(&options);

	(void)state;
	table_check(t, &checks[0]);
	table_check(t, &checks[1]);
	assert_true(table_destroy(&t));
	screen_read(s);
	assert_screen(s, "work: 3 new of 12, 46 kB", "a\\tb: 0 new of 12");
	screen_close(&s);
}

static uint64_t played_unix_ms(void)
{
	return 1795665906789;
}

/* All of it, elsewhere than on a terminal; to be freed. */
static char *elsewhere(bool is_json)
{
	struct account account = {
		.name = (char[]){ "work" },
		.host = (char[]){ "pop.example.org" },
		.user = (char[]){ "me" },
		.port = 995,
		.deletes = true,
	};
	FILE *file = tmpfile();
	struct table_options options = { .is_json = is_json,
					 .clock_unix_ms = played_unix_ms };
	struct table *t;
	char *text = calloc(1, 64 * 1024);

	assert_non_null(file);
	assert_non_null(text);
	options.out = fileno(file);
	t = table_create(&options);
	fill(t, &list);
	table_check(t, &checks[0]);
	table_account(t, &account, "maildir:/m");
	assert_true(table_destroy(&t));
	assert_false(table_destroy(&t));
	rewind(file);
	assert_true(fread(text, 1, 64 * 1024 - 1, file) > 0);
	fclose(file);
	return text;
}

static void tabs_stand_between_fields(void **state)
{
	char *text = elsewhere(false);

	(void)state;
	assert_string_equal(
	    text,
	    "1\t950\tuid-one\tnew\tAlice <alice@example.org>\tLunch\n"
	    "2\t1234567\tuid-2\\x1b[2J\tknown\t"
	    "\u5c71\u7530\u592a\u90ce <yamada@example.jp>\t"
	    "\u6f22\u5b57\u306e\u4ef6\u540d\u306f\u5e83\u3044\u3067\u3059\n"
	    "1000\t5\t\tnew\t\t\\u{202e}tab\\there\n"
	    "work\t3\t12\t45600\n"
	    "work\tme\tpop.example.org\t995\timplicit\tmaildir:/m\tdelete\n");
	free(text);
}

static void json_is_a_line_each(void **state)
{
	char *text = elsewhere(true);

	(void)state;
	assert_non_null(strstr(
	    text, "{\"type\":\"list\",\"time\":\"2026-11-26T04:05:06.789Z\","
		  "\"account\":\"work\",\"message\":{\"number\":2,\"octets\":"
		  "1234567,\"uid\":\"uid-2\\u001B[2J\",\"from\":\"\\u5C71"));
	assert_non_null(strstr(text, "\"uid\":null,\"from\":null,\"subject\":"
				     "\"\\u202Etab\\there\",\"new\":true}}\n"));
	assert_non_null(strstr(text, "\"account\":\"work\",\"messages\":12,"
				     "\"new\":3,\"octets\":45600}\n"));
	assert_non_null(strstr(text, "\"user\":\"me\",\"deliver\":\"maildir:/m"
				     "\",\"after\":\"delete\"}\n"));
	free(text);
}

static void a_full_disk_is_noticed(void **state)
{
	const struct table_options options = {
		.out = open("/dev/full", O_WRONLY | O_CLOEXEC),
	};
	struct table *t = table_create(&options);

	(void)state;
	table_check(t, &checks[0]);
	assert_false(table_destroy(&t));
	close(options.out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_fit_the_terminal),
		cmocka_unit_test(no_line_is_too_long),
		cmocka_unit_test(checks_are_a_line_each),
		cmocka_unit_test(tabs_stand_between_fields),
		cmocka_unit_test(json_is_a_line_each),
		cmocka_unit_test(a_full_disk_is_noticed),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
