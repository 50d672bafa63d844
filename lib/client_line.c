// SPDX-License-Identifier: ISC
/*
 * client_line.c - a server's lines, whole or in pieces, and the words in them.
 * Runs in: the client.  Trusts: nothing that the server says.
 * Allocates: never.
 */
#include "client_impl.h"
#include "line.h"

void pop3_client_gather(struct pop3_client *c, struct pop3_slice *in)
{
	size_t len = in->len;
	size_t room = sizeof(c->line) - c->line_len;
	const uint8_t *lf;

	if (len > room) {
		len = room;
	}
	if (len == 0) {
		return;
	}
	lf = memchr(in->at, '\n', len);
	if (lf != NULL) {
		len = (size_t)(lf - in->at) + 1;
	}
	memcpy(c->line + c->line_len, in->at, len);
	c->line_len += len;
	*in = pop3_slice_tail(*in, len);
}

bool pop3_client_has_line(const struct pop3_client *c)
{
	return c->line_len != 0 && c->line[c->line_len - 1] == '\n';
}

static int line_of(struct pop3_slice *in, struct pop3_slice *line_r)
{
	return pop3_line_next(in, POP3_CLIENT_LINE_MAX, line_r);
}

int pop3_client_line(struct pop3_client *c, struct pop3_slice *in,
		     struct pop3_slice *line_r)
{
	struct pop3_slice line;
	struct pop3_slice gathered;
	int rc = c->line_len == 0 ? line_of(in, &line) : 0;

	if (rc == 0) {
		pop3_client_gather(c, in);
		gathered = pop3_slice_of(c->line, c->line_len);
		rc = line_of(&gathered, &line);
		c->is_line_told = rc == 1;
	}
	if (rc == 1) {
		/* what ended it stands behind it */
		c->lf_ends = line.at[line.len] == '\n';
		*line_r = line;
	}
	return rc;
}

static bool is_blank(uint8_t octet)
{
	return octet == ' ' || octet == '\t';
}

/* CRs too: some lines end in CR CR LF. */
struct pop3_slice pop3_client_trim(struct pop3_slice s)
{
	while (s.len != 0 && is_blank(s.at[0])) {
		s = pop3_slice_tail(s, 1);
	}
	while (s.len != 0 &&
	       (is_blank(s.at[s.len - 1]) || s.at[s.len - 1] == '\r')) {
		s.len--;
	}
	return s;
}

struct pop3_slice pop3_client_word(struct pop3_slice *rest)
{
	struct pop3_slice s = pop3_client_trim(*rest);
	size_t len = 0;

	while (len < s.len && !is_blank(s.at[len])) {
		len++;
	}
	*rest = pop3_slice_tail(s, len);
	return pop3_slice_of(s.at, len);
}

bool pop3_client_msn(struct pop3_slice word, uint32_t *msn_r)
{
	uint64_t n = 0;

	if (pop3_slice_u64(word, &n) < 0 || n == 0 || n > UINT32_MAX) {
		return false;
	}
	*msn_r = (uint32_t)n;
	return true;
}
