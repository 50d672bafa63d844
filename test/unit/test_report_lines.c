// SPDX-License-Identifier: ISC
/*
 * test_report_lines.c - what is said where there is no terminal, and to whom.
 */
#include <fcntl.h>
#include <jansson.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "fetch/show/report.h"
#include "unit.h"

static uint64_t now_ms;

static uint64_t played_ms(void)
{
	return now_ms;
}

static uint64_t played_unix_ms(void)
{
	return 1795665906789;
}

struct outputs {
	FILE *out;
	FILE *err;
	char text[2][64 * 1024];
};

static int set_up(void **state)
{
	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	return 0;
}

static void outputs_open(struct outputs *o)
{
	o->out = tmpfile();
	o->err = tmpfile();
	assert_non_null(o->out);
	assert_non_null(o->err);
}

static void outputs_read(struct outputs *o)
{
	FILE *files[] = { o->out, o->err };

	for (size_t i = 0; i < 2; i++) {
		size_t len;

		rewind(files[i]);
		len = fread(o->text[i], 1, sizeof(o->text[i]) - 1, files[i]);
		o->text[i][len] = 0;
		fclose(files[i]);
	}
}

static const struct report_message message = {
	.number = 12,
	.octets = 4200,
	.uid = "uid12",
	.from = "Alice <alice@example.org>",
	.subject = "Lunch\t\u6f22",
};

/* One account that brings mail, one that has none, one that fails. */
static void play(struct report *r)
{
	const struct report_listing l = { 20, 5, 21000 }, none = { 20, 0, 0 };
	struct report_account *a = report_begin(r, "work");
	struct report_account *b = report_begin(r, "empty");
	struct report_account *c = report_begin(r, "away");
	struct why why = { WHY_MESSAGE, "the command said \"no\"" };

	report_connecting(a, "pop.example.org", 995, ACCOUNT_TLS_IMPLICIT);
	report_logged_in(a, "me", "SCRAM-SHA-256");
	report_listed(a, &l);
	report_aside(a, 2);
	report_listed(b, &none);
	report_message_begun(a, &message);
	report_octets(a, 4200);
	now_ms += 1000;
	report_tick(r);
	report_message(a, REPORT_DELIVERED, &message, NULL);
	report_message(a, REPORT_DELETED, &message, NULL);
	report_message(a, REPORT_SET_ASIDE, &message, &why);
	report_message(a, REPORT_SKIPPED, &message, NULL);
	report_message(a, REPORT_TOO_LARGE, &message, NULL);
	report_message(a, REPORT_KNOWN, &message, NULL);
	report_note(r, "work", "a note");
	report_done(&a);
	report_done(&b);
	report_failed(&c, &(struct why){ WHY_NETWORK, "no such host; look" });
	assert_int_equal(report_exit_code(r), EX_UNAVAILABLE);
}

static void play_with(struct outputs *o, struct report_options options)
{
	struct report *r;

	outputs_open(o);
	options.out = fileno(o->out);
	options.err = fileno(o->err);
	options.clock_ms = played_ms;
	options.clock_unix_ms = played_unix_ms;
	now_ms = 500;
	r = report_create(&options);
	assert_non_null(r);
	play(r);
	assert_false(report_is_broken(r));
	report_destroy(&r);
	outputs_read(o);
}

#define SET_ASIDE                                                              \
	"work: message 12 (4.2 kB, from Alice <alice@example.org>, "           \
	"\"Lunch\\t\u6f22\"): set aside: the command said \"no\"; it stays "   \
	"on the server; to try it again: restante fetch --retry\n"
#define DONE                                                                   \
	"work: 1 new message, 4.2 kB, 1 known already, 1 skipped, 1 "          \
	"deleted on the server, in 1.0 s; 3 set aside; restante fetch "        \
	"--retry tries them again now; 1 stays on the server because it is "   \
	"too large\n"
#define FAILED "away: no such host; look\n"

static void an_account_that_brought_mail_has_a_line(void **state)
{
	struct outputs o;

	(void)state;
	play_with(&o, (struct report_options){ .level = REPORT_NORMAL });
	assert_string_equal(o.text[0], DONE);
	assert_string_equal(o.text[1], SET_ASIDE "work: a note\n" FAILED);
}

