// SPDX-License-Identifier: ISC
/*
 * visit_play.h - a visit in a loop of its own, its owner, and a server that
 * answers by a table, in a thread.
 */
#ifndef TEST_VISIT_PLAY_H
#define TEST_VISIT_PLAY_H

#include "linked.h"

#include "fetch/run/visit_impl.h"

#define UNUSED __attribute__((unused))

/* -- the server */

struct answer {
	const char *to; /* how the command begins */
	const char *with;
};

/* The first that fits; then these. */
static const struct answer usual[] = {
	{ "CAPA", "+OK\r\nTOP\r\nUIDL\r\nUSER\r\n.\r\n" },
	{ "USER", "+OK\r\n" },
	{ "PASS", "+OK\r\n" },
	{ "STAT", "+OK 2 60\r\n" },
	{ "LIST", "+OK\r\n1 30\r\n2 30\r\n.\r\n" },
	{ "UIDL", "+OK\r\n1 one\r\n2 two\r\n.\r\n" },
	{ "RETR", "+OK\r\nSubject: x\r\n\r\n..text\r\n.\r\n" },
	{ "DELE", "+OK\r\n" },
	{ "NOOP", "+OK\r\n" },
	{ "QUIT", "+OK bye\r\n" },
};

static struct played server;
static const struct answer *answers; /* before the usual ones; to NULL ends */
static char heard[16384];            /* all lines, each with a blank */
static size_t most_at_once;          /* commands behind the log-in */
static bool is_patient;              /* answers RETR only when no more comes */

static inline const char *answer_to(const char *line)
{
	for (const struct answer *a = answers; a != NULL && a->to; a++) {
		if (strncmp(line, a->to, strlen(a->to)) == 0) {
			return a->with;
		}
	}
	for (size_t i = 0; i < COUNT_OF(usual); i++) {
		if (strncmp(line, usual[i].to, strlen(usual[i].to)) == 0) {
			return usual[i].with;
		}
	}
	return "-ERR what?\r\n";
}

static inline bool comes_more(struct played *s)
{
	struct pollfd pfd = { .fd = s->fd, .events = POLLIN };

	return poll(&pfd, 1, 200) == 1;
}

static inline void say_held(struct played *s, const char *line, size_t *held)
{
	most_at_once = *held > most_at_once ? *held : most_at_once;
	while (*held > 0) {
		played_say(s, answer_to(line));
		*held -= 1;
	}
}

static inline void note_heard(const char *line)
{
	size_t len = strlen(heard);

	snprintf(heard + len, sizeof(heard) - len, "%s ", line);
}

/* Behind each \f only when it may. */
static atomic_uint server_may_go_on;

static inline void say_in_parts(struct played *s, const char *with)
{
	const char *end = strchr(with, '\f');
	unsigned parts = 0;

	for (; end != NULL; end = strchr(with, '\f')) {
		played_say_octets(s, with, (size_t)(end - with));
		with = end + 1;
		parts += 1;
		while (atomic_load(&server_may_go_on) < parts) {
			usleep(1000);
		}
	}
	played_say(s, with);
}

/* "" closes the connection. */
static inline void play(struct played *s)
{
	char line[300] = "", last[300] = "";
	size_t held = 0;

	played_say(s, "+OK hello\r\n");
	for (;;) {
		const char *with;

		if (held > 0 && !comes_more(s)) {
			say_held(s, last, &held);
		}
		played_hear(s, line, sizeof(line));
		if (line[0] == '\0') {
			return;
		}
		note_heard(line);
		if (is_patient && strncmp(line, "RETR", 4) == 0) {
			held += 1;
			memcpy(last, line, sizeof(last));
			continue;
		}
		say_held(s, last, &held);
		with = answer_to(line);
		if (with[0] == '\0') {
			return;
		}
		say_in_parts(s, with);
		if (strncmp(line, "QUIT", 4) == 0) {
			return;
		}
	}
}

/* -- the owner */

enum told {
	TOLD_NONE,
	TOLD_LOGGED_IN,
	TOLD_LISTING,
	TOLD_TEXT,
	TOLD_ANSWER,
	TOLD_NEXT,
	TOLD_END,
	TOLD_COUNT
};

static struct {
	uv_loop_t loop;
	struct block_pool *pool;
	struct account account;
	struct visit *visit;
	struct listing listing;
	unsigned told[TOLD_COUNT];
	enum told destroys; /* the visit is destroyed when that is told */
	const struct visit_command *commands; /* up to QUIT */
	size_t next;
	char text[4096];
	unsigned refused;
	struct why why;
	uint32_t broke;
	unsigned silent_nexts; /* next says no so often, and time passes */
	bool is_resting;       /* behind these, next says no */
	bool is_stale;         /* time passes when text comes */
	/* When the first text comes, the visit is paused, and this rings. */
	uv_timer_t *when_text;
	uv_timer_cb when_text_does;
} k;

/* True: it is gone. */
static inline bool tell(enum told what)
{
	must(k.visit != NULL, "nothing is told behind the end");
	k.told[what] += 1;
	if (k.destroys != what) {
		return false;
	}
	visit_destroy(&k.visit);
	uv_stop(&k.loop);
	return true;
}

