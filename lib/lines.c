// SPDX-License-Identifier: ISC
/*
 * lines.c - the answers of many lines that are no message: LIST, UIDL, CAPA,
 * LANG (RFC 1939, sections 5 and 7; RFC 2449, sections 5 and 6; RFC 6856).
 * Runs in: session.  Trusts: the maildrop that the caller opened.
 * Allocates: never.
 *
 * A maildrop of a million messages has a listing of many megabytes: it is made
 * piece by piece, as the client takes it, and all that is kept is s->cursor.
 */
#include "handlers.h"
#include "bug.h"
#include "config.h"
#include "reply.h"

/* [rfc1939/5/scan] "A scan listing consists of the message-number of the
 * message, followed by a single space and the exact size of the message in
 * octets." */
enum pop3_step pop3_on_list(struct pop3_server *s,
			    const struct pop3_command *cmd,
			    struct pop3_writer *out, struct pop3_event *ev)
{
	(void)cmd, (void)ev;
	if (s->has_msn) {
		pop3_reply_ok_pair(out, (uint64_t)s->idx + 1,
				   s->ops->octets(s->ops_ctx, s->idx));
		return POP3_STEP_OK;
	}
	s->has_listed = true;
	pop3_reply_ok_maildrop(out, s->count - s->count_marked, s->octets);
	return POP3_STEP_LINES;
}

/* [rfc1939/7/uid] "The unique-id of a message is an arbitrary
 * server-determined string, consisting of one to 70 characters in the range
 * 0x21 to 0x7E": the caller keeps to it, a longer one is its bug. */
static struct pop3_slice uid_of(const struct pop3_server *s, uint32_t idx)
{
	struct pop3_slice uid = s->ops->uid(s->ops_ctx, idx);

	bug_if(uid.len == 0 || uid.len > POP3_UID_MAX);
	return uid;
}

/* [rfc1939/7/uidl] "A unique-id listing consists of the message-number of the
 * message, followed by a single space and the unique-id of the message.  No
 * information follows the unique-id in the unique-id listing." */
enum pop3_step pop3_on_uidl(struct pop3_server *s,
			    const struct pop3_command *cmd,
			    struct pop3_writer *out, struct pop3_event *ev)
{
	(void)cmd, (void)ev;
	if (s->has_msn) {
		pop3_reply_ok_uid(out, s->idx + 1, uid_of(s, s->idx));
		return POP3_STEP_OK;
	}
	s->has_listed = true;
	pop3_reply_ok_number(out, s->count - s->count_marked, "unique-ids");
	return POP3_STEP_LINES;
}

/* [rfc2449/5/capa] "It is available in both the AUTHORIZATION and TRANSACTION
 * states." */
enum pop3_step pop3_on_capa(struct pop3_server *s,
			    const struct pop3_command *cmd,
			    struct pop3_writer *out, struct pop3_event *ev)
{
	(void)s, (void)cmd, (void)ev;
	pop3_reply_ok(out, "Capability list follows");
	return POP3_STEP_LINES;
}

static void put_listed(const struct pop3_server *s, uint32_t idx,
		       struct pop3_writer *out)
{
	pop3_put_u64(out, (uint64_t)idx + 1);
	pop3_put_str(out, " ");
	if (s->verb == POP3_VERB_LIST) {
		pop3_put_u64(out, s->ops->octets(s->ops_ctx, idx));
	} else {
		pop3_put_slice(out, uid_of(s, idx));
	}
	pop3_put_str(out, "\r\n");
}

/* The longest line is UIDL's, of 83 octets; the terminator needs 3 more. */
#define MESSAGE_LINE_MAX 96u

/* [rfc1939/5/list] "Note that messages marked as deleted are not listed." */
static bool put_messages(struct pop3_server *s, struct pop3_writer *out)
{
	while (s->cursor < s->count &&
	       pop3_writer_room(out) >= MESSAGE_LINE_MAX) {
		if (!s->ops->is_marked(s->ops_ctx, s->cursor)) {
			put_listed(s, s->cursor, out);
		}
		s->cursor++;
	}
	return s->cursor == s->count;
}

/* --- CAPA --- */

struct capability {
	const char *text;
	/* NULL: always, or none */
	bool (*is_offered)(const struct pop3_server *s);
	void (*put_argument)(const struct pop3_server *s,
			     struct pop3_writer *out);
};

static bool takes_plaintext(const struct pop3_server *s)
{
	return !s->config->no_plaintext;
}

static bool has_mechanisms(const struct pop3_server *s)
{
	return pop3_config_mechanisms(s->config).len != 0;
}

/* [rfc2449/6.3/sasl] "The argument to the SASL capability is a space separated
 * list of SASL mechanisms which are supported." */
static void put_mechanisms(const struct pop3_server *s, struct pop3_writer *out)
{
	pop3_put_slice(out, pop3_config_mechanisms(s->config));
}

static bool has_login_delay(const struct pop3_server *s)
{
	return s->config->login_delay_s != 0;
}

/* [rfc2449/6.5/delay] "The LOGIN-DELAY capability includes an integer argument
 * which indicates the number of seconds after an "+OK" response to a PASS,
 * APOP, or AUTH command before another authentication will be accepted." */
static void put_login_delay(const struct pop3_server *s,
			    struct pop3_writer *out)
{
	pop3_put_u64(out, s->config->login_delay_s);
}

static bool has_utf8(const struct pop3_server *s)
{
	return s->config->utf8;
}

static bool has_implementation(const struct pop3_server *s)
{
	return s->config->implementation != NULL;
}

