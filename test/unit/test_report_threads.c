// SPDX-License-Identifier: ISC
/*
 * test_report_threads.c - many carriers tell at once: nothing is lost, no line
 * is broken into by another, and nobody waits for long.
 */
#include <jansson.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "fetch/show/report.h"
#include "unit.h"

#define THREADS  8
#define MESSAGES 200

struct carrier {
	pthread_t thread;
	struct report *report;
	int number;
};

static void *carry(void *arg)
{
	struct carrier *c = arg;
	const struct report_listing l = { MESSAGES, MESSAGES, MESSAGES * 100 };
	struct report_message m = { .octets = 100, .uid = "uid" };
	struct report_account *a;
	char name[32];

	snprintf(name, sizeof(name), "account%d", c->number);
	a = report_begin(c->report, name);
	report_connecting(a, "pop.example.org", 995, ACCOUNT_TLS_IMPLICIT);
	report_logged_in(a, "me", "PLAIN");
	report_listed(a, &l);
	for (uint32_t i = 1; i <= MESSAGES; i++) {
		m.number = i;
		report_message_begun(a, &m);
		report_octets(a, 100);
		report_message(a, REPORT_DELIVERED, &m, NULL);
		report_tick(c->report);
	}
	if (c->number == 0) {
		report_failed(&a, &(struct why){ WHY_LOGIN, "no" });
	} else {
		report_done(&a);
	}
	return NULL;
}

/* All that was written by all of them; to be freed. */
static char *carry_all(struct report_options options)
{
	struct carrier carriers[THREADS];
	char *text = calloc(1, 4 * 1024 * 1024);
	FILE *file = tmpfile();
	struct report *r;

	assert_non_null(file);
	assert_non_null(text);
	options.out = options.err = fileno(file);
	r = report_create(&options);
	assert_non_null(r);
	for (int i = 0; i < THREADS; i++) {
		carriers[i].report = r;
		carriers[i].number = i;
		assert_int_equal(pthread_create(&carriers[i].thread, NULL,
						carry, &carriers[i]),
				 0);
	}
	for (int i = 0; i < THREADS; i++) {
		report_tick(r);
		report_stopping(r);
		assert_int_equal(pthread_join(carriers[i].thread, NULL), 0);
	}
	assert_int_equal(report_exit_code(r), 77);
	assert_false(report_is_broken(r));
	report_destroy(&r);
	rewind(file);
	assert_true(fread(text, 1, 4 * 1024 * 1024 - 1, file) > 0);
	fclose(file);
	return text;
}

static void lines_are_whole(void **state)
{
	char *text =
	    carry_all((struct report_options){ .level = REPORT_VERBOSE });
	size_t delivered = 0, lines = 0;
	char *rest = text, *line = strsep(&rest, "\n");

	(void)state;
	while (line != NULL && rest != NULL) {
		assert_int_equal(strncmp(line, "account", 7), 0);
		delivered += strstr(line, ": delivered") != NULL;
		lines++;
		line = strsep(&rest, "\n");
	}
	assert_int_equal(delivered, THREADS * MESSAGES);
	/* connecting, logged in, listed, the end; and the failure */
	assert_int_equal(lines, delivered + 4 * THREADS + 1);
	free(text);
}

static void objects_are_whole(void **state)
{
	char *text = carry_all(
	    (struct report_options){ .level = REPORT_NORMAL, .is_json = true });
	size_t begun = 0, done = 0;
	char *rest = text, *line = strsep(&rest, "\n");

	(void)state;
	while (line != NULL && rest != NULL) {
		json_t *o = json_loads(line, 0, NULL);
		const char *type =
		    json_string_value(json_object_get(o, "type"));

		assert_non_null(type);
		begun += strcmp(type, "message-begun") == 0;
		if (strncmp(type, "account-", 8) == 0) {
			json_t *totals = json_object_get(o, "totals");

			done++;
			assert_int_equal(json_integer_value(json_object_get(
					     totals, "delivered")),
					 MESSAGES);
		}
		json_decref(o);
		line = strsep(&rest, "\n");
	}
	assert_int_equal(begun, THREADS * MESSAGES);
	assert_int_equal(done, THREADS);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_whole),
		cmocka_unit_test(objects_are_whole),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
