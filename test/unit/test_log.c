// SPDX-License-Identifier: ISC
/*
 * test_log.c - a log line is one line: whatever a value holds stays in it.
 */
#include "unit.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "stderr_pipe.h"

#define FRONT "<6>unit: event key="

static struct stderr_pipe out;
static struct log_line line;

static int set_level_form(void **state)
{
	(void)state;
	log_init("unit", LOG_FORM_LEVEL, LOG_INFO);
	return 0;
}

static void begin(void)
{
	stderr_begin(&out);
	log_begin(&line, LOG_INFO, "event");
}

static void end(void)
{
	log_end(&line);
	stderr_end(&out);
}

/* The value of "key" as it was written, without its quotes. */
static struct pop3_slice written(const void *at, size_t len, bool *quoted_r)
{
	const char *value = out.text + strlen(FRONT);
	size_t n;

	begin();
	log_octets(&line, "key", at, len);
	end();
	assert_int_equal(strncmp(out.text, FRONT, strlen(FRONT)), 0);
	assert_int_equal(out.text[out.len - 1], '\n');
	n = out.len - strlen(FRONT) - 1;
	*quoted_r = value[0] == '"';
	if (*quoted_r) {
		assert_true(n >= 2);
		assert_int_equal(value[n - 1], '"');
		value++;
		n -= 2;
	}
	return pop3_slice_of((const uint8_t *)value, n);
}

static uint8_t digit(uint8_t c)
{
	assert_true(isdigit(c) || (c >= 'a' && c <= 'f'));
	return (uint8_t)(isdigit(c) ? c - '0' : c - 'a' + 10);
}

/* What a reader of the log makes of it; every octet must be printable. */
static size_t unescape(struct pop3_slice s, uint8_t *to)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.at[i];

		assert_true(c >= 0x20 && c < 0x7f && c != '"');
		if (c == '\\') {
			assert_true(++i < s.len);
			c = s.at[i];
			assert_true(c == '"' || c == '\\' || c == 'x');
		}
		if (c == 'x' && s.at[i - 1] == '\\') {
			assert_true(i + 2 < s.len);
			c = (uint8_t)(digit(s.at[i + 1]) << 4 |
				      digit(s.at[i + 2]));
			i += 2;
		}
		to[n++] = c;
	}
	return n;
}

static void test_every_octet_is_told_and_stays_inside(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		uint8_t octets[] = { 'a', (uint8_t)c, 'b' };
		uint8_t back[16];
		bool quoted;
		struct pop3_slice s = written(octets, 3, &quoted);
		bool is_plain =
		    c > 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '=';

		assert_int_equal(quoted, !is_plain);
		assert_int_equal(unescape(s, back), 3);
		assert_memory_equal(back, octets, 3);
	}
}

static void test_forms_of_values(void **state)
{
	(void)state;
	begin();
	log_str(&line, "plain", "a-b@c.d");
	log_str(&line, "empty", "");
	log_str(&line, "blank", "a b");
	log_str(&line, "forged", "x\nunit: y user=root");
	log_str(&line, "escape", "\\x41");
	log_u64(&line, "zero", 0);
	log_u64(&line, "most", UINT64_MAX);
	end();
	assert_string_equal(
	    out.text, "<6>unit: event plain=a-b@c.d empty=\"\" blank=\"a b\" "
		      "forged=\"x\\x0aunit: y user=root\" escape=\"\\\\x41\" "
		      "zero=0 most=18446744073709551615\n");
}

static void test_a_line_is_cut_and_keeps_its_end(void **state)
{
	static char value[2 * LOG_LINE_MAX];
	size_t front = strlen(FRONT);

	(void)state;
	memset(value, 'v', sizeof(value));
	for (size_t len = LOG_LINE_MAX - front - 4; len < sizeof(value);
	     len += len < LOG_LINE_MAX ? 1 : 97) {
		size_t whole = front + len + 1;

		begin();
		log_octets(&line, "key", value, len);
		end();
		assert_int_equal(out.len,
				 whole < LOG_LINE_MAX ? whole : LOG_LINE_MAX);
		assert_int_equal(out.text[out.len - 1], '\n');
		assert_ptr_equal(memchr(out.text, '\n', out.len),
				 out.text + out.len - 1);
	}
}

