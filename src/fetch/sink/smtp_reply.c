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

static enum why_kind kind_of(enum smtp_step step, const struct smtp_reply *r)
{
	if (r->code < 500 || is_full(r)) {
		return WHY_TEMP;
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
