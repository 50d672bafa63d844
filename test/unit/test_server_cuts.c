// SPDX-License-Identifier: ISC
/*
 * test_server_cuts.c - however the network cuts what a client sends, and
 * however little room there is for the answer, the server does and says the
 * same.
 */
#include "unit.h"
#include "memserver.h"

#define LONG                                                                   \
	"0123456789012345678901234567890123456789012345678901234567890123456"  \
	"789012345678901234567890123456789012345678901234567890123456789012"

/* As POP3_LITERAL, but for static objects. */
#define OCTETS(s)                                                              \
	{                                                                      \
		(const uint8_t *)(s), sizeof(s) - 1                            \
	}

static const struct pop3_slice conversations[] = {
	OCTETS(""),
	OCTETS("QUIT\r\n"),
	OCTETS("USER test\r\nPASS secret\r\nSTAT\r\nLIST\r\nUIDL\r\n"
	       "RETR 1\r\nTOP 2 1\r\nDELE 1\r\nLIST\r\nUIDL\r\n"
	       "LIST 2\r\nUIDL 2\r\nRSET\r\nDELE 2\r\nQUIT\r\n"),
	OCTETS("USER test\nPASS secret\nSTAT\nRETR 2\nQUIT\nSTAT\n"),
	OCTETS("USER test\r\nPASS wrong\r\nPASS secret\r\nUSER blank\r\n"
	       "PASS two  words \r\nNOOP\r\nCAPA\r\nAUTH \r\n"),
	OCTETS("\r\n\n\r\r\n\0\r\nSTAT\0\r\n \r\nCAPA\r\nUSER\r\nAUTH\r\n"
	       "USER test\r\nCAPA\r\nPASS secret\r\nUSER x\r\nLIST 0\r\n"
	       "LIST 4294967297\r\nRETR x\r\nTOP 1\r\nTOP 1 -1\r\n"),
	OCTETS("USER a\r\nPASS 1\r\nUSER a\r\nPASS 2\r\nUSER a\r\n"
	       "PASS 3\r\nUSER test\r\nPASS secret\r\n"),
	OCTETS(LONG LONG LONG "\r\nUSER test\r\nPASS " LONG LONG
			      "\r\nPASS secret\r\n" LONG LONG),
	OCTETS("USER test\r\nPASS secret\r\nDELE 1\r\nDELE 2\r\nQUI"),
	OCTETS("AUTH PLAIN\r\nAHRlc3QAd3Jvbmc=\r\nAUTH LOGIN\r\n*\r\n"
	       "AUTH LOGIN dGVzdA==\r\nc2VjcmV0\r\nSTAT\r\nCAPA\r\n"),
	OCTETS("AUTH PLAIN =\nAUTH PLAIN\n\nAUTH PLAIN\nAA=A\nCAPA\n"),
	OCTETS("UTF8\r\nLANG\r\nLANG *\r\nAPOP test x\r\nSTLS\r\n"
	       "APOP test " MEMSERVER_DIGEST "\r\nLANG\r\nQUIT\r\n"),
	OCTETS("AUTH PLAIN\r\n" LONG LONG LONG "\r\nCAPA\r\n"),
	OCTETS("CAPA\r\nGET / HTTP/1.1\r\nUSER test\r\nPASS secret\r\n"),
	OCTETS("POST /" LONG LONG LONG "\r\nUSER test\r\nPASS secret\r\n"),
	OCTETS("X\n\x16\x03\x01\x02\nUSER test\nPASS secret\n"),
	OCTETS(LONG LONG LONG "\x16\x03\n\x16\x03\x01\nUSER test\n"),
};

static const struct memserver_options options[] = {
	{ .out_cap = 65536 },
	{ .out_cap = POP3_OUT_MIN, .lists_late = true },
	{ .out_cap = POP3_OUT_MIN + 1, .lists_late = true, .list_fails = true },
	{ .out_cap = 1000, .reveal_users = true },
	{ .out_cap = 1000, .refuse = POP3_CODE_IN_USE },
	{ .out_cap = POP3_OUT_MIN,
	  .stamp = MEMSERVER_STAMP,
	  .sasl = true,
	  .utf8 = true,
	  .login_delay_s = 900 },
	{ .out_cap = 600, .sasl = true, .no_plaintext = true },
};

struct played {
	struct octets sent, trace;
	bool is_closed;
};

static void fill_drop(struct memdrop *drop)
{
	(void)memdrop_add(drop, "uid-1", POP3_LITERAL("S: 1\n\n.one\n"));
	(void)memdrop_add(drop, "uid-2",
			  POP3_LITERAL("S: 2\r\n\r\ntwo\r\nlines"));
	drop->messages[1].is_stuck = true;
}

/* Plays in as two pieces, or octet by octet if cut is beyond its end. */
static void play(struct pop3_slice in, struct memserver_options how, size_t cut,
		 struct played *played_r)
{
	struct memdrop drop = { 0 };
	struct memserver ms;

