// SPDX-License-Identifier: ISC
/*
 * test_refusals.c - the log lines that fail2ban reads: what stands where,
 * whatever a client sends; and a flood that leaves few of them.
 */
#include "unit.h"

#include <sodium.h>
#include <stdio.h>

#include "auth/limits.h"
#include "auth/refusals.h"
#include "base/log.h"
#include "stderr_pipe.h"

static struct refusals *r;
static struct stderr_pipe out;
static uint8_t address[16] = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 7 };

static int begin_test(void **state)
{
	(void)state;
	r = refusals_create();
	assert_non_null(r);
	return 0;
}

static int end_test(void **state)
{
	(void)state;
	refusals_destroy(&r);
	assert_null(r);
	return 0;
}

static bool is_for_user; /* whose failures it is */

static void refuse(const void *user, size_t len, enum packet_status status,
		   bool is_mistake, uint64_t now_ms)
{
	struct login_request request = { .user = { user, len },
					 .address = address };
	struct login_answer answer = { .status = status,
				       .is_mistake = is_mistake,
				       .is_for_user = is_for_user,
				       .why = "a reason" };

	refusals_log(r, &request, &answer, now_ms);
}

static const char *line_of(const void *user, size_t len,
			   enum packet_status status, bool is_mistake)
{
	stderr_begin(&out);
	refuse(user, len, status, is_mistake, 1000);
	stderr_end(&out);
	return out.text;
}

#define FRONT "address=192.0.2.7 why=\"a reason\""

static void failures_are_told_from_other_refusals(void **state)
{
	static const struct {
		enum packet_status status;
		bool is_mistake;
		const char *line;
	} rows[] = {
		{ STATUS_AUTH, false, "<6>t: login failed " FRONT " user=u\n" },
		{ STATUS_GUESSING, false,
		  "<6>t: login failed " FRONT " user=u\n" },
		{ STATUS_AUTH, true,
		  "<4>t: warning: login refused " FRONT " user=u\n" },
		{ STATUS_PERM, true,
		  "<4>t: warning: login refused " FRONT " user=u\n" },
		{ STATUS_TEMP, false,
		  "<6>t: login refused " FRONT " user=u\n" },
		{ STATUS_LOGIN_DELAY, false,
		  "<6>t: login refused " FRONT " user=u\n" },
		{ STATUS_BUSY, false,
		  "<6>t: login refused " FRONT " user=u\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_string_equal(
		    line_of("u", 1, rows[i].status, rows[i].is_mistake),
		    rows[i].line);
	}
}

/* Others have guessed at the user, who may be the one who comes now: who reads
 * the log must not ban that address.  What is counted stays apart, too. */
static void a_users_count_is_no_failure_of_the_address(void **state)
{
	(void)state;
	stderr_begin(&out);
	for (int i = 0; i < 6; i++) {
		is_for_user = i % 2 == 0;
		refuse("u", 1, STATUS_GUESSING, false, 5000);
	}
	is_for_user = false;
	refusals_flush(r);
	stderr_end(&out);
	assert_int_equal(
	    strncmp(out.text,
		    "<6>t: login refused " FRONT " user=u\n"
		    "<6>t: login failed " FRONT " user=u\n",
		    strlen("<6>t: login refused " FRONT
			   " user=u\n<6>t: login failed " FRONT " user=u\n")),
	    0);
	assert_non_null(strstr(out.text, "login refused " FRONT " times=2\n"));
	assert_non_null(strstr(out.text, "login failed " FRONT " times=2\n"));
}

