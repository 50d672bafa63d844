// SPDX-License-Identifier: ISC
/*
 * play.c - plays a transcript (README.md) against the core, all in memory.
 *
 *	play MAILBOXES TRANSCRIPT...
 *	play --client MAILBOXES TRANSCRIPT...
 *
 * Each is played in every way that must make no difference: commands together
 * or octet by octet, little or much room for output, listings that are there or
 * come late.  A client of ours goes along (shadow.h), as far as it can; with
 * --client it must be able to, till the end of each transcript.
 */
#include "mailbox.h"
#include "memserver.h"
#include "must.h"
#include "naive.h"
#include "needs.h"
#include "pattern.h"
#include "shadow.h"
#include <stdio.h>
#include <stdlib.h>

struct way {
	const char *name;
	size_t out_cap;
	bool is_octet_by_octet;
	bool lists_late;
};

static const struct way ways[] = {
	{ "whole", 65536, false, false },
	{ "whole, little room, late lists", POP3_OUT_MIN, false, true },
	{ "octet by octet", 65536, true, true },
	{ "octet by octet, little room", POP3_OUT_MIN + 7, true, false },
};

struct player {
	const char *mailboxes, *transcript;
	const struct way *way;
	struct memserver_options options;
	unsigned line_no;
	bool has_failed;
	struct needs needs;
	bool wants_client;
	struct memdrop drop;
	struct memserver server;
	bool has_server;
	struct shadow shadow;
	struct octets to_send; /* until something is expected */
	size_t taken;          /* of server.sent */
};

static void fail(struct player *p, const char *what, struct pop3_slice wanted,
		 struct pop3_slice is)
{
	printf("%s:%u: (%s) %s\n  wanted: %.*s\n  is:     %.*s\n",
	       p->transcript, p->line_no, p->way->name, what, (int)wanted.len,
	       (const char *)wanted.at, (int)is.len, (const char *)is.at);
	p->has_failed = true;
}

static void fault(struct player *p, const char *what)
{
	fail(p, what, POP3_LITERAL(""), POP3_LITERAL(""));
}

/* --- the connection --- */

static void need_server(struct player *p)
{
	if (!p->has_server) {
		p->options.stls = p->needs.stls;
		p->options.no_plaintext = p->needs.no_plaintext;
		p->options.login_delay_s = p->needs.login_delay ? 900 : 0;
		memserver_begin(&p->server, &p->drop, p->options);
		p->has_server = true;
		p->taken = 0;
		shadow_begin(&p->shadow);
	}
}

static void drop_server(struct player *p)
{
	if (p->has_server) {
		if (p->wants_client && p->shadow.is_lost) {
			fault(p, "no client of ours does this");
		}
		shadow_end(&p->shadow);
		memserver_end(&p->server);
		p->has_server = false;
	}
}

static void send_all(struct player *p)
{
	struct pop3_slice in = octets_all(&p->to_send);

	need_server(p);
	if (p->way->is_octet_by_octet && !p->needs.whole) {
		for (size_t i = 0; i < in.len; i++) {
			memserver_feed(&p->server, pop3_slice_of(in.at + i, 1));
		}
	} else {
		memserver_feed(&p->server, in);
	}
	p->to_send.len = 0;
	shadow_hear(&p->shadow, octets_all(&p->server.sent));
}

static struct pop3_slice unread(const struct player *p)
{
	return pop3_slice_tail(octets_all(&p->server.sent), p->taken);
}

/* Takes the server's next line; sets *line_r without its CRLF. */
static bool take_line(struct player *p, struct pop3_slice *line_r)
{
	struct pop3_slice rest;
	const uint8_t *lf;
	size_t len;

	send_all(p);
	rest = unread(p);
	lf = rest.len == 0 ? NULL : memchr(rest.at, '\n', rest.len);
	if (lf == NULL || lf == rest.at || lf[-1] != '\r') {
		fail(p, "no line", POP3_LITERAL("a line and CRLF"), rest);
		return false;
	}
	len = (size_t)(lf - rest.at) - 1;
	*line_r = pop3_slice_of(rest.at, len);
	p->taken += len + 2;
	return true;
}

