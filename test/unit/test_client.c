// SPDX-License-Identifier: ISC
/*
 * test_client.c - the client's engine: whole sessions, and what is read of
 * replies and listings in every dialect that is known.
 */
#include "client_play.h"

/* The session of the tutorial that this project began with. */
static void the_tutorials_session(void **state)
{
	static const struct client_line lines[] = {
		{ .hear = "+OK VOPmail POP3 Server-NOTF 4.6.189.0 Ready "
			  "<4d2.67@example.com>\r\n" },
		{ "USER mark_boyle2002",
		  .hear = "+OK mark_boyle2002 is welcome on this server.\r\n" },
		{ "PASS *****",
		  .hear = "+OK mark_boyle2002 logged in at 19:04\r\n" },
		{ "STAT", .hear = "+OK 1 3805\r\n" },
		{ "LIST", .hear = "+OK 2 messages (7610 octets)\r\n1 3805\r\n"
				  "2 3805\r\n.\r\n" },
		{ "RETR 1", .hear = "+OK 3805 octets\r\n<msg data>\r\n.\r\n" },
		{ "DELE 1", .hear = "+OK 1 deleted\r\n" },
		{ "QUIT", .hear = "+GOODBYE\r\n" },
	};
	(void)state;

	assert_client(
	    lines,
	    "GREETING + \"VOPmail POP3 Server-NOTF 4.6.189.0 Ready "
	    "<4d2.67@example.com>\" <4d2.67@example.com>\n"
	    "REPLY USER + \"mark_boyle2002 is welcome on this server.\"\n"
	    "REPLY PASS + \"mark_boyle2002 logged in at 19:04\"\n"
	    "REPLY STAT + count=1 octets=3805 \"1 3805\"\n"
	    "ENTRY LIST 1 octets=3805\n"
	    "ENTRY LIST 2 octets=3805\n"
	    "REPLY LIST + count=2 octets=7610 \"\"\n"
	    "TEXT RETR 1 \"<msg data>\\r\\n\"\n"
	    "REPLY RETR 1 + octets=3805 \"\"\n"
	    "REPLY DELE 1 + \"1 deleted\"\n"
	    "REPLY QUIT + \"\"\n");
}

static void every_verb(void **state)
{
	static const struct client_line lines[] = {
		GREETING,
		{ "CAPA", .hear = "+OK\r\nTOP\r\n\r\nX-ODD a b\r\n.\r\n" },
		{ "UTF8", .hear = "+OK\r\n" },
		{ "APOP a 0123456789abcdef0123456789abcdef",
		  .hear = "-ERR no\r\n" },
		{ "AUTH LOGIN", .hear = "+ VXNlcg==\r\n" },
		{ "dGVzdA==", .hear = "+OK in\r\n" },
		{ "LIST 7", .hear = "+OK 7 120\r\n" },
		{ "UIDL", .hear = "+OK\r\n7 abc\r\n.\r\n" },
		{ "UIDL 7", .hear = "+OK 7 abc\r\n" },
		{ "TOP 7 0", .hear = "+OK\r\nS: 7\r\n\r\n.\r\n" },
		{ "RSET", .hear = "+OK\r\n" },
		{ "NOOP", .hear = "+OK\r\n" },
		{ "QUIT", .hear = "-ERR [SYS/TEMP] 1 stayed\r\n" },
	};
	(void)state;

	assert_client(lines,
		      GREETING_TOLD "CAPABILITY \"TOP\"\n"
				    "CAPABILITY \"\"\n"
				    "CAPABILITY \"X-ODD a b\"\n"
				    "REPLY CAPA + \"\"\n"
				    "REPLY UTF8 + \"\"\n"
				    "REPLY APOP - \"no\"\n"
				    "CHALLENGE \"VXNlcg==\"\n"
				    "REPLY AUTH + \"in\"\n"
				    "REPLY LIST 7 + octets=120 \"7 120\"\n"
				    "ENTRY UIDL 7 uid \"abc\"\n"
				    "REPLY UIDL + \"\"\n"
				    "REPLY UIDL 7 + uid \"abc\" \"7 abc\"\n"
				    "TEXT TOP 7 \"S: 7\\r\\n\\r\\n\"\n"
				    "REPLY TOP 7 + \"\"\n"
				    "REPLY RSET + \"\"\n"
				    "REPLY NOOP + \"\"\n"
				    "REPLY QUIT - [SYS/TEMP] \"1 stayed\"\n");
}

