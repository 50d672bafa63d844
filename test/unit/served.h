// SPDX-License-Identifier: ISC
/*
 * served.h - a server in memory with three messages, and one without a caller
 * around it, for the unit tests of the engine.  Each test program has its own.
 */
#ifndef TEST_SERVED_H
#define TEST_SERVED_H

#include "unit.h"
#include "memserver.h"

static struct memdrop drop;
static struct memserver server;
static size_t taken;

static const struct memserver_options plain = { .out_cap = 4096 };

static inline int fill_drop(void **state)
{
	(void)state;
	(void)memdrop_add(&drop, "uid-1", POP3_LITERAL("S: 1\n\none\n"));
	(void)memdrop_add(&drop, "uid-2", POP3_LITERAL("S: 2\n\ntwo\n"));
	(void)memdrop_add(&drop, "uid-3", POP3_LITERAL("S: 3\n\nthree\n"));
	return 0;
}

static inline int empty_drop(void **state)
{
	(void)state;
	memdrop_finish(&drop);
	return 0;
}

static inline void begin(struct memserver_options options)
{
	memserver_begin(&server, &drop, options);
	taken = 0;
}

/* What was sent since the last look. */
static inline struct pop3_slice news(void)
{
	struct pop3_slice all = octets_all(&server.sent);
	struct pop3_slice new = pop3_slice_tail(all, taken);

	taken = all.len;
	return new;
}

#define say(text) memserver_feed(&server, POP3_LITERAL(text "\r\n"))

#define assert_says(text, reply)                                               \
	do {                                                                   \
		say(text);                                                     \
		assert_slice(news(), reply "\r\n");                            \
	} while (0)

static inline void log_in(struct memserver_options options)
{
	begin(options);
	say("USER test");
	say("PASS secret");
	(void)news();
	assert_int_equal(server.engine.state, POP3_ST_TRANSACTION);
}

/* A server without a caller around it, to stop it where one wants. */
static struct pop3_server_config config = {
	.implementation = NULL,
	.greeting = "ready",
};

struct bare {
	struct pop3_server engine;
	struct pop3_event ev;
	uint8_t at[2048];
	struct pop3_writer out;
};

static inline void bare_begin(struct bare *b)
{
	assert_int_equal(pop3_server_init(&b->engine, &config, NULL), 0);
	b->out = pop3_writer_of(b->at, sizeof(b->at));
}

static inline enum pop3_event_type bare_run(struct bare *b, const char *input)
{
	struct pop3_slice in = pop3_slice_of(input, strlen(input));

	return pop3_server_run(&b->engine, &in, &b->out, &b->ev);
}

#define with_drop(test)                                                        \
	cmocka_unit_test_setup_teardown(test, fill_drop, empty_drop)

#endif
