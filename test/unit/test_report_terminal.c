// SPDX-License-Identifier: ISC
/*
 * test_report_terminal.c - how the rows get on with the terminal, and with who
 * uses it.
 */
#include <signal.h>
#include <termios.h>

#include "report_play.h"

static void ten_frames_a_second_at_most(void **state)
{
	struct screen *s = screen_open(80, 24);
	struct report *r = report_on(s, REPORT_NORMAL);
	struct report_account *a = half(r, "work", 20);

	(void)state;
	now_ms += 100;
	report_tick(r);
	assert_true(screen_read(s) > 0);
	for (int i = 0; i < 99; i++) {
		now_ms++;
		report_octets(a, 1);
		report_tick(r);
	}
	assert_int_equal(screen_read(s), 0);
	now_ms++;
	report_octets(a, 1);
	assert_true(screen_read(s) > 0);
	report_done(&a);
	report_destroy(&r);
	screen_close(&s);
}

static void rows_say_that_the_end_is_near(void **state)
{
	struct screen *s = screen_open(40, 24);
	struct report *r = report_on(s, REPORT_NORMAL);
	struct report_account *a = report_begin(r, "work");

	(void)state;
	report_note(r, "work", "kept until then");
	later(r, s, 1000);
	assert_screen(s, "work: kept until then", "work  beginning");
	report_stopping(r);
	later(r, s, 100);
	assert_screen(s, "work: kept until then", "work  stopping");
	report_done(&a);
	report_destroy(&r);
	screen_close(&s);
}

static void colours_only_where_they_are_wanted(void **state)
{
	struct screen *s = screen_open(80, 24);
	struct report *r;

	(void)state;
	r = report_on(s, REPORT_NORMAL);
	(void)half(r, "work", 20);
	later(r, s, 100);
	assert_true(s->colours > 0);
	report_destroy(&r);
	screen_read(s);
	s->colours = 0;
	setenv("NO_COLOR", "1", 1);
	r = report_on(s, REPORT_NORMAL);
	(void)half(r, "work", 20);
	report_note(r, "work", "note");
	later(r, s, 100);
	assert_int_equal(s->y, 2);
	assert_int_equal(s->colours, 0);
	report_destroy(&r);
	screen_close(&s);
}

static void dumb_terminals_get_lines(void **state)
{
	static const char *const terms[] = { "dumb", "", NULL };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(terms); i++) {
		struct screen *s = screen_open(80, 24);
		struct report *r;
		struct report_account *a;

		if (terms[i] == NULL) {
			unsetenv("TERM");
		} else {
			setenv("TERM", terms[i], 1);
		}
		r = report_on(s, REPORT_NORMAL);
		a = half(r, "work", 20);
		later(r, s, 100);
		assert_int_equal(s->octets_len, 0);
		report_done(&a);
		report_destroy(&r);
		screen_read(s);
		assert_screen(s, "work: 10 new messages, 10 MB, in 10 s");
		assert_null(memchr(s->octets, 0x1b, s->octets_len));
		screen_close(&s);
	}
	setenv("TERM", "xterm", 1);
}

static void other_locales_get_ascii(void **state)
{
	struct screen *s = screen_open(50, 24);
	struct report *r;
	struct report_account *a;

	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C"));
	r = report_on(s, REPORT_NORMAL);
	a = half(r, "\u00e9t\u00e9", 20);
	later(r, s, 100);
	assert_screen(s, "?t?  [#####-----]   50%  10/20  968 kB/s  0:11");
	report_failed(&a, &(struct why){ WHY_TEMP, "caf\u00e9; \x9b" });
	report_destroy(&r);
	screen_read(s);
	for (size_t i = 0; i < s->octets_len; i++) {
		assert_true(s->octets[i] < 0x7f);
	}
	screen_close(&s);
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
}

static void nothing_foreign_commands_the_terminal(void **state)
{
	static const char nasty[] =
	    "\x1b[2J\x07\x9b\xc2\x9b\xff\xe2\x80\xae\r\n"
	    "\xe2\x80\x8b\xf3\xa0\x81\x81\x7f";
	const struct report_message m = { 1, 5, nasty, nasty, nasty };
	const struct report_message no_number = { 0, 5, nasty, NULL, NULL };
	struct why why = { .kind = WHY_MESSAGE };
	struct screen *s = screen_open(80, 24);
	struct report *r = report_on(s, REPORT_VERBOSE);
	struct report_account *a = report_begin(r, nasty);

	(void)state;
	memcpy(why.text, nasty, sizeof(nasty));
	report_connecting(a, nasty, 110, ACCOUNT_TLS_STLS);
	later(r, s, 100);
	report_logged_in(a, nasty, nasty);
	report_message_begun(a, &m);
	report_message(a, REPORT_SET_ASIDE, &m, &why);
	report_message(a, REPORT_DELIVERED, &no_number, NULL);
	report_note(r, nasty, nasty);
	report_waits(r, nasty, 5);
	later(r, s, 100);
	assert_true(s->y > 6);
	report_failed(&a, &why);
	report_destroy(&r);
	screen_read(s);
	screen_close(&s);
}

static void a_stopped_terminal_holds_up_nothing(void **state)
{
	struct screen *s = screen_open(80, 24);
	struct report *r = report_on(s, REPORT_NORMAL);
	struct report_account *a = half(r, "work", 20);

	(void)state;
	later(r, s, 100);
	assert_int_equal(tcflow(s->slave, TCOOFF), 0);
	alarm(20);
	report_note(r, NULL, "said meanwhile");
	for (int i = 0; i < 50; i++) {
		report_octets(a, 10);
		later(r, s, 100);
	}
	alarm(0);
	assert_int_equal(s->octets_len, 0);
	assert_int_equal(tcflow(s->slave, TCOON), 0);
	later(r, s, 100);
	assert_int_equal(s->y, 2);
	report_done(&a);
	report_destroy(&r);
	screen_close(&s);
}

/* Stopped with Ctrl-Z, and here again: what stands above is not ours. */
static void a_pause_leaves_others_lines_alone(void **state)
{
	struct screen *s = screen_open(40, 24);
	struct report *r = report_on(s, REPORT_NORMAL);
	struct report_account *a = report_begin(r, "work");

	(void)state;
	later(r, s, 100);
	screen_show(s, (const uint8_t *)"stopped\r\n$ fg\r\n", 15);
	later(r, s, 5000);
	later(r, s, 100);
	assert_screen(s, "work  beginning", "stopped", "$ fg",
		      "work  beginning");
	report_done(&a);
	report_destroy(&r);
	screen_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_frames_a_second_at_most),
		cmocka_unit_test(rows_say_that_the_end_is_near),
		cmocka_unit_test(colours_only_where_they_are_wanted),
		cmocka_unit_test(dumb_terminals_get_lines),
		cmocka_unit_test(other_locales_get_ascii),
		cmocka_unit_test(nothing_foreign_commands_the_terminal),
		cmocka_unit_test(a_pause_leaves_others_lines_alone),
		cmocka_unit_test(a_stopped_terminal_holds_up_nothing),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
