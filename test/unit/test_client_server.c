// SPDX-License-Identifier: ISC
/*
 * test_client_server.c - the client's engine played against the server's, all
 * in memory: every verb, over messages that are nothing but corners, however
 * the network cuts what each says.
 */
#include "client_play.h"
#include "memserver.h"
#include "naive.h"
#include "texts.h"
#include <stdio.h>

struct pair {
	struct memdrop drop;
	struct memserver server;
	struct memclient client;
	size_t taken; /* of what the server sent */
	uint64_t seed;
};

static void fill(struct memdrop *drop)
{
	static const char *const texts[] = {
		"S: 1\n\nbody\n", "",         ".",
		"..\n.\n",        "no end",   "\r\n.\r\n",
		"\r.\n\n.\n",     "a\r\nb\n", "S: 9\r\n\r\n.\r\n+OK\r\n.\r\n",
	};
	char uid[] = "uid-0";

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		uid[4] = (char)('1' + i);
		(void)memdrop_add(drop, uid, client_str(texts[i]));
	}
}

static void pair_begin(struct pair *p, struct memserver_options options,
		       enum memclient_cut cut)
{
	memset(p, 0, sizeof(*p));
	p->seed = 0x9E3779B97F4A7C15;
	fill(&p->drop);
	memserver_begin(&p->server, &p->drop, options);
	memclient_begin(&p->client);
	p->client.cut = cut;
}

static void pair_finish(struct pair *p)
{
	memserver_end(&p->server);
	memclient_finish(&p->client);
	memdrop_finish(&p->drop);
}

/* What was said goes over, in pieces of any length, until all is quiet. */
static void exchange(struct pair *p)
{
	struct pop3_slice said = memclient_said(&p->client);

	while (said.len != 0) {
		size_t len = 1 + texts_random(&p->seed) % said.len;

		memserver_feed(&p->server, pop3_slice_of(said.at, len));
		said = pop3_slice_tail(said, len);
	}
	while (p->taken < p->server.sent.len) {
		struct pop3_slice sent =
		    pop3_slice_tail(octets_all(&p->server.sent), p->taken);

		sent.len = 1 + texts_random(&p->seed) % sent.len;
		memclient_hear(&p->client, sent);
		p->taken += sent.len;
	}
	assert_false(p->client.is_broken);
}

static void say(struct pair *p, const char *line)
{
	assert_int_equal(memclient_say(&p->client, client_str(line)), 0);
}

/* One command, and all of its answer. */
static void do_line(struct pair *p, const char *line)
{
	say(p, line);
	exchange(p);
	assert_true(pop3_client_awaited(&p->client.engine) <=
		    (p->client.engine.has_challenge ? 1 : 0));
}

/* The last event is a reply with this sign, to this verb. */
static void assert_last(struct pair *p, const char *want)
{
	struct pop3_slice trace = memclient_trace(&p->client);
	size_t at = trace.len - 1;

	while (at != 0 && trace.at[at - 1] != '\n') {
		at--;
	}
	trace = pop3_slice_tail(trace, at);
	assert_true(trace.len >= strlen(want));
	assert_same(pop3_slice_of(trace.at, strlen(want)), client_str(want));
}

static void log_in(struct pair *p)
{
	exchange(p);
	do_line(p, "USER test");
	do_line(p, "PASS secret");
	assert_last(p, "REPLY PASS +");
}

static const struct memserver_options plain = { .out_cap = 65536 };

/* --- a session of all verbs --- */

static void every_verb(void **state)
{
	struct pair p;
	(void)state;

	pair_begin(&p,
		   (struct memserver_options){ .out_cap = POP3_OUT_MIN,
					       .sasl = true,
					       .stls = true,
					       .utf8 = true,
					       .lists_late = true,
					       .stamp = MEMSERVER_STAMP },
		   MEMCLIENT_WHOLE);
	exchange(&p);
	do_line(&p, "CAPA");
	assert_true(p.client.engine.capabilities.stls &&
		    p.client.engine.capabilities.pipelining);
	do_line(&p, "STLS");
	assert_last(&p, "REPLY STLS +");
	pop3_client_tls_begun(&p.client.engine);
	do_line(&p, "CAPA");
	assert_false(p.client.engine.capabilities.stls);
	assert_slice(pop3_slice_of(p.client.engine.capabilities.mechanisms,
				   p.client.engine.capabilities.mechanisms_len),
		     MEMSASL_MECHANISMS);
	do_line(&p, "UTF8");
	do_line(&p, "AUTH PLAIN");
	do_line(&p, "*");
	assert_last(&p, "REPLY AUTH -");
	do_line(&p, "AUTH LOGIN");
	do_line(&p, "dGVzdA==");
	do_line(&p, "c2VjcmV0");
	assert_last(&p, "REPLY AUTH +");
	assert_int_equal(p.client.engine.state, POP3_ST_TRANSACTION);
	do_line(&p, "NOOP");
	do_line(&p, "STAT");
	do_line(&p, "LIST");
	do_line(&p, "LIST 1");
	do_line(&p, "UIDL");
	do_line(&p, "UIDL 2");
	do_line(&p, "TOP 1 0");
	do_line(&p, "RETR 1");
	do_line(&p, "DELE 1");
	do_line(&p, "RETR 1");
	assert_last(&p, "REPLY RETR 1 -");
	do_line(&p, "RSET");
	do_line(&p, "DELE 2");
	do_line(&p, "QUIT");
	assert_last(&p, "REPLY QUIT +");
	assert_int_equal(p.client.engine.state, POP3_ST_CLOSED);
	assert_true(p.server.is_closed);
	assert_true(p.drop.messages[1].is_gone);
	assert_false(p.drop.messages[0].is_gone);
	pair_finish(&p);
}