/* Pipelined: the answers come together, in the order of the commands. */
static void many_wait_at_once(void **state)
{
	static const struct client_line lines[] = {
		GREETING,
		{ .say = "USER a" },
		{ .say = "PASS b" },
		{ .say = "STAT" },
		{ .say = "UIDL" },
		{ .say = "RETR 1" },
		{ .say = "RETR 2" },
		{ .say = "RETR 3" },
		{ .say = "DELE 1" },
		{ "QUIT", .hear = "+OK\r\n+OK\r\n+OK 2 9\r\n-ERR none\r\n"
				  "+OK\r\na\r\n.\r\n-ERR [SYS/PERM] broken\r\n"
				  "+OK\r\n.\r\n+OK\r\n+OK bye\r\n" },
	};
	(void)state;

	assert_client(lines,
		      GREETING_TOLD "REPLY USER + \"\"\n"
				    "REPLY PASS + \"\"\n"
				    "REPLY STAT + count=2 octets=9 \"2 9\"\n"
				    "REPLY UIDL - \"none\"\n"
				    "TEXT RETR 1 \"a\\r\\n\"\n"
				    "REPLY RETR 1 + \"\"\n"
				    "REPLY RETR 2 - [SYS/PERM] \"broken\"\n"
				    "REPLY RETR 3 + \"\"\n"
				    "REPLY DELE 1 + \"\"\n"
				    "REPLY QUIT + \"bye\"\n");
}

/* --- one reply --- */

static void the_sign_is_all_that_counts(void **state)
{
	(void)state;
	assert_answer("NOOP", "+\r\n", "REPLY NOOP + \"\"\n");
	assert_answer("NOOP", "+OK\n", "REPLY NOOP + \"\"\n");
	assert_answer("NOOP", "+ok  two words \r\n",
		      "REPLY NOOP + \"two words\"\n");
	assert_answer("NOOP", "+OKAY\tfine\r\r\n", "REPLY NOOP + \"fine\"\n");
	assert_answer("NOOP", "+ OK\r\n", "REPLY NOOP + \"OK\"\n");
	assert_answer("NOOP", "-\r\n", "REPLY NOOP - \"\"\n");
	assert_answer("NOOP", "-ERROR \xE9t\xE9\r\n",
		      "REPLY NOOP - \"\\xE9t\\xE9\"\n");
	assert_answer("RETR 3", "-ERR no such message\r\n",
		      "REPLY RETR 3 - \"no such message\"\n");
	assert_answer("LIST", "-ERR no\r\n", "REPLY LIST - \"no\"\n");
}

static void codes_are_known_in_any_case(void **state)
{
	(void)state;
	assert_answer("PASS x", "-ERR [AUTH] no\r\n",
		      "REPLY PASS - [AUTH] \"no\"\n");
	assert_answer("PASS x", "-ERR [in-use]busy\r\n",
		      "REPLY PASS - [IN-USE] \"busy\"\n");
	assert_answer("PASS x", "-ERR [LOGIN-DELAY]\r\n",
		      "REPLY PASS - [LOGIN-DELAY] \"\"\n");
	assert_answer("PASS x", "-ERR [SYS/TEMP/DISK] full\r\n",
		      "REPLY PASS - [SYS/TEMP] \"full\"\n");
	assert_answer("PASS x", "-ERR [SYS/PERM] gone\r\n",
		      "REPLY PASS - [SYS/PERM] \"gone\"\n");
	assert_answer("RETR 1", "-ERR [UTF8] say UTF8\r\n",
		      "REPLY RETR 1 - [UTF8] \"say UTF8\"\n");
}

