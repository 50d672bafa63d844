// SPDX-License-Identifier: ISC
/*
 * test_visit.c - visits to a server that a thread plays: the way in, commands,
 * silence, and ends at any moment.
 */
#include "visit_play.h"

static const struct visit_command quit_alone[] = { { .verb = POP3_ASK_QUIT } };
#define LOG_IN "CAPA USER me PASS secret "

static void expect_end(enum why_kind kind, const char *text)
{
	assert_int_equal(k.told[TOLD_END], 1);
	if (k.why.kind != kind || strstr(k.why.text, text) == NULL) {
		fail_msg("%d: %s", (int)k.why.kind, k.why.text);
	}
}

static void test_one_after_the_other(void **state)
{
	(void)state;
	is_patient = true;
	visit(NULL, VISIT_WANT_LISTING, some);
	expect_good_end();
	assert_string_equal(heard, LOG_IN "CAPA STAT UIDL LIST RETR 1 RETR 2 "
					  "DELE 1 QUIT ");
	assert_int_equal(most_at_once, 1);
	assert_int_equal(k.listing.count, 2);
	assert_string_equal(k.listing.at[1].uid, "two");
	assert_int_equal(k.listing.at[1].octets, 30);
	assert_string_equal(k.text, "Subject: x\r\n\r\n.text\r\n"
				    "Subject: x\r\n\r\n.text\r\n");
	assert_int_equal(k.told[TOLD_ANSWER], 3);
	assert_int_equal(k.refused, 0);
}

static void test_pipelined(void **state)
{
	static const struct answer to[] = {
		{ "CAPA", "+OK\r\nPIPELINING\r\nUSER\r\n.\r\n" }, { 0 }
	};

	(void)state;
	is_patient = true;
	visit(to, VISIT_WANT_LISTING, some);
	expect_good_end();
	assert_int_equal(most_at_once, 2);
}

/* As many as the window holds, by count and by octets; and a server that does
 * not announce it, if the user says so. */
static void test_windows(void **state)
{
	static struct visit_command many[2 * VISIT_WINDOW_COMMANDS + 1];
	static const struct {
		uint64_t octets;
		size_t most;
	} cases[] = { { 10, VISIT_WINDOW_COMMANDS },
		      { VISIT_WINDOW_OCTETS / 4, 4 },
		      { VISIT_WINDOW_OCTETS * 2, 1 } };

	(void)state;
	for (size_t n = 0; n < COUNT_OF(cases); n++) {
		size_t count = n == 0 ? COUNT_OF(many) - 1 : 8;

		end(NULL);
		begin(NULL);
		memset(many, 0, sizeof(many));
		for (size_t i = 0; i < count; i++) {
			many[i].verb = POP3_ASK_RETR;
			many[i].msn = (uint32_t)i + 1;
			many[i].octets = cases[n].octets;
		}
		many[count].verb = POP3_ASK_QUIT;
		is_patient = true;
		k.account.pipelining = ACCOUNT_PIPELINING_YES;
		visit(NULL, VISIT_WANT_LISTING, many);
		expect_good_end();
		assert_int_equal(k.told[TOLD_ANSWER], count);
		assert_int_equal(most_at_once, cases[n].most);
	}
}

/* -- what is refused on the way in */

static void test_stat_refused(void **state)
{
	static const struct answer to[] = { { "STAT", "-ERR no\r\n" }, { 0 } };

	(void)state;
	visit(to, VISIT_WANT_LISTING, quit_alone);
	expect_good_end();
	assert_int_equal(k.listing.count, 2);
}

static void test_stat_refused_for_a_count(void **state)
{
	static const struct answer to[] = { { "STAT", "-ERR no\r\n" }, { 0 } };

	(void)state;
	visit(to, VISIT_WANT_COUNT, quit_alone);
	expect_end(WHY_TEMP, "does not open the maildrop");
	assert_int_equal(k.told[TOLD_LISTING], 0);
}

static void test_uidl_refused(void **state)
{
	static const struct answer to[] = { { "UIDL", "-ERR no\r\n" }, { 0 } };

	(void)state;
	visit(to, VISIT_WANT_LISTING, quit_alone);
	expect_good_end();
	assert_int_equal(k.listing.count, 2);
	assert_string_equal(k.listing.at[0].uid, "");
}

static void test_list_refused(void **state)
{
	static const struct answer to[] = { { "LIST", "-ERR no\r\n" }, { 0 } };

	(void)state;
	visit(to, VISIT_WANT_LISTING, quit_alone);
	expect_end(WHY_TEMP, "does not list");
}

/* "-ERR no messages": that is no failure. */
static void test_empty_and_refused(void **state)
{
	static const struct answer to[] = { { "STAT", "+OK 0 0\r\n" },
					    { "LIST", "-ERR no messages\r\n" },
					    { "UIDL", "-ERR no messages\r\n" },
					    { 0 } };

	(void)state;
	k.account.pipelining = ACCOUNT_PIPELINING_YES;
	visit(to, VISIT_WANT_LISTING, quit_alone);
	expect_good_end();
	assert_int_equal(k.listing.count, 0);
	end(NULL);
	begin(NULL);
	visit(to, VISIT_WANT_LISTING, quit_alone);
	expect_good_end();
	assert_string_equal(heard, LOG_IN "CAPA STAT QUIT ");
}

static void test_listing_of_nothing(void **state)
{
	static char lines[VISIT_IDLE_LINES_MAX * 8];
	static const struct answer to[] = { { "UIDL", lines }, { 0 } };
	size_t len = (size_t)snprintf(lines, sizeof(lines), "+OK\r\n");

	(void)state;
	for (size_t i = 0; i <= VISIT_IDLE_LINES_MAX; i++) {
		memcpy(lines + len, "0 x\r\n", 5);
		len += 5;
	}
	visit(to, VISIT_WANT_LISTING, quit_alone);
	expect_end(WHY_PROTOCOL, "no end");
}

