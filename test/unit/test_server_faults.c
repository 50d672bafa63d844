// SPDX-License-Identifier: ISC
/*
 * test_server_faults.c - the server engine: maildrops that fail, or are larger
 * than any memory, and connections that are ended.
 */
#include "served.h"

/* --- when the maildrop fails --- */

static void quit_says_what_stayed(void **state)
{
	(void)state;
	drop.messages[1].is_stuck = true;
	log_in(plain);
	say("DELE 1\r\nDELE 2");
	(void)news();
	assert_says("QUIT", "-ERR [SYS/TEMP] 1 messages not removed, 1 "
			    "removed");
	assert_true(server.is_closed);
	assert_true(drop.messages[0].is_gone);
	assert_false(drop.messages[1].is_gone);
	memserver_end(&server);
}

static void commit_comes_before_the_reply(void **state)
{
	struct pop3_event ev;
	struct pop3_slice in = POP3_LITERAL("QUIT\r\n");
	uint8_t at[POP3_OUT_MIN];
	struct pop3_writer out = pop3_writer_of(at, sizeof(at));
	(void)state;

	log_in(plain);
	assert_int_equal(pop3_server_run(&server.engine, &in, &out, &ev),
			 POP3_EV_COMMIT);
	assert_int_equal(out.len, 0);
	pop3_server_committed(&server.engine, 0, 0);
	assert_int_equal(pop3_server_run(&server.engine, &in, &out, &ev),
			 POP3_EV_CLOSE);
	assert_slice(pop3_slice_of(out.at, out.len), "+OK Goodbye\r\n");
	assert_int_equal(pop3_server_run(&server.engine, &in, &out, &ev),
			 POP3_EV_CLOSE);
	memserver_end(&server);
}

static void one_message_that_fails_fails_alone(void **state)
{
	(void)state;
	drop.messages[1].is_missing = true;
	log_in(plain);
	assert_says("RETR 2", "-ERR [SYS/TEMP] Message cannot be read");
	assert_says("TOP 2 0", "-ERR [SYS/TEMP] Message cannot be read");
	assert_says("RETR 1", "+OK 13 octets\r\nS: 1\r\n\r\none\r\n.");
	assert_says("DELE 2", "+OK 2 deleted");
	memserver_end(&server);
}

static void late_listings_are_asked_for_once(void **state)
{
	struct memserver_options options = plain;
	(void)state;

	options.lists_late = true;
	log_in(options);
	say("STAT\r\nTOP 1 0\r\nRETR 9\r\nLIST 0\r\nNOOP\r\nRSET");
	assert_false(server.engine.has_listing);
	server.trace.len = 0;
	say("LIST 1\r\nUIDL\r\nDELE 1\r\nRETR 2");
	assert_slice(octets_all(&server.trace),
		     "LISTING\nMESSAGE all 1 0\nBODY all 1 0\n");
	memserver_end(&server);
}

static void listings_that_fail_hurt_nothing_else(void **state)
{
	struct memserver_options options = plain;
	(void)state;

	options.lists_late = options.list_fails = true;
	log_in(options);
	assert_says("LIST", "-ERR [SYS/TEMP] No listing");
	assert_says("LIST 1", "-ERR [SYS/TEMP] No listing");
	assert_says("UIDL", "-ERR [SYS/TEMP] No listing");
	assert_says("DELE 1", "-ERR [SYS/TEMP] No listing");
	assert_says("RETR 1", "-ERR [SYS/TEMP] No listing");
	assert_says("STAT", "+OK 3 41");
	server.options.list_fails = false;
	assert_says("DELE 1", "+OK 1 deleted");
	assert_says("STAT", "+OK 2 28");
	memserver_end(&server);
}

static void an_empty_maildrop_needs_no_listing(void **state)
{
	struct memserver_options options = plain;
	(void)state;

	memdrop_finish(&drop);
	options.lists_late = true;
	log_in(options);
	assert_says("LIST", "+OK 0 messages (0 octets)\r\n.");
	assert_says("UIDL", "+OK 0 unique-ids\r\n.");
	memserver_end(&server);
}

static void a_mark_that_fails_counts_nothing(void **state)
{
	(void)state;
	log_in(plain);
	server.snapshot.has_no_memory = true;
	assert_says("DELE 1", "-ERR [SYS/TEMP] Out of memory");
	assert_says("STAT", "+OK 3 41");
	memserver_end(&server);
}

/* --- abort --- */

static void abort_says_why_and_closes(void **state)
{
	(void)state;
	log_in(plain);
	say("DELE 1");
	(void)news();
	pop3_server_abort(&server.engine, POP3_CODE_SYS_TEMP, "Shutting down");
	/* what comes after it is not read any more */
	assert_says("QUIT", "-ERR [SYS/TEMP] Shutting down");
	assert_true(server.is_closed);
	assert_false(drop.messages[0].is_gone);
	pop3_server_abort(&server.engine, POP3_CODE_SYS_TEMP, "Again");
	memserver_end(&server);
}