static void quiet_is_failures_only(void **state)
{
	struct outputs o;

	(void)state;
	play_with(&o, (struct report_options){ .level = REPORT_QUIET });
	assert_string_equal(o.text[0], "");
	assert_string_equal(o.text[1], SET_ASIDE FAILED);
}

static void verbose_is_each_message(void **state)
{
	struct outputs o;

	(void)state;
	play_with(&o, (struct report_options){ .level = REPORT_VERBOSE });
	assert_non_null(
	    strstr(o.text[0],
		   "work: connecting to pop.example.org, port 995\n"
		   "work: logged in as me by SCRAM-SHA-256\n"
		   "work: 20 messages, 5 new, 21 kB\n"
		   "empty: 20 messages, 0 new\n"
		   "work: message 12 (4.2 kB, from Alice "
		   "<alice@example.org>, \"Lunch\\t\u6f22\"): delivered\n"));
	assert_non_null(strstr(o.text[0], ": too large\n"));
	assert_non_null(strstr(o.text[0], ": skipped by a rule\n"));
	assert_non_null(strstr(o.text[0], "): deleted on the server\n"));
	assert_non_null(strstr(o.text[0], DONE "empty: no new mail\n"));
}

static void mail_has_the_output_for_itself(void **state)
{
	struct outputs o;

	(void)state;
	play_with(&o, (struct report_options){ .level = REPORT_VERBOSE,
					       .is_mail_on_output = true });
	assert_string_equal(o.text[0], "");
	assert_non_null(strstr(o.text[1], DONE));
	play_with(&o, (struct report_options){ .level = REPORT_NORMAL,
					       .is_json = true,
					       .is_mail_on_output = true });
	assert_string_equal(o.text[0], "");
	assert_int_equal(o.text[1][0], '{');
}

static void watching_tells_no_news(void **state)
{
	const struct report_options options = { .level = REPORT_NORMAL,
						.is_watching = true };
	struct outputs o;

	(void)state;
	play_with(&o, options);
	assert_string_equal(o.text[0], DONE);
}

/* A visit to an account that has nothing new, but so many that are too large,
 * of which each of two sessions tells. */
static void visit_large(struct report *r, const char *name, unsigned count)
{
	const struct report_listing none = { 20, 0, 0 };
	struct report_account *a = report_begin(r, name);

	for (unsigned session = 0; session < 2; session++) {
		report_listed(a, &none);
		for (unsigned i = 0; i < count; i++) {
			report_message(a, REPORT_TOO_LARGE, &message, NULL);
		}
	}
	report_done(&a);
}

static void play_large(struct outputs *o, struct report_options options)
{
	struct report *r;
	struct report_account *a;

	outputs_open(o);
	options.out = fileno(o->out);
	options.err = fileno(o->err);
	options.clock_unix_ms = played_unix_ms;
	r = report_create(&options);
	assert_non_null(r);
	visit_large(r, "work", 2);
	visit_large(r, "home", 1);
	visit_large(r, "work", 2);
	a = report_begin(r, "work"); /* cannot be told how many */
	report_failed(&a, &(struct why){ WHY_NETWORK, "away; so" });
	visit_large(r, "work", 2);
	visit_large(r, "work", 3);
	visit_large(r, "home", 1);
	visit_large(r, "work", 0);
	visit_large(r, "work", 3);
	report_destroy(&r);
	outputs_read(o);
}

#define LARGE_2                                                                \
	"work: no new mail; 2 stay on the server because they are too large\n"
#define LARGE_3                                                                \
	"work: no new mail; 3 stay on the server because they are too large\n"
#define LARGE_1                                                                \
	"home: no new mail; 1 stays on the server because it is too large\n"

static void what_stays_is_told(void **state)
{
	struct outputs o;

	(void)state;
	play_large(&o, (struct report_options){ .level = REPORT_NORMAL });
	assert_string_equal(
	    o.text[0], LARGE_2 LARGE_1 LARGE_2 LARGE_2 LARGE_3 LARGE_1 LARGE_3);
	play_large(&o, (struct report_options){ .level = REPORT_QUIET });
	assert_string_equal(o.text[0], "");
}

