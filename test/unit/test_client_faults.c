// SPDX-License-Identifier: ISC
/*
 * test_client_faults.c - what no client can go on from, and every limit: a
 * fault is told once it is known, and for good.
 */
#include "client_play.h"

static void assert_fault(const struct client_line *lines, size_t count,
			 const char *want)
{
	client_play(lines, count, want);
}

#define assert_broken(lines, want) assert_fault((lines), COUNT_OF(lines), want)

static void no_pop3_at_all(void **state)
{
	static const struct client_line smtp[] = {
		{ .hear = "220 mx.example.com ESMTP\r\n" }
	};
	static const struct client_line imap[] = { { .hear = "* OK\n" } };
	static const struct client_line blank[] = { { .hear = "\r\n" } };
	static const struct client_line late[] = { { .hear = " +OK\r\n" } };
	static const struct client_line tls[] = { { HEARS(
	    "\x15\x03\x01\x00\x02\x02") } };
	(void)state;

	assert_broken(smtp, "BROKEN REPLY at GREETING "
			    "\"220 mx.example.com ESMTP\"\n");
	assert_broken(imap, "BROKEN REPLY at GREETING \"* OK\"\n");
	assert_broken(blank, "BROKEN REPLY at GREETING \"\"\n");
	assert_broken(late, "BROKEN REPLY at GREETING \" +OK\"\n");
	/* no line end may ever come: it is known at once */
	assert_broken(tls, "BROKEN REPLY at GREETING \"\"\n");
}

static void no_reply_where_one_is_due(void **state)
{
	static const struct client_line lines[] = {
		GREETING,
		{ .say = "NOOP" },
		{ "STAT", .hear = "+OK\r\nOK 1 2\r\n+OK\r\n" },
	};
	(void)state;

	assert_broken(lines, GREETING_TOLD "REPLY NOOP + \"\"\n"
					   "BROKEN REPLY at STAT \"OK 1 2\"\n");
}

/* Often it is the reason why the server ends the connection. */
static void what_nobody_asked_for(void **state)
{
	static const struct client_line lines[] = {
		GREETING,
		{ "NOOP", .hear = "+OK\r\n-ERR idle for too long\r\n" },
	};
	static const struct client_line bye[] = {
		GREETING,
		{ "QUIT", .hear = "+OK\r\n+OK\r\n" },
	};
	static const struct client_line odd[] = {
		{ HEARS("+OK\r\n\0\r\n") },
	};
	(void)state;

	assert_broken(lines, GREETING_TOLD
		      "REPLY NOOP + \"\"\n"
		      "BROKEN UNASKED at REST \"-ERR idle for too long\"\n");
	assert_broken(bye, GREETING_TOLD "REPLY QUIT + \"\"\n"
					 "BROKEN UNASKED at REST \"+OK\"\n");
	assert_broken(odd, GREETING_TOLD "BROKEN UNASKED at REST \"\"\n");
}

/* An answer that began before its command was said is none. */
static void an_answer_that_is_too_early(void **state)
{
	struct memclient mc;
	(void)state;

	memclient_begin(&mc);
	memclient_hear_str(&mc, "+OK\r\n+O");
	assert_int_equal(memclient_say_str(&mc, "NOOP"), 0);
	memclient_hear_str(&mc, "K\r\n");
	assert_slice(memclient_trace(&mc),
		     GREETING_TOLD "BROKEN UNASKED at NOOP \"+OK\"\n");
	memclient_finish(&mc);
}

/* --- limits --- */

static void hear_long(struct memclient *mc, const char *before, size_t len,
		      const char *behind)
{
	static uint8_t at[3 * POP3_CLIENT_LINE_MAX];

	memset(at, 'x', sizeof(at));
	memcpy(at, before, strlen(before));
	memcpy(at + len - strlen(behind), behind, strlen(behind));
	memclient_hear(mc, pop3_slice_of(at, len));
}

