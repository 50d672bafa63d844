// SPDX-License-Identifier: ISC
/*
 * smtp_reply.c - what a refusal means (smtp_reply.h).
 * Runs in: a carrier thread.  Trusts: nothing that a server says.  Allocates:
 * never.
 */
#include "fetch/sink/smtp_reply.h"

#include <stdio.h>
#include <string.h>

bool smtp_reply_is_good(enum smtp_step step, const struct smtp_reply *r)
{
	return step == SMTP_DATA ? r->code == 354
				 : r->code >= 200 && r->code <= 299;
}

/* RFC 3463's code at the front of the text. */
static bool has_status(const struct smtp_reply *r, const char *status)
{
	size_t len = strlen(status);

	return r->text_len >= len && memcmp(r->text, status, len) == 0 &&
	       (r->text_len == len || r->text[len] == ' ');
}

static bool is_full(const struct smtp_reply *r)
{
	return has_status(r, "5.2.2");
}

static bool is_too_large(const struct smtp_reply *r)
{
	return has_status(r, "5.3.4") || has_status(r, "5.2.3") ||
	       (r->code == 552 && !is_full(r));
}

/* RFC 3463, 3.4: X.3.1 is a disk that is full, X.3.2 a host that is going down,
 * X.3.5 one that is set up wrongly; 3.3: X.2.1 is a mailbox that is switched
 * off. */
static bool is_of_system(const struct smtp_reply *r)
{
	return r->code == 421 || has_status(r, "4.3.1") ||
	       has_status(r, "4.3.2") || has_status(r, "4.3.5") ||
	       has_status(r, "4.2.1");
}

/* A mailbox that is full for this message may have room for the next. */
static enum why_kind kind_of_passing(enum smtp_step step,
				     const struct smtp_reply *r)
{
	return step == SMTP_END && !is_of_system(r) ? WHY_LATER : WHY_TEMP;
}

static enum why_kind kind_of(enum smtp_step step, const struct smtp_reply *r)
{
	if (r->code < 500 || is_full(r)) {
		return kind_of_passing(step, r);
	}
	if (step == SMTP_END || (step == SMTP_MAIL && is_too_large(r))) {
		return has_status(r, "5.2.1") ? WHY_DELIVERY : WHY_MESSAGE;
	}
	return WHY_DELIVERY;
}

void smtp_reply_refused(enum smtp_step step, const struct smtp_reply *r,
			struct why *why)
{
	static const char *const what[] = {
		[SMTP_GREETING] = "to talk to us",
		[SMTP_EHLO] = "our name",
		[SMTP_RSET] = "RSET",
		[SMTP_MAIL] = "the sender",
		[SMTP_RCPT] = "the recipient",
		[SMTP_DATA] = "DATA",
		[SMTP_END] = "the message",
	};
	char code[8];

	snprintf(code, sizeof(code), "%u", r->code);
	why_set(why, kind_of(step, r), "the mail server refuses %s: %s",
		what[step], code);
	why_octets(why, r->text, r->text_len);
}
