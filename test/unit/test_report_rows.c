// SPDX-License-Identifier: ISC
/*
 * test_report_rows.c - what is drawn on a terminal while mail is fetched.
 */
#include "report_play.h"

static void a_row_says_how_far_it_is(void **state)
{
	struct screen *s = screen_open(80, 24);
	struct report *r = report_on(s, REPORT_NORMAL);
	struct report_account *a = report_begin(r, "work");
	const struct report_listing none = { 7, 0, 0 };

	(void)state;
	screen_read(s);
	assert_screen(s, "work  beginning");
	report_connecting(a, "pop.example.org", 995, ACCOUNT_TLS_IMPLICIT);
	later(r, s, 100);
	assert_screen(s, "work  connecting to pop.example.org, port 995");
	report_logged_in(a, "me", NULL);
	later(r, s, 100);
	assert_screen(s, "work  logged in to pop.example.org, port 995");
	report_listed(a, &none);
	later(r, s, 100);
	assert_screen(s, "work  no new mail");
	report_done(&a);
	assert_null(a);
	later(r, s, 100);
	assert_screen(s, "work: no new mail");
	report_destroy(&r);
	assert_int_equal(screen_read(s), 0);
	screen_close(&s);
}

static void a_row_fits_the_terminal(void **state)
{
	struct screen *s = screen_open(80, 24);
	struct report *r = report_on(s, REPORT_NORMAL);
	struct report_account *a = half(r, "work", 20);

	(void)state;
	later(r, s, 100);
	assert_screen(
	    s, "work  \u2595\u2588\u2588\u2588\u2588\u2588\u2588\u2588\u2588"
	       "\u2588\u2588\u2588\u2588\u2588\u2588\u258c              \u258f"
	       "   50%  10/20  10/20 MB  968 kB/s  0:11");
	screen_resize(s, 20, 24);
	later(r, s, 100);
	assert_screen(s, "work   50%  10/20");
	screen_resize(s, 200, 24);
	later(r, s, 100);
	assert_string_equal(
	    strchr(screen_line(s, 0, (char[4 * SCREEN_COLUMNS]){ 0 }), '5'),
	    "50%  10/20  10/20 MB  906 kB/s  0:12");
	report_done(&a);
	report_destroy(&r);
	screen_read(s);
	assert_screen(s, "work: 10 new messages, 10 MB, in 10 s");
	screen_close(&s);
}

static void no_width_is_too_narrow(void **state)
{
	struct screen *s = screen_open(80, 24);
	struct report *r = report_on(s, REPORT_NORMAL);
	struct report_account *accounts[] = {
		half(r,
		     "\u6d4b\u8bd5\u8d26\u6237\u5f88\u957f\u7684\u540d\u5b57"
		     "\u6d4b\u8bd5\u8d26\u6237",
		     4000000 / 1000),
		half(r, "a", 2),
		report_begin(r, "somebody.else@another.example.org"),
	};

	(void)state;
	later(r, s, 100);
	for (unsigned short width = 300; width > 0; width--) {
		screen_resize(s, width, 24);
		later(r, s, 100);
		assert_int_equal(s->y, 3);
		for (size_t y = 0; y < 3; y++) {
			assert_true(s->line[y].len < width ||
				    (width == 1 && s->line[y].len == 0));
		}
	}
	for (size_t i = 0; i < COUNT_OF(accounts); i++) {
		report_done(&accounts[i]);
	}
	report_destroy(&r);
	screen_close(&s);
}

static void rows_of_several_stand_in_columns(void **state)
{
	struct screen *s = screen_open(60, 24);
	struct report *r = report_on(s, REPORT_NORMAL);
	struct report_account *a = half(r, "work", 2000);
	struct report_account *b = half(r, "b", 2);

	(void)state;
	later(r, s, 100);
	assert_screen(
	    s,
	    "work  \u2595\u2588\u2588\u2588\u2588\u2588\u2588\u2588\u258c"
	    "       \u258f   50%  1000/2000  5.4 MB/s  stalled",
	    "b     \u2595\u2588\u2588\u2588\u2588\u2588\u2588\u2588\u258c"
	    "       \u258f   50%        1/2  145 kB/s  0:07");
	report_done(&a);
	report_failed(&b, &(struct why){ WHY_NETWORK, "no way; go" });
	later(r, s, 100);
	assert_screen(s, "work: 1000 new messages, 1.0 GB, in 20 s",
		      "b: 1 new message, 1.0 MB, until it failed after 10 s",
		      "b: no way; go");
	assert_int_equal(report_exit_code(r), 69);
	report_destroy(&r);
	screen_close(&s);
}