/* The longest names, of the octets that take most room. */
static void nothing_moves_the_address_away(void **state)
{
	static const uint8_t octets[] = { '"', '\\', '\n', ' ',
					  '=', 0xff, 0,    'a' };
	char user[PACKET_USER_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(octets); i++) {
		const char *line;

		memset(user, octets[i], sizeof(user));
		line = line_of(user, sizeof(user), STATUS_AUTH, false);
		assert_int_equal(
		    strncmp(line, "<6>t: login failed " FRONT " user=",
			    strlen("<6>t: login failed " FRONT " user=")),
		    0);
		assert_int_equal(line[out.len - 1], '\n');
		assert_ptr_equal(strchr(line, '\n'), line + out.len - 1);
	}
}

static unsigned lines(void)
{
	unsigned n = 0;

	for (size_t i = 0; i < out.len; i++) {
		n += out.text[i] == '\n';
	}
	return n;
}

static void a_flood_leaves_a_line_a_minute_with_a_count(void **state)
{
	(void)state;
	stderr_begin(&out);
	for (uint64_t i = 0; i < 2000; i++) { /* 200 seconds of it */
		refuse("u", 1, STATUS_GUESSING, false, 5000 + i * 100);
	}
	refusals_flush(r);
	stderr_end(&out);
	/* one at once, then one of each count and one of its own; the rest */
	assert_int_equal(lines(), 4 + 4);
	assert_non_null(strstr(out.text, "times=599\n"));
	assert_non_null(strstr(out.text, "times=199\n"));
	assert_null(strstr(out.text, "times=0"));
}

static void each_address_has_its_own(void **state)
{
	(void)state;
	stderr_begin(&out);
	for (int i = 0; i < 300; i++) {
		address[15] = (uint8_t)(i % 3);
		refuse("u", 1, STATUS_GUESSING, false, 5000);
		refuse("u", 1, STATUS_BUSY, false, 5000);
	}
	address[15] = 7;
	stderr_end(&out);
	assert_int_equal(lines(), 6);
}

/* "AUTH PLAIN =" in a loop. */
static void what_is_no_exchange_leaves_few_lines_too(void **state)
{
	(void)state;
	stderr_begin(&out);
	for (uint64_t i = 0; i < 2000; i++) {
		refuse("", 0, STATUS_EXCHANGE, false, 5000 + i * 100);
	}
	refusals_flush(r);
	stderr_end(&out);
	assert_int_equal(lines(), 4 + 4);
	assert_non_null(strstr(out.text, "login refused"));
	assert_null(strstr(out.text, "login failed"));
}

/* What was counted when the flood ended is told by what comes later. */
static void the_end_of_a_flood_is_told(void **state)
{
	(void)state;
	stderr_begin(&out);
	refuse("u", 1, STATUS_GUESSING, false, 5000);
	refuse("u", 1, STATUS_GUESSING, false, 5001);
	for (unsigned i = 0; i < REFUSALS_PLACES; i++) {
		address[15] = (uint8_t)(8 + i % 2);
		refuse("u", 1, STATUS_GUESSING, false, 90000);
	}
	address[15] = 7;
	stderr_end(&out);
	assert_non_null(strstr(out.text, "login failed " FRONT " times=1\n"));
}

/* Failures that were looked at are told each, as fail2ban counts them. */
static void looked_at_ones_have_a_line_each(void **state)
{
	(void)state;
	stderr_begin(&out);
	for (int i = 0; i < 50; i++) {
		refuse("u", 1, STATUS_AUTH, false, 5000);
	}
	stderr_end(&out);
	assert_int_equal(lines(), 50);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)
	const struct CMUnitTest tests[] = {
		TEST(failures_are_told_from_other_refusals),
		TEST(a_users_count_is_no_failure_of_the_address),
		TEST(nothing_moves_the_address_away),
		TEST(a_flood_leaves_a_line_a_minute_with_a_count),
		TEST(each_address_has_its_own),
		TEST(what_is_no_exchange_leaves_few_lines_too),
		TEST(the_end_of_a_flood_is_told),
		TEST(looked_at_ones_have_a_line_each),
	};

	log_init("t", LOG_FORM_LEVEL, LOG_INFO);
	if (sodium_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
