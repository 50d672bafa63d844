// SPDX-License-Identifier: ISC
/*
 * proxy.c - the header of the PROXY protocol, version 1; which version it is
 * (proxy.h).
 * Runs in: session.  Trusts: nothing it is given.  Allocates: never.
 */
#include "session/proxy.h"

#include "os/net.h"
#include "session/proxy_v2.h"

static const uint8_t v2_signature[PROXY_V2_SIGNATURE_LEN] = PROXY_V2_SIGNATURE;

/* --- one line of text --- */

/* Takes the word in front of the next space, or the rest of the line, and that
 * space.  [proxy/2.1] "exactly one space": two make an empty word. */
static struct pop3_slice take_word(struct pop3_slice *line)
{
	const uint8_t *space =
	    line->len == 0 ? NULL : memchr(line->at, ' ', line->len);
	size_t len = space == NULL ? line->len : (size_t)(space - line->at);
	struct pop3_slice word = pop3_slice_of(line->at, len);

	*line = pop3_slice_tail(*line, space == NULL ? len : len + 1);
	return word;
}

static bool has_only(struct pop3_slice word, const char *set)
{
	for (size_t i = 0; i < word.len; i++) {
		if (word.at[i] == 0 || strchr(set, word.at[i]) == NULL) {
			return false;
		}
	}
	return word.len != 0;
}

static bool read_address(struct pop3_slice word, bool is_six, uint8_t *out_r)
{
	const char *set = is_six ? "0123456789abcdefABCDEF:." : "0123456789.";
	struct net net;

	if (!has_only(word, set) ||
	    !net_parse((const char *)word.at, word.len, &net)) {
		return false;
	}
	/* a set of digits and dots alone is of the other family */
	if (is_six && memchr(word.at, ':', word.len) == NULL) {
		return false;
	}
	memcpy(out_r, net.address, sizeof(net.address));
	return true;
}

/* [proxy/2.1] "Heading zeroes are not permitted in front of numbers" */
static bool read_port(struct pop3_slice word, uint16_t *port_r)
{
	uint64_t n;

	if (word.len > 5 || pop3_slice_u64(word, &n) < 0 || n > UINT16_MAX ||
	    (word.at[0] == '0' && word.len > 1)) {
		return false;
	}
	*port_r = (uint16_t)n;
	return true;
}

/* What follows "PROXY TCP4 " or "PROXY TCP6 ". */
static bool read_ends(struct pop3_slice rest, bool is_six,
		      struct proxy_header *h)
{
	uint8_t to_address[16];
	uint16_t to_port;
	struct pop3_slice from = take_word(&rest), to = take_word(&rest),
			  from_port = take_word(&rest);

	return read_address(from, is_six, h->address) &&
	       read_address(to, is_six, to_address) &&
	       read_port(from_port, &h->port) && read_port(rest, &to_port);
}

/* line: without CRLF. */
static bool read_line(struct pop3_slice line, struct proxy_header *h)
{
	struct pop3_slice kind;

	(void)take_word(&line); /* it is "PROXY" */
	kind = take_word(&line);
	/* [proxy/2.1] 'For "UNKNOWN", the rest of the line before the CRLF may
	 * be omitted by the sender, and the receiver must ignore anything
	 * presented before the CRLF is found.' */
	if (pop3_slice_equal(kind, POP3_LITERAL("UNKNOWN"))) {
		h->is_local = true;
		return true;
	}
	if (pop3_slice_equal(kind, POP3_LITERAL("TCP4"))) {
		return read_ends(line, false, h);
	}
	return pop3_slice_equal(kind, POP3_LITERAL("TCP6")) &&
	       read_ends(line, true, h);
}

/* The length of the line with its CRLF; 0 if that has not come yet.
 * [proxy/2.1] "The receiver must not tolerate a single CR or LF character" */
static int line_len(struct pop3_slice in)
{
	size_t most = in.len < PROXY_V1_MAX ? in.len : PROXY_V1_MAX;

	for (size_t i = 0; i < most; i++) {
		bool is_after_cr = i > 0 && in.at[i - 1] == '\r';

		if (is_after_cr != (in.at[i] == '\n')) {
			return PROXY_BAD;
		}
		if (is_after_cr) {
			return (int)i + 1;
		}
	}
	return in.len < PROXY_V1_MAX ? 0 : PROXY_BAD;
}

static int parse_v1(struct pop3_slice in, struct proxy_header *header_r)
{
	struct proxy_header h = { .port = 0 };
	int len = line_len(in);

	if (len <= 0) {
		return len;
	}
	if (!read_line(pop3_slice_of(in.at, (size_t)len - 2), &h)) {
		return PROXY_BAD;
	}
	*header_r = h;
	return len;
}

/* --- which --- */

/* Whether in begins with what, as far as either goes. */
static bool may_begin(struct pop3_slice in, struct pop3_slice what)
{
	size_t len = in.len < what.len ? in.len : what.len;

	return len == 0 || memcmp(in.at, what.at, len) == 0;
}

int proxy_parse(struct pop3_slice in, struct proxy_header *header_r)
{
	if (in.len == 0) {
		return 0;
	}
	if (may_begin(in, POP3_LITERAL("PROXY "))) {
		return parse_v1(in, header_r);
	}
	if (may_begin(in, pop3_slice_of(v2_signature, sizeof(v2_signature)))) {
		return proxy_v2_parse(in, header_r);
	}
	return PROXY_BAD;
}