/* A person may make something of it. */
static void unknown_codes_stay_in_the_text(void **state)
{
	(void)state;
	assert_answer("PASS x", "-ERR [SYS] a\r\n",
		      "REPLY PASS - \"[SYS] a\"\n");
	assert_answer("PASS x", "-ERR [AUTHX] a\r\n",
		      "REPLY PASS - \"[AUTHX] a\"\n");
	assert_answer("PASS x", "-ERR [] a\r\n", "REPLY PASS - \"[] a\"\n");
	assert_answer("PASS x", "-ERR [AUTH a\r\n",
		      "REPLY PASS - \"[AUTH a\"\n");
	assert_answer("PASS x", "-ERR a [AUTH] b\r\n",
		      "REPLY PASS - \"a [AUTH] b\"\n");
}

static void numbers_of_stat(void **state)
{
	(void)state;
	assert_answer("STAT", "+OK 2 320\r\n",
		      "REPLY STAT + count=2 octets=320 \"2 320\"\n");
	assert_answer("STAT", "+OK 0 0 and more 7\r\n",
		      "REPLY STAT + count=0 octets=0 \"0 0 and more 7\"\n");
	assert_answer(
	    "STAT", "+OK 4294967295 18446744073709551615\r\n",
	    "REPLY STAT + count=4294967295 octets=18446744073709551615 "
	    "\"4294967295 18446744073709551615\"\n");
	assert_answer("STAT", "+OK 4294967296 1\r\n",
		      "REPLY STAT + \"4294967296 1\"\n");
	assert_answer("STAT", "+OK 1 18446744073709551616\r\n",
		      "REPLY STAT + count=1 \"1 18446744073709551616\"\n");
	assert_answer("STAT", "+OK -1 5\r\n", "REPLY STAT + \"-1 5\"\n");
	assert_answer("STAT", "+OK\r\n", "REPLY STAT + \"\"\n");
	assert_answer("STAT", "+OK you have 2 messages\r\n",
		      "REPLY STAT + \"you have 2 messages\"\n");
}

static void numbers_of_list(void **state)
{
	(void)state;
	assert_answer("LIST", "+OK 2 7610\r\n.\r\n",
		      "REPLY LIST + count=2 octets=7610 \"\"\n");
	assert_answer("LIST", "+OK 2 messages:\r\n.\r\n",
		      "REPLY LIST + count=2 \"\"\n");
	assert_answer("LIST",
		      "+OK POP3 clients that break here, they violate "
		      "STD53.\r\n.\r\n",
		      "REPLY LIST + \"\"\n");
	assert_answer("LIST", "+OK\r\n.\r\n", "REPLY LIST + \"\"\n");
}

static void numbers_of_one_message(void **state)
{
	(void)state;
	assert_answer("LIST 2", "+OK 2 120 octets\r\n",
		      "REPLY LIST 2 + octets=120 \"2 120 octets\"\n");
	assert_answer("LIST 2", "+OK 3 120\r\n",
		      "REPLY LIST 2 + malformed \"3 120\"\n");
	assert_answer("LIST 2", "+OK\r\n", "REPLY LIST 2 + malformed \"\"\n");
	assert_answer("UIDL 2", "+OK 2   a b \r\n",
		      "REPLY UIDL 2 + uid \"a b\" \"2   a b\"\n");
	assert_answer("UIDL 2", "+OK 1 a\r\n",
		      "REPLY UIDL 2 + malformed \"1 a\"\n");
	assert_answer("UIDL 2", "+OK 2\r\n",
		      "REPLY UIDL 2 + malformed \"2\"\n");
}

