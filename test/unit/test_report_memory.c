// SPDX-License-Identifier: ISC
/*
 * test_report_memory.c - each allocation of what is told fails once: nothing
 * crashes, nothing half is written, and the exit code is right.
 */
#include <jansson.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "fetch/show/report.h"
#include "fetch/show/table.h"
#include "unit.h"

/* Linked in the place of the C library's, which are the __real ones. */
void *__wrap_calloc(size_t count, size_t len);
void *__wrap_realloc(void *at, size_t len);
char *__wrap_strdup(const char *s);
void *__real_calloc(size_t count, size_t len);
void *__real_realloc(void *at, size_t len);
char *__real_strdup(const char *s);

static size_t calls;
static size_t failing; /* which call fails; 0: none */

static bool is_to_fail(void)
{
	calls++;
	return calls == failing;
}

void *__wrap_calloc(size_t count, size_t len)
{
	return is_to_fail() ? NULL : __real_calloc(count, len);
}

void *__wrap_realloc(void *at, size_t len)
{
	return is_to_fail() ? NULL : __real_realloc(at, len);
}

char *__wrap_strdup(const char *s)
{
	return is_to_fail() ? NULL : __real_strdup(s);
}

/* jansson's. */
static void *failing_malloc(size_t len)
{
	return is_to_fail() ? NULL : malloc(len);
}

static void play(struct report *r)
{
	const struct report_message m = { 1, 100, "uid", "from", "subject" };
	const struct report_listing l = { 3, 2, 200 };
	struct why why = { WHY_MESSAGE, "no" };
	struct report_account *a = report_begin(r, "work");
	struct report_account *b = report_begin(r, "other");

	report_connecting(a, "pop.example.org", 995, ACCOUNT_TLS_IMPLICIT);
	report_logged_in(a, "me", "PLAIN");
	report_listed(a, &l);
	report_message_begun(a, &m);
	report_octets(a, 100);
	report_tick(r);
	report_message(a, REPORT_DELIVERED, &m, NULL);
	report_message(a, REPORT_SET_ASIDE, &m, &why);
	report_note(r, "work", "note");
	report_waits(r, "work", 1);
	report_failed(&b, &(struct why){ WHY_NETWORK, "gone" });
	report_done(&a);
	assert_int_equal(report_exit_code(r), EX_UNAVAILABLE);
}

/* How many members each has, whatever failed. */
static void judge_object(json_t *o)
{
	static const struct {
		const char *type;
		size_t members;
	} types[] = {
		{ "connecting", 6 },     { "logged-in", 5 },
		{ "listed", 6 },         { "message-begun", 4 },
		{ "progress", 9 },       { "note", 4 },
		{ "waits", 4 },          { "account-done", 4 },
		{ "account-failed", 5 }, { "list", 4 },
	};
	const char *type = json_string_value(json_object_get(o, "type"));

	assert_non_null(type);
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		if (strcmp(type, types[i].type) == 0) {
			assert_int_equal(json_object_size(o), types[i].members);
			return;
		}
	}
	assert_string_equal(type, "message");
	assert_int_equal(json_object_size(json_object_get(o, "message")), 5);
}

/* Whole lines, and, of JSON, whole objects. */
static void judge(FILE *file, bool is_json)
{
	char line[4096];

	rewind(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		json_t *o;

		assert_non_null(strchr(line, '\n'));
		if (is_json) {
			o = json_loads(line, 0, NULL);
			assert_non_null(o);
			judge_object(o);
			json_decref(o);
		}
	}
}

/* Returns whether an allocation failed. */
static bool run_once(bool is_json)
{
	struct report_options options = { .level = REPORT_VERBOSE,
					  .is_json = is_json };
	struct table_options to = { .is_json = is_json };
	const struct table_list list = { "work", 1, 3, true };
	const struct report_message m = { 1, 100, "uid", "from", "subject" };
	FILE *file = tmpfile();
	struct report *r;
	struct table *t;
	bool has_failed, is_whole;

	assert_non_null(file);
	options.out = options.err = to.out = fileno(file);
	calls = 0;
	r = report_create(&options);
	if (r != NULL) {
		play(r);
	}
	report_destroy(&r);
	t = table_create(&to);
	if (t != NULL) {
		table_list(t, &list);
		table_message(t, &m, true);
	}
	is_whole = table_destroy(&t);
	has_failed = calls >= failing;
	assert_true(is_whole || has_failed);
	failing = 0;
	judge(file, is_json);
	fclose(file);
	return has_failed;
}

static void sweep(bool is_json)
{
	size_t n = 0;
	bool has_failed;

	json_set_alloc_funcs(failing_malloc, free);
	do {
		failing = ++n;
		has_failed = run_once(is_json);
	} while (has_failed);
	assert_true(n > 5);
}

static void lines_without_memory(void **state)
{
	(void)state;
	sweep(false);
}

static void json_without_memory(void **state)
{
	(void)state;
	sweep(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_without_memory),
		cmocka_unit_test(json_without_memory),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