static void assert_long(const char *say, const char *begin, const char *before,
			bool want)
{
	for (int cut = MEMCLIENT_WHOLE; cut <= MEMCLIENT_OCTETS; cut++) {
		for (size_t more = 0; more <= 2; more++) {
			struct memclient mc;

			memclient_begin(&mc);
			mc.cut = (enum memclient_cut)cut;
			if (say != NULL) {
				memclient_hear_str(&mc, "+OK\r\n");
				assert_int_equal(
				    memclient_say(&mc, client_str(say)), 0);
			}
			memclient_hear(&mc, client_str(begin));
			hear_long(&mc, before, POP3_CLIENT_LINE_MAX + more,
				  "\r\n");
			assert_int_equal(mc.is_broken, want && more != 0);
			assert_int_equal(mc.engine.fault,
					 want && more != 0 ? POP3_FAULT_LINE
							   : POP3_FAULT_NONE);
			memclient_finish(&mc);
		}
	}
}

static void a_line_has_its_limit(void **state)
{
	(void)state;
	assert_long(NULL, "", "+OK ", true);
	assert_long("NOOP", "", "-ERR ", true);
	assert_long("LIST", "+OK\r\n", "1 2 ", true);
	assert_long("UIDL", "+OK\r\n", "1 ", true);
	assert_long("CAPA", "+OK\r\n", "SASL ", true);
	assert_long("AUTH PLAIN", "", "+ ", true);
	/* but not one of a message */
	assert_long("RETR 1", "+OK\r\n", "x", false);
	assert_long("TOP 1 1", "+OK\r\n", "x", false);
}

/* Without an end it is given up as soon as it cannot be one. */
static void a_line_that_never_ends(void **state)
{
	struct memclient mc;
	(void)state;

	memclient_begin(&mc);
	hear_long(&mc, "+", POP3_CLIENT_LINE_MAX - 1, "");
	assert_false(mc.is_broken);
	hear_long(&mc, "", 1, "");
	assert_true(mc.is_broken);
	assert_slice(memclient_trace(&mc), "BROKEN LINE at GREETING \"\"\n");
	memclient_finish(&mc);
}

static void a_uid_has_its_limit(void **state)
{
	uint8_t at[POP3_CLIENT_UID_MAX + 20];
	(void)state;

	for (size_t more = 0; more <= 1; more++) {
		size_t len = POP3_CLIENT_UID_MAX + more;
		struct memclient mc;

		memset(at, 'u', sizeof(at));
		memcpy(at, "9 ", 2);
		memcpy(at + 2 + len, "\r\n.\r\n", 5);
		memclient_begin(&mc);
		memclient_hear_str(&mc, "+OK\r\n");
		assert_int_equal(memclient_say_str(&mc, "UIDL"), 0);
		memclient_hear_str(&mc, "+OK\r\n");
		mc.trace.len = 0;
		memclient_hear(&mc, pop3_slice_of(at, 2 + len + 5));
		if (more == 0) {
			assert_true(mc.trace.len > len);
		} else {
			assert_slice(memclient_trace(&mc),
				     "ENTRY UIDL malformed\n"
				     "REPLY UIDL + \"\"\n");
		}
		memclient_finish(&mc);
	}
}

/* Millions of entries cost no memory. */
static void a_listing_may_be_endless(void **state)
{
	struct memclient mc;
	(void)state;

	memclient_begin(&mc);
	memclient_hear_str(&mc, "+OK\r\n");
	assert_int_equal(memclient_say_str(&mc, "LIST"), 0);
	memclient_hear_str(&mc, "+OK 1 1\r\n");
	for (int i = 0; i < 100000; i++) {
		memclient_hear_str(&mc, "7 4\r\n");
		mc.trace.len = 0;
	}
	memclient_hear_str(&mc, ".\r\n");
	assert_slice(memclient_trace(&mc),
		     "REPLY LIST + count=1 octets=1 \"\"\n");
	memclient_finish(&mc);
}

/* finish leaves nothing behind. */
static void finish_wipes(void **state)
{
	static const struct pop3_client nothing;
	struct memclient mc;
	(void)state;

	memclient_begin(&mc);
	memclient_hear_str(&mc, "+OK\r\n");
	pop3_client_finish(&mc.engine);
	assert_memory_equal(&mc.engine, &nothing, sizeof(nothing));
	memclient_finish(&mc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_pop3_at_all),
		cmocka_unit_test(no_reply_where_one_is_due),
		cmocka_unit_test(what_nobody_asked_for),
		cmocka_unit_test(an_answer_that_is_too_early),
		cmocka_unit_test(a_line_has_its_limit),
		cmocka_unit_test(a_line_that_never_ends),
		cmocka_unit_test(a_uid_has_its_limit),
		cmocka_unit_test(a_listing_may_be_endless),
		cmocka_unit_test(finish_wipes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
