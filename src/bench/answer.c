// SPDX-License-Identifier: ISC
/*
 * answer.c - a server's answers, taken apart as they come (answer.h).
 * Runs in: restante-bench.  Trusts: nothing it is given.  Allocates: never.
 */
#include "bench/answer.h"

#include <assert.h>
#include <string.h>

static const uint8_t lone_cr[] = { '\r' };

void answer_begin(struct answer *a, enum answer_kind kind)
{
	a->kind = kind;
	a->state = ANSWER_AT_REPLY;
	a->is_positive = false;
	a->len = 0;
}

static void take(struct answer_part *in, size_t len)
{
	in->at += len;
	in->len -= len;
}

static bool keep(struct answer *a, const uint8_t *at, size_t len)
{
	if (len > sizeof(a->line) - a->len) {
		return false;
	}
	memcpy(a->line + a->len, at, len);
	a->len += len;
	return true;
}

/* Some servers end lines with LF alone. */
static struct answer_part without_end(const uint8_t *at, size_t len)
{
	len--;
	if (len > 0 && at[len - 1] == '\r') {
		len--;
	}
	return (struct answer_part){ at, len };
}

/* 1 and the line, 0 if it is not whole yet, or ANSWER_ELONG. */
static int next_line(struct answer *a, struct answer_part *in,
		     struct answer_part *line_r)
{
	const uint8_t *end =
	    in->len == 0 ? NULL : memchr(in->at, '\n', in->len);
	size_t len = end == NULL ? in->len : (size_t)(end - in->at) + 1;

	if (end != NULL && a->len == 0) {
		if (len > sizeof(a->line)) {
			return ANSWER_ELONG;
		}
		*line_r = without_end(in->at, len);
		take(in, len);
		return 1;
	}
	if (len > 0 && !keep(a, in->at, len)) {
		return ANSWER_ELONG;
	}
	take(in, len);
	if (end == NULL) {
		return 0;
	}
	*line_r = without_end(a->line, a->len);
	a->len = 0;
	return 1;
}

static enum answer_state state_behind_reply(const struct answer *a)
{
	if (!a->is_positive || a->kind == ANSWER_STATUS) {
		return ANSWER_IS_OVER;
	}
	return a->kind == ANSWER_TEXT ? ANSWER_AT_LINE : ANSWER_AT_LISTING;
}

static int next_reply(struct answer *a, struct answer_part *in,
		      struct answer_part *part_r)
{
	int rc = next_line(a, in, part_r);

	if (rc <= 0) {
		return rc < 0 ? rc : ANSWER_MORE;
	}
	if (part_r->len == 0 ||
	    (part_r->at[0] != '+' && part_r->at[0] != '-')) {
		return ANSWER_EFORM;
	}
	a->is_positive = part_r->at[0] == '+';
	a->state = state_behind_reply(a);
	return ANSWER_REPLY;
}

static int next_listed(struct answer *a, struct answer_part *in,
		       struct answer_part *part_r)
{
	int rc = next_line(a, in, part_r);

	if (rc <= 0) {
		return rc < 0 ? rc : ANSWER_MORE;
	}
	if (part_r->len > 0 && part_r->at[0] == '.') {
		if (part_r->len == 1) {
			a->state = ANSWER_IS_OVER;
			return ANSWER_END;
		}
		take(part_r, 1);
	}
	return ANSWER_LINE;
}

/* Up to the next line that begins with a dot, or all.  There is something, and
 * its first octet is not that dot. */
static int next_octets(struct answer *a, struct answer_part *in,
		       struct answer_part *part_r)
{
	const uint8_t *at = in->at, *end = in->at + in->len;
	bool is_behind_cr = a->state == ANSWER_IN_LINE_CR;

	a->state = ANSWER_IN_LINE;
	for (;;) {
		const uint8_t *lf = memchr(at, '\n', (size_t)(end - at));

		if (lf == NULL) {
			a->state = end[-1] == '\r' ? ANSWER_IN_LINE_CR
						   : ANSWER_IN_LINE;
			at = end;
			break;
		}
		at = lf + 1;
		if (!(lf > in->at ? lf[-1] == '\r' : is_behind_cr)) {
			if (at == end) {
				break;
			}
			continue;
		}
		if (at == end || *at == '.') {
			a->state = ANSWER_AT_LINE;
			break;
		}
	}
	part_r->at = in->at;
	part_r->len = (size_t)(at - in->at);
	take(in, part_r->len);
	return ANSWER_OCTETS;
}

/* [rfc1939/3/unstuffing] "If any line of the multi-line response begins with
 * the termination octet, the line is "byte-stuffed" by pre-pending the
 * termination octet to that line of the response." */
static int next_text(struct answer *a, struct answer_part *in,
		     struct answer_part *part_r)
{
	while (in->len > 0) {
		uint8_t c = in->at[0];

		if (a->state == ANSWER_AT_LINE && c == '.') {
			a->state = ANSWER_AT_DOT;
			take(in, 1);
		} else if (a->state == ANSWER_AT_DOT && c == '\r') {
			a->state = ANSWER_AT_DOT_CR;
			take(in, 1);
		} else if (a->state == ANSWER_AT_DOT_CR && c == '\n') {
			a->state = ANSWER_IS_OVER;
			take(in, 1);
			return ANSWER_END;
		} else if (a->state == ANSWER_AT_DOT_CR) {
			a->state = ANSWER_IN_LINE_CR;
			*part_r = (struct answer_part){ lone_cr, 1 };
			return ANSWER_OCTETS;
		} else {
			return next_octets(a, in, part_r);
		}
	}
	return ANSWER_MORE;
}

int answer_next(struct answer *a, struct answer_part *in,
		struct answer_part *part_r)
{
	assert(!answer_is_over(a));
	switch (a->state) {
	case ANSWER_AT_REPLY:
		return next_reply(a, in, part_r);
	case ANSWER_AT_LISTING:
		return next_listed(a, in, part_r);
	case ANSWER_AT_LINE:
	case ANSWER_AT_DOT:
	case ANSWER_AT_DOT_CR:
	case ANSWER_IN_LINE:
	case ANSWER_IN_LINE_CR:
		return next_text(a, in, part_r);
	case ANSWER_IS_OVER:
		break;
	}
	return ANSWER_EFORM;
}
