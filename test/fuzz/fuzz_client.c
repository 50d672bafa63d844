// SPDX-License-Identifier: ISC
/*
 * fuzz_client.c - what a server may send: however it is cut, the client is told
 * the same, no more than came, and nothing that is out of its bounds.
 *
 * The input's first octets pick which commands the client says and how many
 * wait at a time; the rest is what the server says.
 */
#include "fuzz.h"
#include "memclient.h"
#include "must.h"

enum head {
	HEAD_VERBS = 8, /* said by turns */
	HEAD_DEPTH = HEAD_VERBS,
	HEAD_HOW,
	HEAD_CUT, /* where a message may be over */
	HEAD_LEN
};

#define HOW_STLS  1u /* STLS is among the commands */
#define HOW_PROBE 2u /* and the question whether a message is over */

static const char *const lines[] = {
	"USER a",     "PASS b",       "STAT",    "LIST",     "UIDL",
	"RETR 1",     "RETR 2",       "TOP 1 2", "DELE 1",   "CAPA",
	"AUTH PLAIN", "LIST 1",       "UIDL 1",  "NOOP",     "RSET",
	"UTF8",       "AUTH LOGIN =", "STLS",    "APOP a b", "QUIT",
};

#define LINES     (sizeof(lines) / sizeof(lines[0]))
#define LINE_STLS 17u

struct script {
	const uint8_t *head;
	size_t next;
};

static struct pop3_slice str(const char *s)
{
	return pop3_slice_of(s, strlen(s));
}

/* --- what the client does --- */

static void say_next(struct memclient *mc, struct script *script)
{
	size_t i = script->head[script->next++ % HEAD_VERBS] % LINES;

	if (i == LINE_STLS && (script->head[HEAD_HOW] & HOW_STLS) == 0) {
		i = 0;
	}
	(void)memclient_say(mc, str(lines[i])); /* not every one may follow */
	(void)memclient_said(mc);
}

static void respond(struct memclient *mc, struct script *script,
		    const struct pop3_client_event *ev)
{
	bool cancels = ev->is_malformed ||
		       (script->head[script->next++ % HEAD_VERBS] & 128) != 0;

	must(memclient_say(mc, cancels ? POP3_LITERAL("*")
				       : POP3_LITERAL("dGVzdA==")) == 0,
	     "a response may be said");
	(void)memclient_said(mc);
}

static void react(struct memclient *mc, const struct pop3_client_event *ev)
{
	struct script *script = mc->ctx;
	size_t depth = script->head[HEAD_DEPTH] % 5u + 1;

	if (ev->type == POP3_CEV_CHALLENGE) {
		respond(mc, script, ev);
	}
	if (ev->type != POP3_CEV_GREETING && ev->type != POP3_CEV_REPLY) {
		return;
	}
	if (ev->verb == POP3_ASK_STLS && ev->is_ok) {
		pop3_client_tls_begun(&mc->engine);
	}
	for (size_t i = 0; i < depth; i++) {
		if (pop3_client_awaited(&mc->engine) < depth) {
			say_next(mc, script);
		}
	}
}

/* --- what is always true --- */

static void check(const struct memclient *mc, size_t len)
{
	const struct pop3_capabilities *caps = &mc->engine.capabilities;

	must(mc->all_text.len <= len, "no more text than octets came");
	must(caps->mechanisms_len <= sizeof(caps->mechanisms),
	     "a list with bounds");
	must(caps->implementation_len <= sizeof(caps->implementation),
	     "a name with bounds");
	must(mc->engine.line_len <= sizeof(mc->engine.line), "a line");
	must(pop3_client_awaited(&mc->engine) <= POP3_CLIENT_QUEUE_MAX,
	     "a queue");
}

/* --- plays --- */

typedef size_t cut(struct pop3_slice in);

static size_t all(struct pop3_slice in)
{
	return in.len;
}

static size_t one_octet(struct pop3_slice in)
{
	(void)in;
	return 1;
}

static size_t one_line(struct pop3_slice in)
{
	const uint8_t *lf = memchr(in.at, '\n', in.len);

	return lf == NULL ? in.len : (size_t)(lf - in.at) + 1;
}

static void hear(struct memclient *mc, struct pop3_slice in, cut *next_len)
{
	while (in.len != 0) {
		size_t len = next_len(in);

		memclient_hear(mc, pop3_slice_of(in.at, len));
		in = pop3_slice_tail(in, len);
	}
}

static void play(struct memclient *mc, const uint8_t *head,
		 struct pop3_slice in, cut *next_len)
{
	struct script script = { .head = head };
	struct pop3_slice first = in;

	memclient_begin(mc);
	mc->react = react;
	mc->ctx = &script;
	if (first.len > head[HEAD_CUT]) {
		first.len = head[HEAD_CUT];
	}
	hear(mc, first, next_len);
	if ((head[HEAD_HOW] & HOW_PROBE) != 0 && !mc->is_broken &&
	    pop3_client_text_may_be_over(&mc->engine)) {
		must(pop3_client_probe(&mc->engine, &mc->out) == 0, "a probe");
	}
	hear(mc, pop3_slice_tail(in, first.len), next_len);
	check(mc, in.len);
}

static void must_be_alike(struct memclient *a, struct memclient *b)
{
	must(pop3_slice_equal(memclient_trace(a), memclient_trace(b)),
	     "the same is told, however it is cut");
	must(pop3_client_awaits(&a->engine) == pop3_client_awaits(&b->engine),
	     "the same is awaited");
	must(pop3_client_text_may_be_over(&a->engine) ==
		 pop3_client_text_may_be_over(&b->engine),
	     "the same may be over");
}

/* Octets behind STLS are a fault when they come with the reply and count as
 * secured when they come later; an answer to a probe is one if nothing comes
 * with it: there the cuts make a difference. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct memclient at_once, by_lines, by_octets;
	struct pop3_slice in;

	if (size < HEAD_LEN) {
		return 0;
	}
	in = pop3_slice_of(data + HEAD_LEN, size - HEAD_LEN);
	play(&at_once, data, in, all);
	play(&by_lines, data, in, one_line);
	play(&by_octets, data, in, one_octet);
	if ((data[HEAD_HOW] & (HOW_STLS | HOW_PROBE)) == 0) {
		must_be_alike(&at_once, &by_octets);
		must_be_alike(&by_lines, &by_octets);
	}
	memclient_finish(&at_once);
	memclient_finish(&by_lines);
	memclient_finish(&by_octets);
	return 0;
}