static inline void on_logged_in(void *ctx, const char *mechanism)
{
	(void)ctx;
	must(strcmp(mechanism, "USER") == 0, "USER");
	(void)tell(TOLD_LOGGED_IN);
}

static inline void on_listing(void *ctx, struct listing *listing)
{
	(void)ctx;
	k.listing = *listing;
	*listing = (struct listing){ 0 };
	(void)tell(TOLD_LISTING);
}

/* Or what was held back, since it might have been the end: the engine's. */
static inline bool is_within(const struct block *block, const uint8_t *at,
			     size_t len)
{
	return (at >= block->octets &&
		at + len <= block->octets + FETCH_BLOCK_OCTETS) ||
	       (len <= 3 && memcmp(at, ".\r\n", len) == 0);
}

static inline void on_text(void *ctx, const struct visit_command *command,
			   struct block *block, const uint8_t *at, size_t len)
{
	(void)ctx;
	(void)command;
	must(len > 0 && is_within(block, at, len), "within the block");
	snprintf(k.text + strlen(k.text), sizeof(k.text) - strlen(k.text),
		 "%.*s", (int)len, (const char *)at);
	if (tell(TOLD_TEXT)) {
		return;
	}
	if (k.is_stale) {
		k.visit->silent_ticks = VISIT_PROBE_TICKS;
	}
	if (k.when_text != NULL) {
		visit_pause(k.visit);
		(void)uv_timer_start(k.when_text, k.when_text_does, 1, 0);
		k.when_text = NULL;
	}
}

static inline void on_answer(void *ctx, const struct visit_command *command,
			     const struct pop3_client_event *reply)
{
	(void)ctx;
	(void)command;
	k.refused += reply->is_ok ? 0 : 1;
	(void)tell(TOLD_ANSWER);
}

static inline bool next(void *ctx, struct visit_command *command_r)
{
	(void)ctx;
	if (tell(TOLD_NEXT)) {
		return false;
	}
	if (k.silent_nexts > 0) {
		k.silent_nexts -= 1;
		k.visit->asked_ms = 0;
		return false;
	}
	if (k.is_resting) {
		return false;
	}
	if (k.next > 0 && k.commands[k.next - 1].verb == POP3_ASK_QUIT) {
		return false;
	}
	*command_r = k.commands[k.next++];
	return true;
}

static inline void on_end(void *ctx, const struct why *why, uint32_t broke)
{
	(void)ctx;
	k.why = *why;
	k.broke = broke;
	if (!tell(TOLD_END)) {
		visit_destroy(&k.visit);
		uv_stop(&k.loop);
	}
}

static const struct visit_owner owner = {
	.on_logged_in = on_logged_in,
	.on_listing = on_listing,
	.on_text = on_text,
	.on_answer = on_answer,
	.next = next,
	.on_end = on_end,
};

/* -- the frame */

static inline int begin(void **state)
{
	static char host[] = "127.0.0.1", user[] = "me", password[] = "secret";

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	memset(&k, 0, sizeof(k));
	heard[0] = '\0';
	most_at_once = 0;
	is_patient = false;
	atomic_store(&server_may_go_on, 0);
	answers = NULL;
	must(uv_loop_init(&k.loop) == 0, "a loop");
	must(block_pool_create(&k.loop, 4, &k.pool) == 0, "a pool");
	account_init(&k.account);
	k.account.host = host;
	k.account.user = user;
	k.account.password = password;
	k.account.tls = ACCOUNT_TLS_NONE;
	k.account.timeout_s = 20;
	return 0;
}

static inline int end(void **state)
{
	(void)state;
	visit_destroy(&k.visit);
	listing_finish(&k.listing);
	block_pool_destroy(&k.pool);
	uv_run(&k.loop, UV_RUN_DEFAULT);
	must(uv_loop_close(&k.loop) == 0, "nothing is left in the loop");
	return 0;
}

/* All of it: to its end, or where it is destroyed. */
UNUSED static void visit(const struct answer *to, enum visit_want want,
			 const struct visit_command *commands)
{
	struct why why;

	answers = to;
	k.commands = commands;
	played_begin(&server, NULL, play);
	k.account.port =
	    ntohs(((const struct sockaddr_in *)&server.address)->sin_port);
	k.visit = visit_create(&k.loop, &k.account, k.pool, NULL, &owner, NULL,
			       want, &why);
	must(k.visit != NULL, "a visit");
	uv_run(&k.loop, UV_RUN_DEFAULT);
	uv_run(&k.loop, UV_RUN_NOWAIT);
	played_end(&server);
}

UNUSED static const struct visit_command some[] = {
	{ .verb = POP3_ASK_RETR, .msn = 1, .octets = 30 },
	{ .verb = POP3_ASK_RETR, .msn = 2, .octets = 30 },
	{ .verb = POP3_ASK_DELE, .msn = 1 },
	{ .verb = POP3_ASK_QUIT },
};

UNUSED static void expect_good_end(void)
{
	if (k.why.kind != WHY_NONE) {
		fail_msg("%s", k.why.text);
	}
	assert_int_equal(k.told[TOLD_END], 1);
	assert_int_equal(k.broke, 0);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

#endif
