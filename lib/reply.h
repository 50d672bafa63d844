// SPDX-License-Identifier: ISC
/*
 * reply.h - what a server says: status, response code, text, CRLF (RFC 1939,
 * section 3; RFC 2449, section 8; RFC 3206).
 *
 * Each function puts one whole line of at most POP3_REPLY_MAX octets, if its
 * text has at most POP3_REPLY_TEXT_MAX.  No reply ever repeats what a client
 * sent: what comes from a client goes into log lines, escaped, and nowhere
 * else.
 */
#ifndef LIB_REPLY_H
#define LIB_REPLY_H

#include "pop3/base.h"
#include "pop3/server.h"

#define POP3_REPLY_TEXT_MAX 200u /* as promised in pop3/server.h */

void pop3_reply_ok(struct pop3_writer *out, const char *text);
void pop3_reply_err(struct pop3_writer *out, enum pop3_code code,
		    const char *text);

/* "+OK n text" */
void pop3_reply_ok_number(struct pop3_writer *out, uint64_t n,
			  const char *text);

/* "+OK n octets", the drop listing of STAT and the scan listing of LIST n */
void pop3_reply_ok_pair(struct pop3_writer *out, uint64_t n, uint64_t octets);

/* "+OK n messages (octets octets)" */
void pop3_reply_ok_maildrop(struct pop3_writer *out, uint32_t count,
			    uint64_t octets);

/* "+OK msn uid" */
void pop3_reply_ok_uid(struct pop3_writer *out, uint32_t msn,
		       struct pop3_slice uid);

/* "-ERR [SYS/TEMP] n messages not removed, n removed" */
void pop3_reply_err_stayed(struct pop3_writer *out, uint32_t stayed,
			   uint32_t removed);

#endif
