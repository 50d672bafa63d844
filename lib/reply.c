// SPDX-License-Identifier: ISC
/*
 * reply.c - what a server says, one line a function.
 * Runs in: session.  Trusts: its caller's texts, which are ours, not the
 * client's.  Allocates: never.
 */
#include "reply.h"

/*
 * [rfc2449/4/reply] "The maximum length of the first line of a command response
 * (including the initial greeting) is unchanged at 512 octets": reply.h bounds
 * all that a reply is made of.
 * [rfc2449/8/code] "an optional response code, enclosed in square brackets, at
 * the beginning of the human readable text portion of an "+OK" or "-ERR"
 * response"
 * [rfc2449/8.1.2/in-use] is for a log-in that was right, into a maildrop that
 * somebody else has open.
 * [rfc3206/4/sys] is for faults of ours, and says whether they may pass.
 * [rfc6856/5/code] is for a message that a client without UTF8 cannot get.
 */
static const char *const code_names[POP3_CODE_COUNT] = {
	[POP3_CODE_NONE] = "",
	[POP3_CODE_AUTH] = "[AUTH] ",
	[POP3_CODE_IN_USE] = "[IN-USE] ",
	[POP3_CODE_LOGIN_DELAY] = "[LOGIN-DELAY] ",
	[POP3_CODE_SYS_TEMP] = "[SYS/TEMP] ",
	[POP3_CODE_SYS_PERM] = "[SYS/PERM] ",
	[POP3_CODE_UTF8] = "[UTF8] ",
};

/* [rfc1939/3/case] "Servers MUST send the "+OK" and "-ERR" in upper case." */
static void put_ok(struct pop3_writer *out)
{
	pop3_put_str(out, "+OK ");
}

static void put_end(struct pop3_writer *out)
{
	pop3_put_str(out, "\r\n");
}

void pop3_reply_ok(struct pop3_writer *out, const char *text)
{
	put_ok(out);
	pop3_put_str(out, text);
	put_end(out);
}

void pop3_reply_err(struct pop3_writer *out, enum pop3_code code,
		    const char *text)
{
	pop3_put_str(out, "-ERR ");
	pop3_put_str(out, code_names[code]);
	pop3_put_str(out, text);
	put_end(out);
}

void pop3_reply_ok_number(struct pop3_writer *out, uint64_t n, const char *text)
{
	put_ok(out);
	pop3_put_u64(out, n);
	pop3_put_str(out, " ");
	pop3_put_str(out, text);
	put_end(out);
}

void pop3_reply_ok_pair(struct pop3_writer *out, uint64_t n, uint64_t octets)
{
	put_ok(out);
	pop3_put_u64(out, n);
	pop3_put_str(out, " ");
	pop3_put_u64(out, octets);
	put_end(out);
}

void pop3_reply_ok_maildrop(struct pop3_writer *out, uint32_t count,
			    uint64_t octets)
{
	put_ok(out);
	pop3_put_u64(out, count);
	pop3_put_str(out, " messages (");
	pop3_put_u64(out, octets);
	pop3_put_str(out, " octets)");
	put_end(out);
}

void pop3_reply_ok_uid(struct pop3_writer *out, uint32_t msn,
		       struct pop3_slice uid)
{
	put_ok(out);
	pop3_put_u64(out, msn);
	pop3_put_str(out, " ");
	pop3_put_slice(out, uid);
	put_end(out);
}

void pop3_reply_err_stayed(struct pop3_writer *out, uint32_t stayed,
			   uint32_t removed)
{
	pop3_put_str(out, "-ERR ");
	pop3_put_str(out, code_names[POP3_CODE_SYS_TEMP]);
	pop3_put_u64(out, stayed);
	pop3_put_str(out, " messages not removed, ");
	pop3_put_u64(out, removed);
	pop3_put_str(out, " removed");
	put_end(out);
}