static void test_a_full_line_takes_nothing_more(void **state)
{
	char value[64];

	(void)state;
	memset(value, '\n', sizeof(value));
	begin();
	for (size_t i = 0; i < 100; i++) {
		log_octets(&line, "key", value, sizeof(value));
		log_u64(&line, "n", i);
		log_errno(&line, EACCES);
	}
	end();
	assert_int_equal(out.len, LOG_LINE_MAX);
	assert_ptr_equal(memchr(out.text, '\n', out.len),
			 out.text + LOG_LINE_MAX - 1);
	assert_true(LOG_LINE_MAX <= PIPE_BUF); /* so a write is atomic */
}

static void test_levels(void **state)
{
	(void)state;
	stderr_begin(&out);
	log_event(LOG_ERROR, "e");
	log_event(LOG_WARNING, "w");
	log_event(LOG_INFO, "i");
	log_event(LOG_DEBUG, "d"); /* over the level of log_init */
	log_init("unit", LOG_FORM_LEVEL, LOG_ERROR);
	log_event(LOG_ERROR, "last");
	log_event(LOG_WARNING, "no");
	log_init("unit", LOG_FORM_LEVEL, LOG_INFO);
	stderr_end(&out);
	assert_string_equal(out.text, "<3>unit: error: e\n"
				      "<4>unit: warning: w\n"
				      "<6>unit: i\n"
				      "<3>unit: error: last\n");
}

static void test_events(void **state)
{
	char want[256];

	(void)state;
	stderr_begin(&out);
	log_event_str(LOG_INFO, "some event", "key", "a value");
	log_event_errno(LOG_WARNING, "cannot", "/some path", ENOENT);
	log_event_errno(LOG_WARNING, "cannot", NULL, EPERM);
	stderr_end(&out);
	snprintf(want, sizeof(want),
		 "<6>unit: some event key=\"a value\"\n"
		 "<4>unit: warning: cannot path=\"/some path\" why=\"%s\"\n",
		 strerror(ENOENT));
	assert_int_equal(strncmp(out.text, want, strlen(want)), 0);
	snprintf(want, sizeof(want), "<4>unit: warning: cannot why=\"%s\"\n",
		 strerror(EPERM));
	assert_non_null(strstr(out.text, want));
}

/* "2026-11-23T02:45:01.123Z unit: event\n" */
static void test_terminal_form_has_the_time(void **state)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd.dddZ unit: event\n";

	(void)state;
	log_init("unit", LOG_FORM_TERMINAL, LOG_INFO);
	begin();
	end();
	assert_int_equal(out.len, strlen(form));
	for (size_t i = 0; i < out.len; i++) {
		if (form[i] == 'd') {
			assert_true(isdigit((unsigned char)out.text[i]));
		} else {
			assert_int_equal(out.text[i], form[i]);
		}
		if (form[i] == 'Z') {
			assert_string_equal(out.text + i, form + i);
			break;
		}
	}
}

static void test_nobody_to_tell_is_no_harm(void **state)
{
	int saved = dup(STDERR_FILENO);

	(void)state;
	close(STDERR_FILENO);
	log_event(LOG_ERROR, "unheard");
	assert_int_equal(dup2(saved, STDERR_FILENO), STDERR_FILENO);
	close(saved);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    test_every_octet_is_told_and_stays_inside, set_level_form),
		cmocka_unit_test_setup(test_forms_of_values, set_level_form),
		cmocka_unit_test_setup(test_a_line_is_cut_and_keeps_its_end,
				       set_level_form),
		cmocka_unit_test_setup(test_a_full_line_takes_nothing_more,
				       set_level_form),
		cmocka_unit_test_setup(test_levels, set_level_form),
		cmocka_unit_test_setup(test_events, set_level_form),
		cmocka_unit_test(test_terminal_form_has_the_time),
		cmocka_unit_test(test_nobody_to_tell_is_no_harm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
