// SPDX-License-Identifier: ISC
/*
 * server.c - a server's side of a connection: its begin, its end, and the
 * caller's answers to its events.  What goes on in between is in run.c; the
 * commands are in login.c, transaction.c and lines.c.
 * Runs in: session.  Trusts: its caller.  Allocates: never.
 */
#include "pop3/server.h"
#include "bug.h"
#include "config.h"
#include "phase.h"
#include "wipe.h"

/* --- answers to events --- */

static void answer(struct pop3_server *s, enum pop3_event_type asked,
		   bool is_ok)
{
	bug_if(s->phase != PH_ASKED || s->asked != asked);
	s->phase = PH_ANSWERED;
	s->is_ok = is_ok;
	s->has_challenge = false;
}

/* A log-in is asked for by PASS and APOP, and by each step of AUTH. */
static enum pop3_event_type asked_of_login(const struct pop3_server *s)
{
	return s->asked == POP3_EV_AUTH || s->asked == POP3_EV_RESPONSE
		   ? (enum pop3_event_type)s->asked
		   : POP3_EV_LOGIN;
}

static void answer_refused(struct pop3_server *s, enum pop3_event_type asked,
			   enum pop3_code code, const char *text)
{
	answer(s, asked, false);
	s->code = (uint8_t)code;
	s->text = text;
}

void pop3_server_user_is(struct pop3_server *s, bool is_known)
{
	answer(s, POP3_EV_USER, is_known);
}

void pop3_server_login_ok(struct pop3_server *s, uint32_t count,
			  uint64_t octets, bool has_listing,
			  const struct pop3_maildrop_ops *ops, void *ctx)
{
	answer(s, asked_of_login(s), true);
	s->count = count;
	s->octets = s->octets_all = octets;
	/* Of nothing there is nothing to fetch. */
	s->has_listing = has_listing || count == 0;
	s->ops = ops;
	s->ops_ctx = ctx;
}

void pop3_server_login_refused(struct pop3_server *s, enum pop3_code code,
			       const char *text)
{
	answer_refused(s, asked_of_login(s), code, text);
}

void pop3_server_auth_challenge(struct pop3_server *s,
				struct pop3_slice challenge)
{
	bug_if(s->asked != POP3_EV_AUTH && s->asked != POP3_EV_RESPONSE);
	bug_if(challenge.len > POP3_CHALLENGE_MAX);
	answer(s, (enum pop3_event_type)s->asked, false);
	s->has_challenge = true;
	s->challenge = challenge;
}

/*
 * [rfc2595/4/discard] "Once TLS has been started, the client MUST discard
 * cached information about server capabilities": what was said before may be
 * anybody's, and so the server discards what it learnt as well.  The stamp
 * stays, it is ours.
 */
void pop3_server_tls_begun(struct pop3_server *s,
			   const struct pop3_server_config *config)
{
	bug_if(!pop3_config_is_sound(config));
	answer(s, POP3_EV_STLS, true);
	s->phase = PH_COMMAND;
	s->config = config;
	s->has_tls = true;
	s->is_utf8 = false;
	s->is_skipping = false;
	s->user_len = 0;
	wipe(s->user, sizeof(s->user));
}

void pop3_server_listing_ready(struct pop3_server *s)
{
	answer(s, POP3_EV_LISTING, true);
}

void pop3_server_listing_failed(struct pop3_server *s, enum pop3_code code,
				const char *text)
{
	answer_refused(s, POP3_EV_LISTING, code, text);
}

void pop3_server_message_ok(struct pop3_server *s)
{
	answer(s, POP3_EV_MESSAGE, true);
}

void pop3_server_message_failed(struct pop3_server *s, enum pop3_code code,
				const char *text)
{
	answer_refused(s, POP3_EV_MESSAGE, code, text);
}

void pop3_server_body_sent(struct pop3_server *s)
{
	answer(s, POP3_EV_BODY, true);
	s->phase = PH_COMMAND;
}

void pop3_server_committed(struct pop3_server *s, uint32_t removed,
			   uint32_t stayed)
{
	answer(s, POP3_EV_COMMIT, true);
	s->committed = removed;
	s->stayed = stayed;
}

/*
 * [rfc1939/6/lost] "If a session terminates for some reason other than a
 * client-issued QUIT command, the POP3 session does NOT enter the UPDATE state
 * and MUST not remove any messages from the maildrop."
 *
 * Within an answer of many lines a -ERR would be one line more of it, and
 * before TLS has begun the client would take it for a part of the handshake:
 * there the connection just ends, and the missing rest says all.
 */
static bool may_say_why(const struct pop3_server *s)
{
	return s->phase != PH_LINES &&
	       !(s->phase == PH_ASKED && s->asked == POP3_EV_STLS);
}

void pop3_server_abort(struct pop3_server *s, enum pop3_code code,
		       const char *text)
{
	bug_if(s->phase == PH_BODY ||
	       (s->phase == PH_ASKED && s->asked == POP3_EV_BODY));
	if (s->phase != PH_CLOSE) {
		s->phase = may_say_why(s) ? PH_ABORT : PH_CLOSE;
		s->code = (uint8_t)code;
		s->text = text;
	}
}

/* --- begin and end --- */

static bool is_stamp_octet(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z') || c == '.';
}

/* How many octets from at on are of the kind that every client takes. */
static size_t stamp_part(const char *at)
{
	size_t len = 0;

	while (is_stamp_octet(at[len])) {
		len++;
	}
	return len;
}

/* "<", some, "@", some, ">": mpop takes nothing else.
 * [rfc1939/7/stamp] "The syntax of the timestamp corresponds to the `msg-id' in
 * [RFC822]" */
static bool is_stamp(const char *stamp)
{
	size_t left = stamp[0] == '<' ? stamp_part(stamp + 1) : 0;
	const char *at = stamp + 1 + left;
	size_t right = left != 0 && at[0] == '@' ? stamp_part(at + 1) : 0;

	return right != 0 && at[1 + right] == '>' && at[2 + right] == '\0';
}

int pop3_server_init(struct pop3_server *s,
		     const struct pop3_server_config *config, const char *stamp)
{
	size_t stamp_len = stamp == NULL ? 0 : strlen(stamp);

	if (!pop3_config_is_sound(config) || stamp_len > POP3_STAMP_MAX ||
	    (stamp != NULL && !is_stamp(stamp))) {
		return POP3_EINVAL;
	}
	memset(s, 0, sizeof(*s));
	s->config = config;
	s->phase = PH_GREETING;
	s->stamp_len = (uint8_t)stamp_len;
	if (stamp_len != 0) {
		memcpy(s->stamp, stamp, stamp_len);
	}
	return 0;
}

void pop3_server_finish(struct pop3_server *s)
{
	wipe(s, sizeof(*s));
}

struct pop3_slice pop3_server_stamp(const struct pop3_server *s)
{
	return pop3_slice_of(s->stamp, s->stamp_len);
}

size_t pop3_server_line_max(const struct pop3_server *s)
{
	bool is_asked = s->phase == PH_ASKED || s->phase == PH_ANSWERED;
	bool is_in_exchange = s->phase == PH_RESPONSE ||
			      (is_asked && (s->asked == POP3_EV_AUTH ||
					    s->asked == POP3_EV_RESPONSE));

	return is_in_exchange ? POP3_SASL_LINE_MAX : POP3_LINE_MAX;
}