/* --- what a line of a transcript does --- */

static void do_send(struct player *p, struct pop3_slice text, const char *end)
{
	if (!pattern_unescape(text, &p->to_send)) {
		fault(p, "bad escape");
	}
	octets_add_str(&p->to_send, end);
}

static void do_send_line(struct player *p, struct pop3_slice text)
{
	size_t from = p->to_send.len;

	need_server(p);
	if (from == 0) {
		shadow_hear(&p->shadow, octets_all(&p->server.sent));
	}
	do_send(p, text, "\r\n");
	shadow_say(&p->shadow, pop3_slice_of(p->to_send.at + from,
					     p->to_send.len - 2 - from));
}

static void do_send_piece(struct player *p, struct pop3_slice text)
{
	need_server(p);
	shadow_get_lost(&p->shadow);
	do_send(p, text, "");
}

static void do_expect(struct player *p, struct pop3_slice pattern)
{
	struct pop3_slice line;

	if (take_line(p, &line) && !pattern_is_like(pattern, line)) {
		fail(p, "another line", pattern, line);
	}
}

static void do_expect_end(struct player *p, struct pop3_slice nothing)
{
	(void)nothing;
	do_expect(p, POP3_LITERAL("."));
}

static const struct memdrop_message *message_of(const struct player *p,
						struct pop3_slice file)
{
	for (uint32_t i = 0; i < p->drop.count; i++) {
		const struct memdrop_message *m = &p->drop.messages[i];

		if (pop3_slice_equal(file,
				     pop3_slice_of(m->uid, strlen(m->uid)))) {
			return m;
		}
	}
	return NULL;
}

static void do_expect_message(struct player *p, struct pop3_slice file)
{
	const struct memdrop_message *m = message_of(p, file);
	struct octets normal = { 0 }, wire = { 0 };
	struct pop3_slice is;

	if (m == NULL) {
		fault(p, "no such message in the mailbox");
		return;
	}
	naive_normal(pop3_slice_of(m->text, m->len), NAIVE_ALL, &normal);
	naive_wire(octets_all(&normal), &wire);
	send_all(p);
	is = unread(p);
	if (is.len > wire.len) {
		is.len = wire.len;
	}
	if (!pop3_slice_equal(is, octets_all(&wire))) {
		fail(p, "another message", octets_all(&wire), is);
	}
	p->taken += is.len;
	if (!shadow_take_message(&p->shadow, octets_all(&normal))) {
		fault(p, "the client got another message");
	}
	octets_finish(&normal);
	octets_finish(&wire);
}

static void expect_nothing(struct player *p)
{
	if (unread(p).len != 0) {
		fail(p, "more than was expected", POP3_LITERAL(""), unread(p));
	}
}

static void do_closed(struct player *p, struct pop3_slice nothing)
{
	(void)nothing;
	send_all(p);
	expect_nothing(p);
	if (!p->server.is_closed) {
		fault(p, "the connection is not closed");
	}
}

static void do_reconnect(struct player *p, struct pop3_slice nothing)
{
	(void)nothing;
	send_all(p);
	drop_server(p);
	need_server(p);
}

static void do_login(struct player *p, struct pop3_slice nothing)
{
	static const char *const lines[] = { "USER test", "PASS secret" };

	(void)nothing;
	do_expect(p, POP3_LITERAL("+OK*"));
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		do_send_line(p, pop3_slice_of(lines[i], strlen(lines[i])));
		do_expect(p, POP3_LITERAL("+OK*"));
	}
}

static void do_mailbox(struct player *p, struct pop3_slice name)
{
	char folder[1024];
	int len = snprintf(folder, sizeof(folder), "%s/%.*s", p->mailboxes,
			   (int)name.len, (const char *)name.at);

	must(len > 0 && (size_t)len < sizeof(folder), "a short path");
	if (p->has_server || p->drop.count != 0) {
		fault(p, "mailbox comes first, once");
		return;
	}
	mailbox_load(folder, &p->drop);
}