static void a_resize_leaves_nothing_behind(void **state)
{
	struct screen *s = screen_open(80, 24);
	struct report *r = report_on(s, REPORT_NORMAL);
	struct report_account *a = half(r, "work", 20), *b = half(r, "b", 20);

	(void)state;
	report_note(r, NULL, "a line that stands above and is to stay there");
	later(r, s, 100);
	assert_int_equal(s->y, 3);
	screen_resize(s, 30, 24);
	later(r, s, 100);
	assert_screen(
	    s, "a line that stands above and is to stay there",
	    "work  \u2595\u2588\u2588\u2588\u2588    \u258f   50%  10/20",
	    "b     \u2595\u2588\u2588\u2588\u2588    \u258f   50%  10/20");
	screen_resize(s, 20, 24);
	later(r, s, 100);
	screen_resize(s, 200, 24);
	later(r, s, 100);
	assert_int_equal(s->y, 3);
	report_interrupted(&a);
	report_done(&b);
	report_destroy(&r);
	screen_read(s);
	assert_screen(
	    s, "a line that stands above and is to stay there",
	    "work: 10 new messages, 10 MB, until it was interrupted after 20 s",
	    "b: 10 new messages, 10 MB, in 10 s");
	screen_close(&s);
}

static void more_accounts_than_lines(void **state)
{
	struct screen *s = screen_open(40, 5);
	struct report *r = report_on(s, REPORT_NORMAL);
	char name[16];

	(void)state;
	for (int i = 0; i < 10; i++) {
		snprintf(name, sizeof(name), "account%d", i);
		(void)report_begin(r, name);
	}
	later(r, s, 100);
	assert_screen(s, "account0  beginning", "account1  beginning",
		      "account2  beginning", "and 7 more accounts");
	/* accounts under way are forgotten */
	report_destroy(&r);
	screen_read(s);
	assert_int_equal(s->count, 1);
	screen_close(&s);
}

static void numbers_of_liars(void **state)
{
	const struct report_message m = { 1, UINT64_MAX, NULL, NULL, NULL };
	const struct report_listing l = { UINT32_MAX, 3, UINT64_MAX };
	struct screen *s = screen_open(80, 24);
	struct report *r = report_on(s, REPORT_NORMAL);
	struct report_account *a = report_begin(r, "work");
	char text[4 * SCREEN_COLUMNS];

	(void)state;
	report_listed(a, &l);
	for (int i = 0; i < 5; i++) {
		report_message_begun(a, &m);
		report_octets(a, UINT64_MAX / 3);
		later(r, s, 1000);
		report_message(a,
			       i % 2 == 0 ? REPORT_DELIVERED : REPORT_TOO_LARGE,
			       &m, NULL);
		report_listed(a, &l);
	}
	later(r, s, 100);
	assert_non_null(strstr(screen_line(s, 0, text), " 100%  5/8 "));
	report_done(&a);
	report_destroy(&r);
	screen_close(&s);
}

static void a_silent_server_is_said_to_be(void **state)
{
	struct screen *s = screen_open(80, 24);
	struct report *r = report_on(s, REPORT_NORMAL);
	struct report_account *a = half(r, "work", 20);
	char text[4 * SCREEN_COLUMNS];

	(void)state;
	later(r, s, 100);
	assert_null(strstr(screen_line(s, 0, text), "stalled"));
	for (int i = 0; i < 60; i++) {
		later(r, s, 100);
	}
	assert_non_null(strstr(screen_line(s, 0, text), "stalled"));
	report_octets(a, 1);
	later(r, s, 100);
	assert_null(strstr(screen_line(s, 0, text), "stalled"));
	report_done(&a);
	report_destroy(&r);
	screen_close(&s);
}

/* watch: a row says when the next visit is, until it begins. */
static void waiting_is_said(void **state)
{
	struct screen *s = screen_open(80, 24);
	struct report *r = report_on(s, REPORT_NORMAL);
	struct report_account *a;

	(void)state;
	setenv("TZ", "UTC", 1);
	report_waits(r, "work", 3723);
	report_waits(r, "work", 3724);
	report_waits(r, "b", INT64_MAX);
	later(r, s, 100);
	assert_screen(s, "work  next visit at 01:02:04",
		      "b     next visit at ?");
	a = report_begin(r, "work");
	later(r, s, 100);
	assert_screen(s, "b     next visit at ?", "work  beginning");
	report_done(&a);
	later(r, s, 100);
	report_destroy(&r);
	screen_read(s);
	assert_screen(s, "work: no new mail");
	screen_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_says_how_far_it_is),
		cmocka_unit_test(a_row_fits_the_terminal),
		cmocka_unit_test(no_width_is_too_narrow),
		cmocka_unit_test(rows_of_several_stand_in_columns),
		cmocka_unit_test(a_resize_leaves_nothing_behind),
		cmocka_unit_test(more_accounts_than_lines),
		cmocka_unit_test(numbers_of_liars),
		cmocka_unit_test(waiting_is_said),
		cmocka_unit_test(a_silent_server_is_said_to_be),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