	fill_drop(&drop);
	memserver_begin(&ms, &drop, how);
	if (cut <= in.len) {
		memserver_feed(&ms, pop3_slice_of(in.at, cut));
		memserver_feed(&ms, pop3_slice_tail(in, cut));
	} else {
		for (size_t i = 0; i < in.len; i++) {
			memserver_feed(&ms, pop3_slice_of(in.at + i, 1));
		}
	}
	*played_r = (struct played){ ms.sent, ms.trace, ms.is_closed };
	ms.sent = ms.trace = (struct octets){ 0 };
	memserver_end(&ms);
	memdrop_finish(&drop);
}

static void played_finish(struct played *p)
{
	octets_finish(&p->sent);
	octets_finish(&p->trace);
}

static void same_at_every_cut(struct pop3_slice in,
			      struct memserver_options how)
{
	struct played want, got;

	play(in, how, 0, &want);
	for (size_t cut = 1; cut <= in.len + 1; cut++) {
		play(in, how, cut, &got);
		assert_same(octets_all(&got.sent), octets_all(&want.sent));
		assert_same(octets_all(&got.trace), octets_all(&want.trace));
		assert_int_equal(got.is_closed, want.is_closed);
		played_finish(&got);
	}
	played_finish(&want);
}

static void every_conversation_at_every_cut(void **state)
{
	(void)state;
	for (size_t c = 0; c < COUNT_OF(conversations); c++) {
		for (size_t o = 0; o < COUNT_OF(options); o++) {
			same_at_every_cut(conversations[c], options[o]);
		}
	}
}

/* The answer to STLS parts the octets before it from those behind it; within
 * each part no cut makes a difference. */
static void every_cut_before_and_behind_stls(void **state)
{
	static const struct pop3_slice
	    clear = OCTETS("UTF8\r\nUSER test\r\nCAPA\r\nSTLS\r\n"),
	    secured = OCTETS("PASS secret\r\nSTLS\r\nAUTH PLAIN\r\n"
			     "AHRlc3QAc2VjcmV0\r\nCAPA\r\nQUIT\r\n");
	static const struct memserver_options how = {
		.out_cap = POP3_OUT_MIN,
		.stls = true,
		.sasl = true,
		.utf8 = true,
	};
	struct octets want = { 0 };
	(void)state;

	for (size_t cut = 0; cut <= clear.len + secured.len; cut++) {
		struct memdrop drop = { 0 };
		struct memserver ms;
		size_t a = cut < clear.len ? cut : clear.len;

		memserver_begin(&ms, &drop, how);
		memserver_feed(&ms, pop3_slice_of(clear.at, a));
		memserver_feed(&ms, pop3_slice_tail(clear, a));
		memserver_feed(&ms, pop3_slice_of(secured.at, cut - a));
		memserver_feed(&ms, pop3_slice_tail(secured, cut - a));
		if (cut == 0) {
			octets_add(&want, octets_all(&ms.sent));
		}
		assert_same(octets_all(&ms.sent), octets_all(&want));
		assert_slice(octets_all(&ms.trace),
			     "STLS\nAUTH PLAIN|\nRESPONSE "
			     "AHRlc3QAc2VjcmV0|\nCOMMIT\nCLOSE\n");
		memserver_end(&ms);
	}
	octets_finish(&want);
}

/* A listing with holes, in pieces of every size: nothing lost, nothing twice,
 * one terminator. */
static void listings_in_any_room(void **state)
{
	static const struct pop3_slice in =
	    OCTETS("USER test\r\nPASS secret\r\nDELE 1\r\nDELE 7\r\n"
		   "DELE 60\r\nLIST\r\nUIDL\r\nCAPA\r\nNOOP\r\n");
	struct memdrop drop = { 0 };
	struct octets want = { 0 };
	(void)state;

	for (int i = 0; i < 60; i++) {
		char uid[] = "a-unique-id-of-some-length-00";

		uid[sizeof(uid) - 3] = (char)('0' + i / 10);
		uid[sizeof(uid) - 2] = (char)('0' + i % 10);
		(void)memdrop_add(&drop, uid, POP3_LITERAL("x\n"));
	}
	for (size_t cap = 8192; cap >= POP3_OUT_MIN;
	     cap -= cap > 1024 ? 1024 : 1) {
		struct memserver ms;

		memserver_begin(&ms, &drop,
				(struct memserver_options){ .out_cap = cap });
		memserver_feed(&ms, in);
		if (cap == 8192) {
			octets_add(&want, octets_all(&ms.sent));
		}
		assert_same(octets_all(&ms.sent), octets_all(&want));
		memserver_end(&ms);
	}
	octets_finish(&want);
	memdrop_finish(&drop);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_conversation_at_every_cut),
		cmocka_unit_test(every_cut_before_and_behind_stls),
		cmocka_unit_test(listings_in_any_room),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
