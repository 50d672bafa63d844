// SPDX-License-Identifier: ISC
/*
 * smtp_reply.h - what a mail server's refusal means for what goes on.
 */
#ifndef FETCH_SINK_SMTP_REPLY_H
#define FETCH_SINK_SMTP_REPLY_H

#include "fetch/sink/smtp_line.h"

/* What was asked. */
enum smtp_step {
	SMTP_GREETING,
	SMTP_EHLO,
	SMTP_RSET,
	SMTP_MAIL,
	SMTP_RCPT,
	SMTP_DATA,
	SMTP_END, /* of the message */
};

/* Whether the reply means to go on: 2xx, to DATA 354. */
bool smtp_reply_is_good(enum smtp_step step, const struct smtp_reply *r);

/*
 * Why a reply that is not good is not.
 *
 * About the message, once the server has its text: 4xx is WHY_LATER, and so is
 * a full mailbox; 5xx is WHY_MESSAGE, as it is of a size.  But for 421 and for
 * what RFC 3463's code says of the server's state: that is as below.
 *
 * Any other one is about the server, or about sender and recipient, which are
 * the same for all messages: 4xx and a full mailbox are WHY_TEMP; 5xx is
 * WHY_DELIVERY, or they would all be set aside one by one.
 */
void smtp_reply_refused(enum smtp_step step, const struct smtp_reply *r,
			struct why *why);

#endif
