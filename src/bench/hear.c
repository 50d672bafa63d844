// SPDX-License-Identifier: ISC
/*
 * hear.c - POP3 sessions: what is heard, held against what is due, and
 * measured (session.h).
 * Runs in: restante-bench.  Trusts: nothing the server says.  Allocates: never
 * itself.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bench/delivery.h"
#include "bench/session_impl.h"
#include "bench/template.h"

#define QUOTED_MAX 100u

/* False, and why is what the server said behind some words, with nothing in it
 * that a terminal obeys. */
static bool why_said(const char *words, struct answer_part said,
		     struct why *why)
{
	char text[4 * QUOTED_MAX + 1];
	size_t len = 0;

	for (size_t i = 0; i < said.len && i < QUOTED_MAX; i++) {
		bool is_plain = said.at[i] >= 0x20 && said.at[i] < 0x7f;

		len +=
		    (size_t)snprintf(text + len, sizeof(text) - len,
				     is_plain ? "%c" : "\\x%02x", said.at[i]);
	}
	text[len] = '\0';
	return why_not(why, "%s%s", words, text);
}

static const struct step *heard_step(const struct bench *b,
				     const struct session *s)
{
	struct cursor c = s->heard;

	return cursor_step(b->options->scenario, &c, s->claims.count);
}

static void name_command(const struct bench *b, const struct session *s,
			 char *at, size_t cap)
{
	static const char *const words[] = {
		[SESSION_IS_NONE] = "connect",
		[SESSION_AT_GREETING] = "greeting",
		[SESSION_AT_STLS] = "STLS",
		[SESSION_SHAKES] = "handshake",
		[SESSION_IS_HELD] = "holding",
	};
	const struct step *step = heard_step(b, s);

	if (s->phase != SESSION_TALKS) {
		snprintf(at, cap, "%s",
			 s->conn.fd < 0 ? "connect" : words[s->phase]);
	} else if (step == NULL) {
		snprintf(at, cap, "end");
	} else if (step->verb == VERB_RETR || step->verb == VERB_DELE) {
		snprintf(at, cap, "%s %" PRIu32, verb_facts[step->verb].word,
			 s->heard.msn);
	} else {
		snprintf(at, cap, "%s", verb_facts[step->verb].word);
	}
}

void session_tell(struct bench *b, const struct session *s,
		  const struct why *why)
{
	char name[BENCH_NAME_MAX], command[32];

	b->tally.errors++;
	if (b->tally.errors > BENCH_ERRORS_SHOWN) {
		return;
	}
	if (template_expand(b->options->user, s->user, name, sizeof(name)) ==
	    0) {
		name[0] = '\0';
	}
	name_command(b, s, command, sizeof(command));
	fprintf(stderr, "restante-bench: %s: %s: %s\n", name, command,
		why->text);
}

static bool is_awaiting(const struct session *s)
{
	switch (s->phase) {
	case SESSION_AT_GREETING:
	case SESSION_AT_STLS:
		return true;
	case SESSION_TALKS:
		return !cursor_equal(s->heard, s->said);
	case SESSION_IS_HELD:
		return s->awaits_noop;
	case SESSION_IS_NONE:
	case SESSION_SHAKES:
		return false;
	}
	return false;
}

/* The verb whose answer is awaited; VERB_HOLD for all that is one line. */
static enum verb awaited_verb(const struct bench *b, const struct session *s)
{
	const struct step *step = heard_step(b, s);

	return s->phase == SESSION_TALKS && step != NULL ? step->verb
							 : VERB_HOLD;
}

static void begin_answer(const struct bench *b, struct session *s)
{
	uint64_t gap_ns = b->now_ns - s->since_ns;

	answer_begin(&s->answer, verb_facts[awaited_verb(b, s)].kind);
	s->is_in_answer = true;
	s->answer_octets = 0;
	if (s->phase == SESSION_TALKS && !s->is_let_go &&
	    gap_ns > s->slowest_ns) {
		s->slowest_ns = gap_ns;
	}
}

static bool on_reply(struct session *s, enum verb verb,
		     struct answer_part reply, struct why *why)
{
	if (!s->answer.is_positive) {
		return why_said("", reply, why);
	}
	if (verb == VERB_STAT) {
		return claims_stat(&s->claims, reply, why);
	}
	if (verb == VERB_LIST || verb == VERB_UIDL) {
		claims_listing_begin(&s->claims);
	} else if (verb == VERB_RETR) {
		claims_text_begin(&s->claims);
		return text_begin(&s->text, why);
	}
	return true;
}

static bool on_octets(const struct bench *b, struct session *s,
		      struct answer_part part, struct why *why)
{
	return claims_text(&s->claims, s->heard.msn, part.len, why) &&
	       text_take(&s->text, b->delivery, part, why);
}

static bool on_answer_end(const struct bench *b, struct session *s,
			  enum verb verb, struct why *why)
{
	if (verb == VERB_LIST) {
		return claims_list_end(&s->claims, why);
	}
	if (verb == VERB_UIDL) {
		return claims_uidl_end(&s->claims, why);
	}
	s->messages++;
	return claims_text_end(&s->claims, s->heard.msn, why) &&
	       text_end(&s->text, b->delivery, b->digests, s->user,
			s->heard.msn, why);
}

static bool on_part(const struct bench *b, struct session *s,
		    enum answer_event event, struct answer_part part,
		    struct why *why)
{
	enum verb verb = awaited_verb(b, s);