static void test_a_count(void **state)
{
	(void)state;
	visit(NULL, VISIT_WANT_COUNT, some);
	expect_good_end();
	assert_int_equal(k.listing.count, 2);
	assert_null(strstr(heard, "UIDL"));
}

static void test_an_offer(void **state)
{
	(void)state;
	visit(NULL, VISIT_WANT_OFFER, quit_alone);
	expect_good_end();
	assert_string_equal(heard, "CAPA QUIT ");
}

/* -- silence */

/* The dot stands at no line's begin; NOOP's answer tells that it was the
 * end. */
static void test_a_missing_end(void **state)
{
	static const struct answer to[] = { { "RETR 1", "+OK\r\ntext.\r\n" },
					    { 0 } };

	(void)state;
	k.is_stale = true;
	visit(to, VISIT_WANT_LISTING, some);
	expect_good_end();
	assert_string_equal(heard, LOG_IN "CAPA STAT UIDL LIST RETR 1 NOOP "
					  "RETR 2 DELE 1 QUIT ");
	assert_memory_equal(k.text, "textSubject", 11);
}

static void test_kept_awake(void **state)
{
	(void)state;
	k.silent_nexts = 2; /* with the listing, and behind its octets */
	visit(NULL, VISIT_WANT_LISTING, some);
	expect_good_end();
	assert_string_equal(heard, LOG_IN "CAPA STAT UIDL LIST NOOP RETR 1 "
					  "RETR 2 DELE 1 QUIT ");
}

static void on_late(uv_timer_t *timer)
{
	uv_close((uv_handle_t *)timer, NULL);
	k.is_resting = false;
	if (k.visit != NULL) {
		visit_wake(k.visit);
	}
}

/* Behind the listing there is no command so long: the carrier has much to
 * do. */
static void visit_and_rest(unsigned ms)
{
	static uv_timer_t late;

	k.is_resting = true;
	(void)uv_timer_init(&k.loop, &late);
	(void)uv_timer_start(&late, on_late, ms, 0);
	visit(NULL, VISIT_WANT_LISTING, some);
	expect_good_end();
}

/* Then nothing is awaited. */
static void test_not_silent_behind_the_listing(void **state)
{
	(void)state;
	k.account.timeout_s = 1;
	visit_and_rest(2500);
	assert_non_null(strstr(heard, "LIST RETR 1 "));
}

static void test_not_silent_behind_noop(void **state)
{
	(void)state;
	k.account.timeout_s = 2;
	k.silent_nexts = 2;
	visit_and_rest(6000);
	assert_non_null(strstr(heard, "LIST NOOP RETR 1 "));
}

/* -- ends */

static void test_quit_refused(void **state)
{
	static const struct answer to[] = { { "QUIT", "-ERR some\r\n" },
					    { 0 } };

	(void)state;
	visit(to, VISIT_WANT_LISTING, some);
	expect_end(WHY_TEMP, "did not remove all");
	assert_int_equal(k.broke, 0);
}

static void test_refusals(void **state)
{
	static const struct answer to[] = { { "RETR 1", "-ERR gone\r\n" },
					    { "DELE", "-ERR no\r\n" },
					    { 0 } };

	(void)state;
	visit(to, VISIT_WANT_LISTING, some);
	expect_good_end();
	assert_int_equal(k.refused, 2);
}

/* Where the line breaks, and who is to blame. */
static void test_broken_lines(void **state)
{
	static const struct {
		const char *at;
		uint32_t broke;
	} cases[] = { { "USER", 0 },   { "LIST", 0 },   { "RETR 1", 1 },
		      { "RETR 2", 2 }, { "DELE 1", 0 }, { "QUIT", 0 } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const struct answer to[] = { { cases[i].at, "" }, { 0 } };

		end(NULL);
		begin(NULL);
		visit(to, VISIT_WANT_LISTING, some);
		expect_end(WHY_NETWORK, "");
		assert_int_equal(k.broke, cases[i].broke);
	}
}

static void test_destroyed_when_told(void **state)
{
	(void)state;
	for (unsigned pipelined = 0; pipelined < 2; pipelined++) {
		for (enum told at = TOLD_LOGGED_IN; at < TOLD_COUNT; at++) {
			end(NULL);
			begin(NULL);
			k.destroys = at;
			k.account.pipelining = pipelined != 0
						   ? ACCOUNT_PIPELINING_YES
						   : ACCOUNT_PIPELINING_NO;
			visit(NULL, VISIT_WANT_LISTING, some);
			assert_null(k.visit);
			assert_int_equal(k.told[at], 1);
			assert_int_equal(k.told[TOLD_END], at == TOLD_END);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_one_after_the_other),
		TEST(test_pipelined),
		TEST(test_windows),
		TEST(test_stat_refused),
		TEST(test_stat_refused_for_a_count),
		TEST(test_uidl_refused),
		TEST(test_list_refused),
		TEST(test_empty_and_refused),
		TEST(test_listing_of_nothing),
		TEST(test_a_count),
		TEST(test_an_offer),
		TEST(test_a_missing_end),
		TEST(test_kept_awake),
		TEST(test_not_silent_behind_the_listing),
		TEST(test_not_silent_behind_noop),
		TEST(test_quit_refused),
		TEST(test_refusals),
		TEST(test_broken_lines),
		TEST(test_destroyed_when_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
