// SPDX-License-Identifier: ISC
/*
 * smtp_talk.h - the dialogue with a server of SMTP or LMTP (RFC 5321, RFC
 * 2033): greeting, extensions, one message at a time over one connection.
 */
#ifndef FETCH_SINK_SMTP_TALK_H
#define FETCH_SINK_SMTP_TALK_H

#include "fetch/sink/smtp_line.h"
#include "fetch/sink/spool.h"

struct smtp_talk {
	struct smtp_line line;
	const struct destination *to;
	unsigned lines_heard; /* of EHLO */
	bool has_size, has_8bitmime, has_smtputf8, has_pipelining;
	uint64_t size_max; /* 0: the server names none */
};

struct smtp_message {
	struct spool *spool;
	const struct spool_text *text;
	uint64_t octets; /* on the wire, less doubled dots */
	bool is_8bit;
};

/* Connected and greeted, or found still so.  0, or -1 and *why. */
MUST_USE int smtp_talk_begin(struct smtp_talk *t, struct why *why);

/* 0 when the server has taken the message; or -1 and *why.  Then the connection
 * may be at its end. */
MUST_USE int smtp_talk_send(struct smtp_talk *t, const struct smtp_message *m,
			    struct why *why);

/* Says QUIT, if there is a connection, and closes it. */
void smtp_talk_end(struct smtp_talk *t);

#endif