	switch (event) {
	case ANSWER_MORE:
		return true;
	case ANSWER_REPLY:
		return on_reply(s, verb, part, why);
	case ANSWER_LINE:
		return verb == VERB_LIST
			   ? claims_list_line(&s->claims, part, why)
			   : claims_uidl_line(&s->claims, part, why);
	case ANSWER_OCTETS:
		return on_octets(b, s, part, why);
	case ANSWER_END:
		return on_answer_end(b, s, verb, why);
	}
	return false;
}

/* One event of the answer; false with why. */
static bool take_part(const struct bench *b, struct session *s,
		      struct answer_part *in, struct why *why)
{
	struct answer_part part = { NULL, 0 };
	size_t len = in->len;
	int event = answer_next(&s->answer, in, &part);

	s->answer_octets += len - in->len;
	if (event == ANSWER_ELONG) {
		return why_not(why, "a line of more than %u octets",
			       BENCH_LINE_MAX);
	}
	if (event < 0) {
		return why_said("this is no reply: ", part, why);
	}
	return on_part(b, s, (enum answer_event)event, part, why);
}

/* It went well.  One that held was measured until it did. */
static void count_session(struct bench *b, const struct session *s)
{
	uint64_t end_ns = s->is_let_go ? s->held_ns : b->now_ns;

	b->tally.sessions++;
	b->tally.messages += s->messages;
	histogram_add(&b->tally.latency_ns, end_ns - s->begun_ns);
	histogram_add(&b->tally.reply_ns, s->slowest_ns);
	if (s->conn.ssl != NULL && SSL_session_reused(s->conn.ssl)) {
		b->tally.resumed++;
	} else if (s->conn.ssl != NULL) {
		b->tally.not_resumed++;
	}
}

/* An answer to a command of the scenario is whole. */
static void pass_answer(struct bench *b, struct session *s)
{
	uint64_t took_ns = b->now_ns - s->since_ns;

	if (took_ns >= BENCH_STALL_NS &&
	    s->answer_octets < BENCH_STALL_OCTETS) {
		b->tally.stalls++;
	}
	cursor_step(b->options->scenario, &s->heard, s->claims.count);
	cursor_pass(b->options->scenario, &s->heard, s->claims.count);
}

static bool on_answer(struct bench *b, struct session *s, struct why *why)
{
	s->is_in_answer = false;
	switch (s->phase) {
	case SESSION_AT_GREETING:
		s->is_greeted = true;
		s->phase = b->options->how == HOW_STLS ? SESSION_AT_STLS
						       : SESSION_TALKS;
		break;
	case SESSION_AT_STLS:
		s->phase = SESSION_SHAKES;
		return conn_start_tls(&s->conn, &b->tls, why);
	case SESSION_TALKS:
		pass_answer(b, s);
		break;
	case SESSION_IS_HELD:
		s->awaits_noop = false;
		break;
	case SESSION_IS_NONE:
	case SESSION_SHAKES:
		break;
	}
	s->since_ns = b->now_ns;
	return true;
}

/* QUIT was answered well. */
static enum session_result conclude_well(struct bench *b, struct session *s,
					 struct why *why)
{
	if (b->delivery != NULL &&
	    !delivery_is_gone(b->delivery, &s->text.delivered, s->user, why)) {
		return SESSION_FAILED;
	}
	if (b->digests != NULL && s->messages > 0 &&
	    !digests_check_all(b->digests, s->user, s->messages, s->text.sum,
			       why)) {
		return SESSION_FAILED;
	}
	count_session(b, s);
	return SESSION_ENDED;
}

/* All that was said has been answered. */
static enum session_result say_next(struct bench *b, struct session *s,
				    struct why *why)
{
	if (s->unsent_len > 0) {
		why_not(why, "answered before it was asked");
		return SESSION_FAILED;
	}
	if (heard_step(b, s) == NULL) {
		return conclude_well(b, s, why);
	}
	if (!session_say(b, s, why)) {
		return SESSION_FAILED;
	}
	if (s->phase == SESSION_IS_HELD) {
		s->held_ns = b->now_ns;
		return SESSION_HOLDS;
	}
	return SESSION_GOES_ON;
}

/* Everything that came is heard, all of it is good; what is done about it? */
static enum session_result react(struct bench *b, struct session *s,
				 bool was_greeted, struct why *why)
{
	bool is_good = true;

	if (s->phase == SESSION_TALKS && !is_awaiting(s)) {
		return say_next(b, s, why);
	}
	if (s->phase == SESSION_AT_STLS && !was_greeted) {
		is_good = session_say_stls(s, why);
	} else if (s->phase == SESSION_IS_HELD && s->is_let_go &&
		   !s->awaits_noop) {
		is_good = session_resume(b, s, why);
	}
	return is_good ? SESSION_GOES_ON : SESSION_FAILED;
}

enum session_result session_hear(struct bench *b, struct session *s,
				 const uint8_t *at, size_t len, struct why *why)
{
	struct answer_part in = { at, len };
	bool was_greeted = s->is_greeted;

	while (in.len > 0) {
		if (!s->is_in_answer) {
			if (!is_awaiting(s) || s->phase == SESSION_SHAKES) {
				why_said("nobody asked for: ", in, why);
				return SESSION_FAILED;
			}
			begin_answer(b, s);
		}
		if (!take_part(b, s, &in, why)) {
			return SESSION_FAILED;
		}
		if (answer_is_over(&s->answer) && !on_answer(b, s, why)) {
			return SESSION_FAILED;
		}
	}
	return react(b, s, was_greeted, why);
}
