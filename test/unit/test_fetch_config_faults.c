// SPDX-License-Identifier: ISC
/*
 * test_fetch_config_faults.c - each mistake in restante.conf is told, once,
 * with its line and what to write instead: cases/fetch_config_faults.txt has
 * them, as "== name", the text, "--", and all that is told of it.
 * Runs in: the tests.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/conf/config.h"

#define CASES_MAX (256u * 1024)
#define TOLD_MAX  (16u * 1024)

static const struct place place = { .home = "/home/me", .here = "/somewhere" };

static char cases[CASES_MAX + 1];

static int read_cases(void **state)
{
	FILE *f = fopen(CASES "/fetch_config_faults.txt", "r");
	size_t len;

	(void)state;
	assert_non_null(f);
	len = fread(cases, 1, CASES_MAX, f);
	assert_true(len > 0 && len < CASES_MAX);
	cases[len] = '\0';
	return fclose(f);
}

/* Every one of them, as the cases have them: "LINE: text". */
static void tell(const struct conf_faults *faults, char told[TOLD_MAX])
{
	FILE *to = fmemopen(told, TOLD_MAX, "w");

	assert_non_null(to);
	for (size_t i = 0; i < faults->count; i++) {
		assert_true(i < CONF_FAULTS_MAX);
		fprintf(to, "%u: %s\n", faults->fault[i].line,
			faults->fault[i].text);
	}
	assert_int_equal(fclose(to), 0);
}

static void run_case(const char *name, char *text, const char *want)
{
	struct config untouched = { (struct account *)(void *)text, 77 };
	struct config config = untouched;
	struct conf_faults faults;
	char *told = calloc(1, TOLD_MAX);

	assert_non_null(told);
	if (config_load_text(text, &place, &config, &faults) != -1) {
		fail_msg("%s: is taken", name);
	}
	assert_memory_equal(&config, &untouched, sizeof(config));
	tell(&faults, told);
	if (strcmp(told, want) != 0) {
		print_error("%s\ntold:\n%swanted:\n%s", name, told, want);
		fail();
	}
	free(told);
}

/* Ends the string before the mark, and returns what is behind it. */
static char *cut_at(char *text, const char *mark)
{
	char *at = strstr(text, mark);

	if (at == NULL) {
		return NULL;
	}
	at[1] = '\0'; /* the line end before the mark stays */
	return at + strlen(mark);
}

static void tells_each_mistake(void **state)
{
	char *at = cases;
	size_t count = 0;

	(void)state;
	assert_memory_equal(at, "== ", 3);
	for (at += 3; at != NULL; count++) {
		char *text = strchr(at, '\n');
		char *want = text != NULL ? cut_at(text, "\n--\n") : NULL;
		char *next = want != NULL ? cut_at(want, "\n\n== ") : NULL;

		assert_non_null(want);
		*text = '\0';
		run_case(at, text + 1, want);
		at = next;
	}
	assert_true(count >= 180);
}

/* The same text in any place: nothing is told of where there is nothing. */
static void counts_lines(void **state)
{
	(void)state;
	for (unsigned before = 0; before < 50; before++) {
		struct config config;
		struct conf_faults faults;
		char text[256] = "";

		memset(text, '\n', before);
		strncpy(text + before,
			"# account\naccount \"a\" { server = x\n\nport = 0\n"
			"user = u deliver = 'mbox:/x' }",
			sizeof(text) - before - 1);
		assert_int_equal(
		    config_load_text(text, &place, &config, &faults), -1);
		assert_int_equal(faults.count, 1);
		assert_int_equal(faults.fault[0].line, before + 4);
	}
}

static void stops_telling(void **state)
{
	struct config config;
	struct conf_faults faults;
	char text[4096] = "account a {\n";
	size_t len = strlen(text);

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"odd%u = 1\n", i);
	}
	snprintf(text + len, sizeof(text) - len, "}\n");
	assert_int_equal(config_load_text(text, &place, &config, &faults), -1);
	assert_true(faults.count > CONF_FAULTS_MAX);
	assert_true(faults.count < 2 * CONF_FAULTS_MAX);
}

/* A sound text with one octet missing, doubled or changed is either refused or
 * sound; and never anything worse. */
static void survives_any_octet(void **state)
{
	static const char sound[] =
	    "defaults { timeout = 90 rule { field = X pattern = \"*\" action "
	    "= skip } }\n"
	    "account \"work\" {\n\tserver = \"pop.example.org\" # c\n"
	    "\tuser = 'me'\n\tpassword_command = {\"a\", 'b\\'c'}\n"
	    "\tdeliver = \"maildir:~/Mail\"\n"
	    "\trule { field = \"S\" pattern = \"x\" action = accept }\n}\n";
	static const char odd[] = "\"'{}=,\n#\\ax\1/*$";
	char text[sizeof(sound) + 1];

	(void)state;
	for (size_t at = 0; at < sizeof(sound) - 1; at++) {
		for (size_t i = 0; i < sizeof(odd); i++) {
			struct config config = { NULL, 0 };
			struct conf_faults faults;
			int rc;

			memcpy(text, sound, sizeof(sound));
			text[at] = odd[i];
			rc = config_load_text(text, &place, &config, &faults);
			assert_true((rc == 0) == (faults.count == 0));
			config_finish(&config);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(tells_each_mistake, read_cases),
		cmocka_unit_test(counts_lines),
		cmocka_unit_test(stops_telling),
		cmocka_unit_test(survives_any_octet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
