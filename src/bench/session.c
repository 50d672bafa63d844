// SPDX-License-Identifier: ISC
/*
 * session.c - POP3 sessions, one after the other (session.h): what is said,
 * when; hear.c has what is heard.
 * Runs in: restante-bench.  Trusts: nothing the server says.  Allocates: what
 * is not sent yet, up to BENCH_BURST_MAX.
 */
#include "bench/session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/delivery.h"
#include "bench/session_impl.h"
#include "bench/template.h"

bool session_init(struct session *s, const struct bench *b)
{
	s->conn.fd = -1;
	s->claims.keeps_sizes = b->options->verify >= VERIFY_OCTETS &&
				scenario_has(b->options->scenario, VERB_RETR);
	return text_init(&s->text, b->digests != NULL);
}

void session_finish(struct session *s)
{
	session_end(s);
	conn_finish(&s->conn);
	claims_finish(&s->claims);
	text_finish(&s->text);
}

void session_end(struct session *s)
{
	conn_close(&s->conn);
	free(s->unsent);
	s->unsent = NULL;
	s->unsent_len = 0;
	s->phase = SESSION_IS_NONE;
}

static size_t write_command(const struct bench *b, const struct session *s,
			    enum verb verb, char *at)
{
	const char *word = verb_facts[verb].word;
	char name[BENCH_NAME_MAX];
	int len;

	if (verb == VERB_USER || verb == VERB_PASS) {
		size_t name_len = template_expand(
		    verb == VERB_USER ? b->options->user : b->options->password,
		    s->user, name, sizeof(name));

		len = snprintf(at, BENCH_COMMAND_MAX, "%s %.*s\r\n", word,
			       (int)name_len, name);
	} else if (verb == VERB_RETR || verb == VERB_DELE) {
		len = snprintf(at, BENCH_COMMAND_MAX, "%s %" PRIu32 "\r\n",
			       word, s->said.msn);
	} else {
		len = snprintf(at, BENCH_COMMAND_MAX, "%s\r\n", word);
	}
	return (size_t)len;
}

/* Keeps for later what does not go now. */
static bool keep_unsent(struct session *s, const char *at, size_t len,
			struct why *why)
{
	s->unsent = malloc(len);
	if (s->unsent == NULL) {
		return why_not(why, "no memory");
	}
	memcpy(s->unsent, at, len);
	s->unsent_at = 0;
	s->unsent_len = len;
	return true;
}

/* Sends what can be; false if the connection is broken. */
static bool send_some(struct session *s, const char *at, size_t len,
		      size_t *sent_r, struct why *why)
{
	size_t sent = 0;

	while (sent < len) {
		int64_t n = conn_send(&s->conn, at + sent, len - sent, why);

		if (n < 0) {
			return false;
		}
		if (n == CONN_AGAIN) {
			break;
		}
		sent += (size_t)n;
	}
	*sent_r = sent;
	return true;
}

static bool send_all(struct session *s, const char *at, size_t len,
		     struct why *why)
{
	size_t sent;

	if (!send_some(s, at, len, &sent, why)) {
		return false;
	}
	return sent == len || keep_unsent(s, at + sent, len - sent, why);
}

/* As many commands as go together and find room; their octets. */
static size_t write_burst(struct bench *b, struct session *s)
{
	const struct scenario *sc = b->options->scenario;
	size_t len = 0;

	for (;;) {
		const struct step *step =
		    cursor_step(sc, &s->said, s->claims.count);

		s->is_bursting = step != NULL;
		if (step == NULL || len + BENCH_COMMAND_MAX > BENCH_BURST_MAX) {
			return len;
		}
		len += write_command(b, s, step->verb, b->burst + len);
		cursor_pass(sc, &s->said, s->claims.count);
		if ((step->flags & STEP_WITH_NEXT) == 0) {
			s->is_bursting = false;
			return len;
		}
	}
}

bool session_say(struct bench *b, struct session *s, struct why *why)
{
	const struct step *step =
	    cursor_step(b->options->scenario, &s->said, s->claims.count);

	if (step != NULL && step->verb == VERB_HOLD) {
		s->phase = SESSION_IS_HELD;
		return true;
	}
	return send_all(s, b->burst, write_burst(b, s), why);
}

bool session_say_stls(struct session *s, struct why *why)
{
	static const char stls[] = "STLS\r\n";

	return send_all(s, stls, sizeof(stls) - 1, why);
}

/* What was left, and what did not find room in it. */
static bool send_rest(struct session *s, struct why *why)
{
	size_t sent;

	if (!send_some(s, s->unsent + s->unsent_at, s->unsent_len, &sent,
		       why)) {
		return false;
	}
	s->unsent_at += sent;
	s->unsent_len -= sent;
	if (s->unsent_len > 0) {
		return true;
	}
	free(s->unsent);
	s->unsent = NULL;
	return true;
}

static bool send_more(struct bench *b, struct session *s, struct why *why)
{
	while (s->unsent_len > 0 || s->is_bursting) {
		if (s->unsent_len > 0 && !send_rest(s, why)) {
			return false;
		}
		if (s->unsent_len > 0) {
			return true;
		}
		if (s->is_bursting && !session_say(b, s, why)) {
			return false;
		}
	}
	return true;
}

/* 1 if it is done, 0 if not yet, or negative. */
static int shake(struct bench *b, struct session *s, struct why *why)
{
	int rc = conn_shake(&s->conn, why);

	if (rc <= 0) {
		return rc;
	}
	if (!s->is_greeted) {
		s->phase = SESSION_AT_GREETING;
		return 1;
	}
	s->phase = SESSION_TALKS;
	s->since_ns = b->now_ns;
	return session_say(b, s, why) ? 1 : CONN_EBROKEN;
}