/* No word of it at each visit, but when it is another number. */
static void watching_tells_what_stays_once(void **state)
{
	struct outputs o;

	(void)state;
	play_large(&o, (struct report_options){ .level = REPORT_NORMAL,
						.is_watching = true });
	assert_string_equal(o.text[0], LARGE_2 LARGE_1 LARGE_3 LARGE_3);
}

/* Lines of JSON; how many there were of a type. */
static size_t lines_of(const char *text, const char *type)
{
	size_t count = 0;

	while (*text != 0) {
		const char *end = strchr(text, '\n');
		json_t *o;

		assert_non_null(end);
		o = json_loadb(text, (size_t)(end - text), 0, NULL);
		assert_non_null(o);
		assert_string_equal(
		    json_string_value(json_object_get(o, "time")),
		    "2026-11-26T04:05:06.789Z");
		count += strcmp(json_string_value(json_object_get(o, "type")),
				type) == 0;
		json_decref(o);
		text = end + 1;
	}
	return count;
}

static void json_has_nothing_beside_it(void **state)
{
	static const char *const types[] = {
		"connecting", "logged-in", "message-begun",
		"progress",   "note",      "account-failed"
	};
	struct outputs o;

	(void)state;
	play_with(&o, (struct report_options){ .level = REPORT_NORMAL,
					       .is_json = true });
	assert_string_equal(o.text[1], "");
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		assert_int_equal(lines_of(o.text[0], types[i]), 1);
	}
	assert_int_equal(lines_of(o.text[0], "listed"), 2);
	assert_int_equal(lines_of(o.text[0], "message"), 6);
	assert_int_equal(lines_of(o.text[0], "account-done"), 2);
}

static void quiet_json_has_ends_and_problems(void **state)
{
	struct outputs o;

	(void)state;
	play_with(&o, (struct report_options){ .level = REPORT_QUIET,
					       .is_json = true });
	assert_int_equal(lines_of(o.text[0], "message"), 1);
	assert_int_equal(lines_of(o.text[0], "account-done"), 2);
	assert_int_equal(lines_of(o.text[0], "account-failed"), 1);
	assert_int_equal(lines_of(o.text[0], "listed"), 0);
}

/* Of several accounts that fail, the first gives the code. */
static void the_first_failure_is_the_code(void **state)
{
	const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	const struct report_options options = { .out = null, .err = null };
	struct report *r = report_create(&options);
	struct report_account *a = report_begin(r, "a");
	struct report_account *b = report_begin(r, "b");

	(void)state;
	assert_int_equal(report_exit_code(r), EX_OK);
	report_failed(&b, &(struct why){ WHY_LOGIN, "no" });
	report_failed(&a, &(struct why){ WHY_NETWORK, "no" });
	assert_int_equal(report_exit_code(r), EX_NOPERM);
	report_destroy(&r);
	report_destroy(&r);
	close(null);
}

static void a_full_disk_is_noticed(void **state)
{
	const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct report_options options = { .out = full, .err = full };
	struct report *r;

	(void)state;
	for (int is_json = 0; is_json < 2; is_json++) {
		options.is_json = is_json != 0;
		options.level = REPORT_NORMAL;
		r = report_create(&options);
		assert_false(report_is_broken(r));
		report_note(r, NULL, "text");
		assert_true(report_is_broken(r));
		report_destroy(&r);
	}
	close(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_account_that_brought_mail_has_a_line),
		cmocka_unit_test(quiet_is_failures_only),
		cmocka_unit_test(verbose_is_each_message),
		cmocka_unit_test(mail_has_the_output_for_itself),
		cmocka_unit_test(watching_tells_no_news),
		cmocka_unit_test(what_stays_is_told),
		cmocka_unit_test(watching_tells_what_stays_once),
		cmocka_unit_test(json_has_nothing_beside_it),
		cmocka_unit_test(quiet_json_has_ends_and_problems),
		cmocka_unit_test(the_first_failure_is_the_code),
		cmocka_unit_test(a_full_disk_is_noticed),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