static void apop(void **state)
{
	struct pair p;
	(void)state;

	pair_begin(&p,
		   (struct memserver_options){ .out_cap = POP3_OUT_MIN,
					       .stamp = MEMSERVER_STAMP },
		   MEMCLIENT_OCTETS);
	exchange(&p);
	assert_slice(memclient_trace(&p.client),
		     "GREETING + \"restante ready " MEMSERVER_STAMP
		     "\" " MEMSERVER_STAMP "\n");
	do_line(&p, "APOP test " MEMSERVER_DIGEST);
	assert_last(&p, "REPLY APOP +");
	pair_finish(&p);
}

/* What the server refuses is told with its code. */
static void refusals(void **state)
{
	struct pair p;
	(void)state;

	pair_begin(&p,
		   (struct memserver_options){ .out_cap = POP3_OUT_MIN,
					       .refuse = POP3_CODE_IN_USE },
		   MEMCLIENT_WHOLE);
	exchange(&p);
	do_line(&p, "USER test");
	do_line(&p, "PASS secret");
	assert_last(&p, "REPLY PASS - [IN-USE] \"Not now\"");
	pair_finish(&p);
	pair_begin(&p, plain, MEMCLIENT_WHOLE);
	exchange(&p);
	do_line(&p, "USER test");
	do_line(&p, "PASS wrong");
	assert_last(&p, "REPLY PASS - [AUTH]");
	pair_finish(&p);
	pair_begin(&p, plain, MEMCLIENT_WHOLE);
	p.drop.messages[0].is_missing = true;
	p.drop.messages[1].is_stuck = true;
	log_in(&p);
	do_line(&p, "RETR 1");
	assert_last(&p, "REPLY RETR 1 - [SYS/TEMP]");
	do_line(&p, "DELE 2");
	do_line(&p, "QUIT");
	assert_last(&p, "REPLY QUIT - [SYS/TEMP]");
	pair_finish(&p);
}

/* --- every octet of every message --- */

static void ask_for_all(struct pair *p, const char *verb, const char *behind)
{
	for (uint32_t i = 1; i <= p->drop.count; i++) {
		char line[64];

		assert_true(snprintf(line, sizeof(line), "%s %u%s", verb,
				     (unsigned)i, behind) < 64);
		say(p, line);
	}
	exchange(p);
	assert_int_equal(pop3_client_awaited(&p->client.engine), 0);
}

static void assert_all(struct pair *p, uint64_t lines)
{
	struct octets want = { 0 };

	for (uint32_t i = 0; i < p->drop.count; i++) {
		const struct memdrop_message *m = &p->drop.messages[i];

		naive_normal(pop3_slice_of(m->text, m->len), lines, &want);
	}
	assert_same(octets_all(&p->client.all_text), octets_all(&want));
	octets_finish(&want);
}

static void every_message_comes_as_it_is(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed < 200; seed++) {
		struct pair p;

		pair_begin(&p, plain, MEMCLIENT_WHOLE);
		p.seed = seed * 0x9E3779B97F4A7C15;
		log_in(&p);
		ask_for_all(&p, "RETR", "");
		assert_all(&p, NAIVE_ALL);
		p.client.all_text.len = 0;
		ask_for_all(&p, "TOP", " 1");
		assert_all(&p, 1);
		pair_finish(&p);
	}
}

static void octet_by_octet(void **state)
{
	struct pair p;
	(void)state;

	pair_begin(&p, plain, MEMCLIENT_OCTETS);
	log_in(&p);
	ask_for_all(&p, "RETR", "");
	assert_all(&p, NAIVE_ALL);
	pair_finish(&p);
}

/* The whole session in one go. */
static void pipelined_from_end_to_end(void **state)
{
	static const char *const lines[] = {
		"USER test", "PASS secret", "STAT", "LIST",   "UIDL",
		"RETR 9",    "DELE 9",      "NOOP", "RETR 1", "QUIT",
	};
	struct pair p;
	(void)state;

	pair_begin(&p, plain, MEMCLIENT_WHOLE);
	exchange(&p);
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		say(&p, lines[i]);
	}
	exchange(&p);
	assert_int_equal(pop3_client_awaited(&p.client.engine), 0);
	assert_last(&p, "REPLY QUIT +");
	assert_true(p.drop.messages[8].is_gone);
	pair_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_verb),
		cmocka_unit_test(apop),
		cmocka_unit_test(refusals),
		cmocka_unit_test(every_message_comes_as_it_is),
		cmocka_unit_test(octet_by_octet),
		cmocka_unit_test(pipelined_from_end_to_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
