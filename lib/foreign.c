// SPDX-License-Identifier: ISC
/*
 * foreign.c - knows other protocols by their first octets (foreign.h).
 * Runs in: session.  Trusts: nothing.  Allocates: never.
 */
#include "foreign.h"

struct word {
	enum foreign protocol;
	const char *text;
};

/* First words, in whatever case, none of which is a POP3 command.  "Host:" is
 * for a request whose first line was too long to be looked at. */
static const struct word words[] = {
	{ FOREIGN_HTTP, "GET" },     { FOREIGN_HTTP, "POST" },
	{ FOREIGN_HTTP, "HEAD" },    { FOREIGN_HTTP, "PUT" },
	{ FOREIGN_HTTP, "DELETE" },  { FOREIGN_HTTP, "OPTIONS" },
	{ FOREIGN_HTTP, "CONNECT" }, { FOREIGN_HTTP, "PATCH" },
	{ FOREIGN_HTTP, "TRACE" },   { FOREIGN_HTTP, "PRI" },
	{ FOREIGN_HTTP, "HOST:" },   { FOREIGN_SMTP, "EHLO" },
	{ FOREIGN_SMTP, "HELO" },    { FOREIGN_SMTP, "LHLO" },
	{ FOREIGN_SMTP, "MAIL" },    { FOREIGN_SMTP, "RCPT" },
	{ FOREIGN_SMTP, "DATA" },    { FOREIGN_SMTP, "BDAT" },
	{ FOREIGN_SMTP, "VRFY" },    { FOREIGN_SMTP, "EXPN" },
	{ FOREIGN_SMTP, "ETRN" },
};

/* Methods are made up every day, but each request line of HTTP/1 ends alike. */
static bool has_http_end(struct pop3_slice line)
{
	static const char end[] = " HTTP/1.x";
	size_t len = sizeof(end) - 1;

	return line.len > len &&
	       memcmp(line.at + line.len - len, end, len - 1) == 0;
}

enum foreign pop3_foreign_line(struct pop3_slice line)
{
	const uint8_t *blank =
	    line.len == 0 ? NULL : memchr(line.at, ' ', line.len);
	struct pop3_slice first = pop3_slice_of(
	    line.at, blank == NULL ? line.len : (size_t)(blank - line.at));

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const char *text = words[i].text;

		if (pop3_slice_equal_fold(first,
					  pop3_slice_of(text, strlen(text)))) {
			return words[i].protocol;
		}
	}
	return has_http_end(line) ? FOREIGN_HTTP : FOREIGN_NOT;
}

/* RFC 8446, section 5.1, and RFC 6520: a type, from change_cipher_spec to
 * heartbeat, then a version that begins with 3. */
static bool is_record(struct pop3_slice in)
{
	return in.len >= 2 && in.at[0] >= 0x14 && in.at[0] <= 0x18 &&
	       in.at[1] == 0x03;
}

/* RFC 6101, appendix E: a length of two octets, the first bit set, then the
 * type client_hello.  Where the length's second octet is an LF a line may end,
 * and is not kept waiting for the type. */
static bool is_old_hello(struct pop3_slice in)
{
	return in.len >= 3 && (in.at[0] & 0x80) != 0 && in.at[1] != '\n' &&
	       in.at[2] == 1;
}

bool pop3_foreign_is_tls(struct pop3_slice in)
{
	return is_record(in) || is_old_hello(in);
}