static void abort_in_place_of_the_greeting(void **state)
{
	struct bare b;
	(void)state;

	bare_begin(&b);
	pop3_server_abort(&b.engine, POP3_CODE_SYS_TEMP, "Too many");
	assert_int_equal(bare_run(&b, ""), POP3_EV_CLOSE);
	assert_slice(pop3_slice_of(b.at, b.out.len),
		     "-ERR [SYS/TEMP] Too many\r\n");
}

static void abort_while_an_answer_is_owed(void **state)
{
	struct bare b;
	(void)state;

	bare_begin(&b);
	assert_int_equal(bare_run(&b, "USER a\r\nPASS b\r\n"), POP3_EV_LOGIN);
	b.out.len = 0;
	pop3_server_abort(&b.engine, POP3_CODE_SYS_TEMP, "Restart");
	assert_int_equal(bare_run(&b, ""), POP3_EV_CLOSE);
	assert_slice(pop3_slice_of(b.at, b.out.len),
		     "-ERR [SYS/TEMP] Restart\r\n");
}

/* --- maildrops larger than any memory: only numbers --- */

static uint64_t huge_octets(void *ctx, uint32_t idx)
{
	(void)ctx, (void)idx;
	return UINT64_MAX / 2;
}

static struct pop3_slice huge_uid(void *ctx, uint32_t idx)
{
	(void)ctx, (void)idx;
	return POP3_LITERAL("0123456789012345678901234567890123456789"
			    "012345678901234567890123456789");
}

static bool huge_is_marked(void *ctx, uint32_t idx)
{
	(void)ctx, (void)idx;
	return false;
}

static bool huge_mark(void *ctx, uint32_t idx)
{
	*(uint32_t *)ctx = idx;
	return true;
}

static void huge_unmark_all(void *ctx)
{
	(void)ctx;
}

static const struct pop3_maildrop_ops huge_ops = {
	huge_octets, huge_uid, huge_is_marked, huge_mark, huge_unmark_all,
};

static void huge_begin(struct bare *b, uint32_t *marked)
{
	bare_begin(b);
	assert_int_equal(bare_run(b, "USER a\r\nPASS b\r\n"), POP3_EV_LOGIN);
	pop3_server_login_ok(&b->engine, UINT32_MAX, UINT64_MAX, true,
			     &huge_ops, marked);
	assert_int_equal(bare_run(b, ""), POP3_EV_INPUT);
	b->out.len = 0;
}

static void numbers_do_not_wrap(void **state)
{
	uint32_t marked = 0;
	struct bare b;
	(void)state;

	huge_begin(&b, &marked);
	(void)bare_run(&b, "STAT\r\n");
	(void)bare_run(&b, "DELE 4294967296\r\n");
	(void)bare_run(&b, "DELE 4294967295\r\n");
	assert_int_equal(marked, UINT32_MAX - 1);
	/* parts that are more than their total leave nothing, not much */
	(void)bare_run(&b, "DELE 1\r\nDELE 2\r\nSTAT\r\nRSET\r\n");
	assert_slice(pop3_slice_of(b.at, b.out.len),
		     "+OK 4294967295 18446744073709551615\r\n"
		     "-ERR No such message\r\n"
		     "+OK 4294967295 deleted\r\n"
		     "+OK 1 deleted\r\n+OK 2 deleted\r\n"
		     "+OK 4294967292 0\r\n"
		     "+OK 4294967295 messages (18446744073709551615 "
		     "octets)\r\n");
}

static void abort_within_a_listing_only_closes(void **state)
{
	uint32_t marked = 0;
	struct bare b;
	(void)state;

	huge_begin(&b, &marked);
	assert_int_equal(bare_run(&b, "UIDL\r\n"), POP3_EV_OUTPUT);
	assert_in_range(b.out.len, sizeof(b.at) - 100, sizeof(b.at));
	b.out.len = 0;
	pop3_server_abort(&b.engine, POP3_CODE_SYS_TEMP, "Time-out");
	assert_int_equal(bare_run(&b, ""), POP3_EV_CLOSE);
	assert_int_equal(b.out.len, 0);
}

static void a_full_output_stops_all(void **state)
{
	uint8_t at[POP3_OUT_MIN];
	struct pop3_writer out = pop3_writer_of(at, sizeof(at));
	struct pop3_slice in = POP3_LITERAL("NOOP\r\n");
	struct bare b;
	(void)state;

	bare_begin(&b);
	out.len = 1;
	assert_int_equal(pop3_server_run(&b.engine, &in, &out, &b.ev),
			 POP3_EV_OUTPUT);
	assert_int_equal(in.len, 6);
	assert_int_equal(out.len, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		with_drop(quit_says_what_stayed),
		with_drop(commit_comes_before_the_reply),
		with_drop(one_message_that_fails_fails_alone),
		with_drop(late_listings_are_asked_for_once),
		with_drop(listings_that_fail_hurt_nothing_else),
		with_drop(an_empty_maildrop_needs_no_listing),
		with_drop(a_mark_that_fails_counts_nothing),
		with_drop(abort_says_why_and_closes),
		cmocka_unit_test(abort_in_place_of_the_greeting),
		cmocka_unit_test(abort_while_an_answer_is_owed),
		cmocka_unit_test(numbers_do_not_wrap),
		cmocka_unit_test(abort_within_a_listing_only_closes),
		cmocka_unit_test(a_full_output_stops_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