static void put_implementation(const struct pop3_server *s,
			       struct pop3_writer *out)
{
	pop3_put_str(out, s->config->implementation);
}

/*
 * [rfc2449/5/both] "Capabilities available in the AUTHORIZATION state MUST
 * be announced in both states."  So none depends on the state but STLS, which
 * is announced only where it is permitted.
 * [rfc5034/3/both] "implementations MUST continue to include the SASL
 * capability even after a successful AUTH command has been completed"
 * [rfc2449/5/tag] "When a capability response describes an optional command,
 * the <capa-tag> SHOULD be identical to the command keyword."
 * [rfc2449/6.4/resp-codes] "any response text issued by this server which
 * begins with an open square bracket ("[") is an extended response code":
 * none of our texts begins with one.
 * [rfc2449/6.7/expire] "Sites which permit users to retain messages
 * indefinitely SHOULD announce this with the EXPIRE NEVER response."
 * [rfc3206/5/capa] Who sends [AUTH] should announce AUTH-RESP-CODE.
 * [rfc6856/2.2/user] "If the USER argument is included with this capability, it
 * indicates that the server accepts UTF-8 usernames and passwords."
 */
static const struct capability capabilities[] = {
	{ "TOP", NULL, NULL },
	{ "USER", takes_plaintext, NULL },
	{ "SASL ", has_mechanisms, put_mechanisms },
	{ "STLS", pop3_offers_stls, NULL },
	{ "UIDL", NULL, NULL },
	{ "RESP-CODES", NULL, NULL },
	{ "LOGIN-DELAY ", has_login_delay, put_login_delay },
	{ "PIPELINING", NULL, NULL },
	{ "AUTH-RESP-CODE", NULL, NULL },
	{ "EXPIRE NEVER", NULL, NULL },
	{ "UTF8 USER", has_utf8, NULL },
	{ "LANG", has_utf8, NULL },
	{ "IMPLEMENTATION ", has_implementation, put_implementation },
};

#define CAPABILITY_COUNT                                                       \
	((uint32_t)(sizeof(capabilities) / sizeof(capabilities[0])))

static void put_capability(const struct pop3_server *s,
			   const struct capability *cap,
			   struct pop3_writer *out)
{
	if (cap->is_offered != NULL && !cap->is_offered(s)) {
		return;
	}
	pop3_put_str(out, cap->text);
	if (cap->put_argument != NULL) {
		cap->put_argument(s, out);
	}
	pop3_put_str(out, "\r\n");
}

static bool put_capabilities(struct pop3_server *s, struct pop3_writer *out)
{
	while (s->cursor < CAPABILITY_COUNT &&
	       pop3_writer_room(out) >= POP3_LISTED_MAX) {
		put_capability(s, &capabilities[s->cursor], out);
		s->cursor++;
	}
	return s->cursor == CAPABILITY_COUNT;
}

/* --- LANG --- */

#define LANGUAGE "en"

/*
 * [rfc6856/3.2/list] "A language listing consists of the language tag [RFC5646]
 * of the message, optionally followed by a single space and a human-readable
 * description of the language in the language itself, using the UTF-8 charset."
 */
static bool put_languages(struct pop3_writer *out)
{
	pop3_put_str(out, LANGUAGE " English\r\n");
	return true;
}

/*
 * All that we say is English, so there is nothing to remember.
 * [rfc6856/3.2/lang] "If the command succeeds, the server returns a +OK
 * response followed by a single space, the exact language tag selected, and
 * another space."
 * [rfc6856/3.2/any] "If the client issues a "LANG" command with the special "*"
 * language range argument, it indicates a request to use a language designated
 * as preferred by the server administrator."
 * [rfc6856/3.2/fails] "If the command fails, the server returns an -ERR
 * response and subsequent human-readable response text continues to use the
 * language that was previously used."
 */
enum pop3_step pop3_on_lang(struct pop3_server *s,
			    const struct pop3_command *cmd,
			    struct pop3_writer *out, struct pop3_event *ev)
{
	(void)ev;
	if (!s->config->utf8) {
		pop3_reply_err(out, POP3_CODE_NONE, "LANG is not offered here");
		return POP3_STEP_ERR;
	}
	if (cmd->argc == 0) {
		pop3_reply_ok(out, "Languages follow");
		return POP3_STEP_LINES;
	}
	if (pop3_slice_equal_fold(cmd->args[0], POP3_LITERAL(LANGUAGE)) ||
	    pop3_slice_equal(cmd->args[0], POP3_LITERAL("*"))) {
		pop3_reply_ok(out, LANGUAGE " This is English");
		return POP3_STEP_OK;
	}
	pop3_reply_err(out, POP3_CODE_NONE, "No such language");
	return POP3_STEP_ERR;
}

/* --- all of them --- */

static bool put_answer(struct pop3_server *s, struct pop3_writer *out)
{
	if (s->verb == POP3_VERB_CAPA) {
		return put_capabilities(s, out);
	}
	return s->verb == POP3_VERB_LANG ? put_languages(out)
					 : put_messages(s, out);
}

/* [rfc1939/3/terminator] "When all lines of the response have been sent, a
 * final line is sent, consisting of a termination octet (decimal code 046,
 * ".") and a CRLF pair." */
bool pop3_lines_put(struct pop3_server *s, struct pop3_writer *out)
{
	bool is_done = put_answer(s, out);

	if (is_done) {
		pop3_put_str(out, ".\r\n");
	}
	return is_done;
}