static void octets_of_retr(void **state)
{
	(void)state;
	assert_answer("RETR 1", "+OK 3805 octets\r\n.\r\n",
		      "REPLY RETR 1 + octets=3805 \"\"\n");
	assert_answer("RETR 1", "+OK 1 3805\r\n.\r\n",
		      "REPLY RETR 1 + octets=3805 \"\"\n");
	assert_answer("RETR 1", "+OK Message follows (3805 bytes)\r\n.\r\n",
		      "REPLY RETR 1 + octets=3805 \"\"\n");
	assert_answer("RETR 1", "+OK 1 octets\r\n.\r\n",
		      "REPLY RETR 1 + octets=1 \"\"\n");
	assert_answer("RETR 1", "+OK message 1 follows\r\n.\r\n",
		      "REPLY RETR 1 + \"\"\n");
	assert_answer("RETR 1", "+OK 2 3805\r\n.\r\n", "REPLY RETR 1 + \"\"\n");
}

/* --- listings --- */

static void entries_of_list(void **state)
{
	(void)state;
	assert_answer("LIST",
		      "+OK\r\n1 120\r\n 2  200 \r\n3\t4 more\r\n"
		      "4294967295 18446744073709551615\n.\r\n",
		      "ENTRY LIST 1 octets=120\n"
		      "ENTRY LIST 2 octets=200\n"
		      "ENTRY LIST 3 octets=4\n"
		      "ENTRY LIST 4294967295 octets=18446744073709551615\n"
		      "REPLY LIST + \"\"\n");
	assert_answer("LIST",
		      "+OK\r\n\r\n0 1\r\n1\r\n1 x\r\n-1 5\r\n4294967296 1\r\n"
		      "..\r\n1 18446744073709551616\r\n.1 5\r\n . \r\n",
		      "ENTRY LIST malformed\n"
		      "ENTRY LIST malformed\n"
		      "ENTRY LIST malformed\n"
		      "ENTRY LIST malformed\n"
		      "ENTRY LIST malformed\n"
		      "ENTRY LIST malformed\n"
		      "ENTRY LIST malformed\n"
		      "ENTRY LIST malformed\n"
		      "ENTRY LIST 1 octets=5\n"
		      "REPLY LIST + \"\"\n");
}

/* What is behind a blank belongs to the unique-id: cut there, two of them could
 * be one. */
static void entries_of_uidl(void **state)
{
	(void)state;
	assert_answer("UIDL",
		      "+OK\r\n1 whqtswO00WBw418f9t5JxYwZ\r\n  2   a  b \n"
		      "3 \xE9\n2 a\r\n.\n",
		      "ENTRY UIDL 1 uid \"whqtswO00WBw418f9t5JxYwZ\"\n"
		      "ENTRY UIDL 2 uid \"a  b\"\n"
		      "ENTRY UIDL 3 uid \"\\xE9\"\n"
		      "ENTRY UIDL 2 uid \"a\"\n"
		      "REPLY UIDL + \"\"\n");
	assert_answer("UIDL",
		      "+OK\r\n1\r\n1 \r\nx y\r\n1 a\x01"
		      "b\r\n1 a\tb\r\n1 \x7F\r\n-ERR gone\r\n.\r\n",
		      "ENTRY UIDL malformed\n"
		      "ENTRY UIDL malformed\n"
		      "ENTRY UIDL malformed\n"
		      "ENTRY UIDL malformed\n"
		      "ENTRY UIDL malformed\n"
		      "ENTRY UIDL malformed\n"
		      "ENTRY UIDL malformed\n"
		      "REPLY UIDL + \"\"\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tutorials_session),
		cmocka_unit_test(every_verb),
		cmocka_unit_test(many_wait_at_once),
		cmocka_unit_test(the_sign_is_all_that_counts),
		cmocka_unit_test(codes_are_known_in_any_case),
		cmocka_unit_test(unknown_codes_stay_in_the_text),
		cmocka_unit_test(numbers_of_stat),
		cmocka_unit_test(numbers_of_list),
		cmocka_unit_test(numbers_of_one_message),
		cmocka_unit_test(octets_of_retr),
		cmocka_unit_test(entries_of_list),
		cmocka_unit_test(entries_of_uidl),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