static enum session_result receive(struct bench *b, struct session *s,
				   struct why *why)
{
	enum session_result result;

	do {
		int64_t n =
		    conn_receive(&s->conn, b->input, BENCH_INPUT_MAX, why);

		if (n == CONN_AGAIN) {
			break;
		}
		if (n < 0) {
			return SESSION_FAILED;
		}
		s->moved_ns = b->now_ns;
		b->tally.octets += (uint64_t)n;
		result = session_hear(b, s, b->input, (size_t)n, why);
		if (result != SESSION_GOES_ON) {
			return result;
		}
	} while (s->phase != SESSION_SHAKES && conn_has_more(&s->conn));
	return SESSION_GOES_ON;
}

static enum session_result go_on(struct bench *b, struct session *s,
				 struct why *why)
{
	enum session_result result = SESSION_GOES_ON;
	int rc = 1;

	if (s->phase == SESSION_SHAKES) {
		rc = shake(b, s, why);
	}
	if (rc > 0) {
		if (!send_more(b, s, why)) {
			return SESSION_FAILED;
		}
		result = receive(b, s, why);
		if (result == SESSION_GOES_ON && s->phase == SESSION_SHAKES) {
			rc = shake(b, s, why);
		}
	}
	return rc < 0 ? SESSION_FAILED : result;
}

/* Tells what went wrong, or epoll what to wait for. */
static enum session_result conclude(struct bench *b, struct session *s,
				    enum session_result result, struct why *why)
{
	if (result == SESSION_ENDED) {
		return result;
	}
	if (result != SESSION_FAILED &&
	    conn_watch(&s->conn, s->unsent_len > 0, why)) {
		return result;
	}
	session_tell(b, s, why);
	if (b->delivery != NULL) {
		delivery_take_back(b->delivery, &s->text.delivered, s->user);
	}
	return SESSION_FAILED;
}

enum session_result session_on_event(struct bench *b, struct session *s)
{
	struct why why;

	return conclude(b, s, go_on(b, s, &why), &why);
}

static void reset(struct bench *b, struct session *s, uint32_t user)
{
	s->said = s->heard = (struct cursor){ 0, 1 };
	s->phase = SESSION_AT_GREETING;
	s->user = user;
	s->is_greeted = s->is_in_answer = s->is_bursting = false;
	s->awaits_noop = s->is_let_go = false;
	s->slowest_ns = s->messages = 0;
	claims_forget(&s->claims);
	text_forget(&s->text);
	s->begun_ns = s->since_ns = s->moved_ns = b->now_ns;
}

static enum session_result connect_(struct bench *b, struct session *s,
				    struct why *why)
{
	bench_look_at_clock(b);
	s->begun_ns = s->since_ns = s->moved_ns = b->now_ns;
	if (!conn_open(&s->conn, &b->dial, b->epoll, s, why)) {
		return SESSION_FAILED;
	}
	if (b->options->how == HOW_TLS || b->options->how == HOW_RESUMED) {
		s->phase = SESSION_SHAKES;
		/* The server may answer so soon that OpenSSL has it all, and
		 * epoll never tells. */
		return conn_start_tls(&s->conn, &b->tls, why) ? go_on(b, s, why)
							      : SESSION_FAILED;
	}
	return SESSION_GOES_ON;
}

enum session_result session_begin(struct bench *b, struct session *s,
				  uint32_t user)
{
	struct why why;

	reset(b, s, user);
	if (b->delivery != NULL &&
	    !delivery_deliver(b->delivery, &s->text.delivered, user, &why)) {
		return conclude(b, s, SESSION_FAILED, &why);
	}
	return conclude(b, s, connect_(b, s, &why), &why);
}

enum session_result session_say_noop(struct bench *b, struct session *s)
{
	static const char noop[] = "NOOP\r\n";
	struct why why;

	if (s->phase != SESSION_IS_HELD || s->awaits_noop) {
		return SESSION_GOES_ON;
	}
	s->awaits_noop = true;
	s->since_ns = s->moved_ns = b->now_ns;
	return conclude(b, s,
			send_all(s, noop, sizeof(noop) - 1, &why)
			    ? SESSION_GOES_ON
			    : SESSION_FAILED,
			&why);
}

bool session_resume(struct bench *b, struct session *s, struct why *why)
{
	const struct scenario *sc = b->options->scenario;

	cursor_pass(sc, &s->said, s->claims.count);
	cursor_pass(sc, &s->heard, s->claims.count);
	s->phase = SESSION_TALKS;
	s->since_ns = s->moved_ns = b->now_ns;
	return session_say(b, s, why);
}

enum session_result session_let_go(struct bench *b, struct session *s)
{
	struct why why;

	if (s->phase != SESSION_IS_HELD || s->is_let_go) {
		return SESSION_GOES_ON;
	}
	s->is_let_go = true;
	if (s->awaits_noop || session_resume(b, s, &why)) {
		return SESSION_GOES_ON;
	}
	return conclude(b, s, SESSION_FAILED, &why);
}

enum session_result session_on_clock(struct bench *b, struct session *s)
{
	struct why why;
	uint64_t limit_ns = (uint64_t)(b->options->timeout_s * 1e9);

	if (s->phase == SESSION_IS_NONE ||
	    (s->phase == SESSION_IS_HELD && !s->awaits_noop) ||
	    b->now_ns - s->moved_ns < limit_ns) {
		return SESSION_GOES_ON;
	}
	why_not(&why, "nothing came for %g s", b->options->timeout_s);
	return conclude(b, s, SESSION_FAILED, &why);
}
