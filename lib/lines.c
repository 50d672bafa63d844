// SPDX-License-Identifier: ISC
/*
 * lines.c - the answers of many lines that are no message: LIST, UIDL, CAPA
 * (RFC 1939, sections 5 and 7; RFC 2449, sections 5 and 6).
 * Runs in: session.  Trusts: the maildrop that the caller opened.
 * Allocates: never.
 *
 * A maildrop of a million messages has a listing of many megabytes: it is made
 * piece by piece, as the client takes it, and all that is kept is s->cursor.
 */
#include "handlers.h"
#include "bug.h"
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

/* [rfc1939/5/list] "Note that messages marked as deleted are not listed." */
static bool put_messages(struct pop3_server *s, struct pop3_writer *out)
{
	while (s->cursor < s->count &&
	       pop3_writer_room(out) >= POP3_LISTED_MAX) {
		if (!s->ops->is_marked(s->ops_ctx, s->cursor)) {
			put_listed(s, s->cursor, out);
		}
		s->cursor++;
	}
	return s->cursor == s->count;
}

struct capability {
	const char *text;
	unsigned states;
	bool is_plaintext; /* a way to send a secret in clear text */
};

#define EVERYWHERE                                                             \
	(POP3_IN(POP3_ST_AUTHORIZATION) | POP3_IN(POP3_ST_TRANSACTION))

/* [rfc2449/5/both] "Capabilities available in the AUTHORIZATION state MUST
 * be announced in both states."  The place of STLS, SASL, LOGIN-DELAY, UTF8
 * and LANG is here; STLS alone is for AUTHORIZATION only.
 * [rfc2449/5/tag] "When a capability response describes an optional command,
 * the <capa-tag> SHOULD be identical to the command keyword."
 * [rfc2449/6.4/resp-codes] "any response text issued by this server which
 * begins with an open square bracket ("[") is an extended response code":
 * none of our texts begins with one.
 * [rfc2449/6.7/expire] "Sites which permit users to retain messages
 * indefinitely SHOULD announce this with the EXPIRE NEVER response."
 * [rfc3206/5/capa] Who sends [AUTH] should announce AUTH-RESP-CODE. */
static const struct capability capabilities[] = {
	{ "TOP", EVERYWHERE, false },
	{ "USER", EVERYWHERE, true },
	{ "UIDL", EVERYWHERE, false },
	{ "RESP-CODES", EVERYWHERE, false },
	{ "PIPELINING", EVERYWHERE, false },
	{ "AUTH-RESP-CODE", EVERYWHERE, false },
	{ "EXPIRE NEVER", EVERYWHERE, false },
};

#define CAPABILITY_COUNT                                                       \
	((uint32_t)(sizeof(capabilities) / sizeof(capabilities[0])))

static void put_implementation(const struct pop3_server *s,
			       struct pop3_writer *out)
{
	if (s->config->implementation != NULL) {
		pop3_put_str(out, "IMPLEMENTATION ");
		pop3_put_str(out, s->config->implementation);
		pop3_put_str(out, "\r\n");
	}
}

static void put_capability(const struct pop3_server *s,
			   const struct capability *cap,
			   struct pop3_writer *out)
{
	bool is_refused = s->config->no_plaintext && cap->is_plaintext;

	if ((cap->states & POP3_IN(s->state)) != 0 && !is_refused) {
		pop3_put_str(out, cap->text);
		pop3_put_str(out, "\r\n");
	}
}

static bool put_capabilities(struct pop3_server *s, struct pop3_writer *out)
{
	for (; s->cursor <= CAPABILITY_COUNT; s->cursor++) {
		if (pop3_writer_room(out) < POP3_LISTED_MAX) {
			return false;
		}
		if (s->cursor == CAPABILITY_COUNT) {
			put_implementation(s, out);
		} else {
			put_capability(s, &capabilities[s->cursor], out);
		}
	}
	return true;
}

/* [rfc1939/3/terminator] "When all lines of the response have been sent, a
 * final line is sent, consisting of a termination octet (decimal code 046,
 * ".") and a CRLF pair." */
bool pop3_lines_put(struct pop3_server *s, struct pop3_writer *out)
{
	bool is_done = s->verb == POP3_VERB_CAPA ? put_capabilities(s, out)
						 : put_messages(s, out);

	if (is_done) {
		pop3_put_str(out, ".\r\n");
	}
	return is_done;
}