static void do_need(struct player *p, struct pop3_slice words)
{
	if (p->has_server) {
		fault(p, "needs comes first");
	}
	if (!needs_read(&p->needs, words)) {
		fault(p, "nobody knows how to meet this need");
	}
}

/* The same octets count as secured from here on: memserver.h. */
static void do_tls(struct player *p, struct pop3_slice nothing)
{
	(void)nothing;
	send_all(p);
	expect_nothing(p);
	shadow_begin_tls(&p->shadow);
}

static void do_nothing(struct player *p, struct pop3_slice nothing)
{
	(void)p, (void)nothing;
}

/* --- the transcript --- */

/* The marks; a line is the mark alone or has a blank behind it. */
static const struct {
	const char *mark;
	void (*go)(struct player *p, struct pop3_slice rest);
} marks[] = {
	{ "C:", do_send_line },
	{ "C-", do_send_piece },
	{ "S:", do_expect },
	{ "S.", do_expect_end },
	{ "S+", do_expect_message },
	{ "closed", do_closed },
	{ "reconnect", do_reconnect },
	{ "login", do_login },
	{ "mailbox", do_mailbox },
	{ "needs", do_need },
	{ "tls", do_tls },
	{ "#", do_nothing },
	{ "", do_nothing },
};

static void play_line(struct player *p, struct pop3_slice line)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		size_t len = strlen(marks[i].mark);

		if (line.len < len || (line.len > len && line.at[len] != ' ') ||
		    memcmp(line.at, marks[i].mark, len) != 0) {
			continue;
		}
		marks[i].go(
		    p, pop3_slice_tail(line, line.len == len ? len : len + 1));
		return;
	}
	fail(p, "not a line of a transcript", POP3_LITERAL("see README.md"),
	     line);
}

static void play_lines(struct player *p, struct pop3_slice text)
{
	while (text.len != 0 && !p->has_failed) {
		const uint8_t *lf = memchr(text.at, '\n', text.len);
		size_t len = lf == NULL ? text.len : (size_t)(lf - text.at);

		p->line_no++;
		play_line(p, pop3_slice_of(text.at, len));
		text = pop3_slice_tail(text, len + (lf != NULL));
	}
}

static bool play(const char *mailboxes, const char *transcript,
		 const struct way *way, bool wants_client)
{
	static struct player p; /* which is large */
	struct octets text = { 0 };

	p = (struct player){ .mailboxes = mailboxes,
			     .transcript = transcript,
			     .way = way,
			     .wants_client = wants_client,
			     .options = { .out_cap = way->out_cap,
					  .lists_late = way->lists_late,
					  .sasl = true,
					  .utf8 = true } };
	mailbox_read_file(transcript, &text);
	play_lines(&p, octets_all(&text));
	if (!p.has_failed) {
		send_all(&p);
		expect_nothing(&p);
	}
	drop_server(&p);
	memdrop_finish(&p.drop);
	octets_finish(&p.to_send);
	octets_finish(&text);
	return !p.has_failed;
}

int main(int argc, char **argv)
{
	bool wants_client = argc > 1 && strcmp(argv[1], "--client") == 0;
	int at = 1 + wants_client;
	int failed = 0;

	if (argc < at + 2) {
		(void)fprintf(stderr,
			      "play [--client] MAILBOXES TRANSCRIPT...\n");
		return 2;
	}
	for (int i = at + 1; i < argc; i++) {
		for (size_t w = 0; w < sizeof(ways) / sizeof(ways[0]); w++) {
			failed +=
			    !play(argv[at], argv[i], &ways[w], wants_client);
		}
	}
	printf("%d transcripts, %d ways each: %d failed\n", argc - at - 1,
	       (int)(sizeof(ways) / sizeof(ways[0])), failed);
	return failed == 0 ? 0 : 1;
}
