// SPDX-License-Identifier: ISC
/*
 * smtp_line.h - a connection to a server of SMTP or LMTP: lines out, replies
 * in, each wait with its limit.
 */
#ifndef FETCH_SINK_SMTP_LINE_H
#define FETCH_SINK_SMTP_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fetch/account.h"
#include "fetch/why.h"
#include "pop3/text.h"

#define SMTP_TEXT_MAX 512u  /* of a reply's lines, kept for a person to read */
#define SMTP_IN_MAX   4096u /* octets of one line: RFC 5321 has 512 */
#define SMTP_OUT_MAX  (64u * 1024u)

struct smtp_line {
	int fd; /* or -1: there is none */
	bool is_unix;
	uint64_t wait_max_ms; /* 0; or, in a test, no wait is longer */
	size_t in_at, in_len;
	size_t out_len;
	uint8_t in[SMTP_IN_MAX];
	uint8_t out[SMTP_OUT_MAX];
};

/* A reply: the last code, and what stood behind each. */
struct smtp_reply {
	unsigned code; /* 200 to 599 */
	size_t text_len;
	uint8_t text[SMTP_TEXT_MAX]; /* lines, with blanks between */
};

/* All below: 0; or -1 and *why, and then there is no connection any more. */

/* Connects within FETCH_SMTP_CONNECT_MS an address. */
MUST_USE int smtp_line_open(struct smtp_line *l, const struct destination *d,
			    struct why *why);
/* Takes a line that is closed, too. */
void smtp_line_close(struct smtp_line *l);

/* Sends when there is much, or with the flush. */
MUST_USE int smtp_line_put(struct smtp_line *l, const void *at, size_t len,
			   struct why *why);
MUST_USE int smtp_line_flush(struct smtp_line *l, struct why *why);

/* Sends text of a message: with CRLF, and dots doubled. */
MUST_USE int smtp_line_stuff(struct smtp_line *l, struct pop3_stuff *st,
			     struct pop3_slice text, struct why *why);
/* The message's end, of which nothing is sent before the flush. */
MUST_USE int smtp_line_stuff_end(struct smtp_line *l, struct pop3_stuff *st,
				 struct why *why);

/* Gives every line of a reply without its end to each, which may be NULL. */
typedef void smtp_each_fn(void *arg, const uint8_t *at, size_t len);

/* The next reply, once all is sent; of each line what follows code and
 * blank. */
MUST_USE int smtp_line_reply(struct smtp_line *l, uint64_t wait_ms,
			     smtp_each_fn *each, void *arg,
			     struct smtp_reply *reply_r, struct why *why);

#endif
