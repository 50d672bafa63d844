// SPDX-License-Identifier: ISC
/*
 * client_text.c - a message as it comes: its text without dot-stuffing, and its
 * end (RFC 1939, section 3).
 * Runs in: the client.  Trusts: nothing that the server says.
 * Allocates: never.
 *
 * The text is told as long runs of what came, where it lies.  Octets wait with
 * which the message may end - a dot, and the line end behind it - until it is
 * known what they are; as those are always the same, they are told from static
 * memory if they were text.
 */
#include "bug.h"
#include "client_impl.h"
#include "text_impl.h"

enum text_at {
	NOWHERE,
	AT_LINE,   /* a line begins */
	WITHIN,    /* in a line */
	WITHIN_CR, /* the same, and the last octet was a CR */
	/* A dot began the line and is not told: it ends the message, or is
	 * stuffing. */
	DOT,
	DOT_CR,
	DOT_LF, /* though LF ends no line: may be the end of all */
	/* Within a line there were, and are not told, as they may be the end if
	 * the line end before them is missing: */
	HELD_DOT,
	HELD_DOT_CR,
	HELD_DOT_CRLF,
	HELD_DOT_LF,
	END, /* of the message */
	TEXT_ATS
};

/* Where octets wait: what is told when the octet behind shows that they were
 * text, and where a CR and an LF behind them lead, which may wait as well. */
static const struct {
	const char *text;
	enum text_at with_cr, with_lf;
} held[TEXT_ATS] = {
	[DOT] = { "", DOT_CR, DOT_LF },
	/* [rfc1939/3/end] "a multi-line response is terminated with the five
	 * octets "CRLF.CRLF"" */
	[DOT_CR] = { "\r", NOWHERE, END },
	[DOT_LF] = { "\n", NOWHERE, NOWHERE },
	[HELD_DOT] = { ".", HELD_DOT_CR, HELD_DOT_LF },
	[HELD_DOT_CR] = { ".\r", NOWHERE, HELD_DOT_CRLF },
	[HELD_DOT_CRLF] = { ".\r\n", NOWHERE, NOWHERE },
	[HELD_DOT_LF] = { ".\n", NOWHERE, NOWHERE },
};

void pop3_client_begin_text(struct pop3_client *c)
{
	c->phase = CLIENT_TEXT;
	c->text_at = AT_LINE;
}

/* --- what was text --- */

static bool tell(const struct pop3_client *c, struct pop3_slice octets,
		 struct pop3_client_event *ev)
{
	struct pop3_client_asked asked = pop3_client_head(c);

	ev->verb = (enum pop3_verb_asked)asked.verb;
	ev->msn = asked.msn;
	ev->octets_of_text = octets;
	return pop3_client_stop(ev, POP3_CEV_TEXT);
}

/* Where the octets are that held has for from, when they were text. */
static enum text_at after_held(const struct pop3_client *c, enum text_at from)
{
	return from == HELD_DOT_CRLF || (from == HELD_DOT_LF && c->lf_ends)
		   ? AT_LINE
		   : WITHIN;
}

static bool tell_held(struct pop3_client *c, struct pop3_client_event *ev)
{
	enum text_at from = (enum text_at)c->text_at;
	const char *text = held[from].text;

	c->text_at = (uint8_t)after_held(c, from);
	return text[0] != '\0' &&
	       tell(c, pop3_slice_of(text, strlen(text)), ev);
}

/* --- the end --- */

static bool end(struct pop3_client *c, struct pop3_client_event *ev)
{
	ev->has_octets = c->has_octets;
	ev->octets = c->octets;
	return pop3_client_answered(c, ev, true);
}

static void take(struct pop3_slice *s, size_t n)
{
	*s = pop3_slice_tail(*s, n);
}

static enum text_at next_held(const struct pop3_client *c, uint8_t octet)
{
	enum text_at at = (enum text_at)c->text_at;

	if (octet == '\r') {
		return held[at].with_cr;
	}
	if (octet != '\n') {
		return NOWHERE;
	}
	return at == DOT && c->lf_ends ? END : held[at].with_lf;
}

/* The octet behind what waits belongs to it, or shows that it was text.
 * [rfc1939/3/unstuffing] "If so and if octets other than CRLF follow, the first
 * octet of the line (the termination octet) is stripped away." */
static bool go_on_held(struct pop3_client *c, struct pop3_slice *s,
		       struct pop3_client_event *ev)
{
	enum text_at next = next_held(c, s->at[0]);

	if (next == NOWHERE) {
		return tell_held(c, ev);
	}
	take(s, 1);
	c->text_at = (uint8_t)next;
	return next == END && end(c, ev);
}

/* --- runs --- */

static bool ends_in(struct pop3_slice s, const char *tail)
{
	size_t len = strlen(tail);

	return s.len >= len && memcmp(s.at + s.len - len, tail, len) == 0;
}

/* Where the end of a run that is all that came has left the text. */
static enum text_at at_end_of(const struct pop3_client *c,
			      struct pop3_slice run)
{
	static const enum text_at holding[] = { HELD_DOT_CRLF, HELD_DOT_CR,
						HELD_DOT_LF, HELD_DOT };

	for (size_t i = 0; i < sizeof(holding) / sizeof(holding[0]); i++) {
		if (ends_in(run, held[holding[i]].text)) {
			return holding[i];
		}
	}
	if (run.at[run.len - 1] == '\r') {
		return WITHIN_CR;
	}
	if (run.at[run.len - 1] != '\n') {
		return WITHIN;
	}
	return c->lf_ends || ends_in(run, "\r\n") ||
		       (run.len == 1 && c->text_at == WITHIN_CR)
		   ? AT_LINE
		   : WITHIN;
}

/*
 * All up to the next dot that begins a line.  In a text whose lines end in CRLF
 * a bare LF ends none: what stands behind it may be somebody's who wants it to
 * pass for the end of the message, and what follows for replies of the server.
 */
static bool tell_run(struct pop3_client *c, struct pop3_slice *s,
		     struct pop3_client_event *ev)
{
	struct pop3_slice run = *s;

	run.len =
	    pop3_text_best()->find_dot(*s, c->text_at == WITHIN_CR, c->lf_ends);
	take(s, run.len);
	if (s->len != 0) {
		take(s, 1);
		c->text_at = DOT;
		return tell(c, run, ev);
	}
	c->text_at = (uint8_t)at_end_of(c, run);
	if (held[c->text_at].text != NULL) {
		run.len -= strlen(held[c->text_at].text);
	}
	return run.len != 0 && tell(c, run, ev);
}

static bool go_on(struct pop3_client *c, struct pop3_slice *s,
		  struct pop3_client_event *ev)
{
	if (held[c->text_at].text != NULL) {
		return go_on_held(c, s, ev);
	}
	if (c->text_at == AT_LINE && s->at[0] == '.') {
		take(s, 1);
		c->text_at = DOT;
		return false;
	}
	return tell_run(c, s, ev);
}

/* --- the question whether it is over --- */

static bool is_held_line(const struct pop3_client *c)
{
	return c->text_at == HELD_DOT_CRLF || c->text_at == HELD_DOT_LF ||
	       c->text_at == DOT_LF;
}

/* Behind other commands their answers would have come, as text. */
bool pop3_client_text_may_be_over(const struct pop3_client *c)
{
	return c->phase == CLIENT_TEXT && c->line_len == 0 &&
	       c->asked_count == 1 && is_held_line(c);
}

int pop3_client_probe(struct pop3_client *c, struct pop3_writer *out)
{
	int rc = pop3_client_text_may_be_over(c) ? pop3_client_noop(c, out)
						 : POP3_EINVAL;

	if (rc == 0) {
		c->phase = CLIENT_PROBED;
	}
	return rc;
}

/* What was gathered is text, behind what is held. */
static bool was_text(struct pop3_client *c)
{
	c->phase = CLIENT_TEXT;
	return false;
}

/*
 * The answer to NOOP is one line, and nothing comes with it; a server that was
 * slow has more to say.  So no line of a message passes for that answer, unless
 * the network stops right before it and again right behind it.
 */
bool pop3_client_take_probed(struct pop3_client *c, struct pop3_slice *in,
			     struct pop3_client_event *ev)
{
	bool is_new = c->line_len == 0;

	if (in->len == 0) {
		return pop3_client_stop(ev, POP3_CEV_INPUT);
	}
	if (is_new && in->at[0] != '+' && in->at[0] != '-') {
		return was_text(c);
	}
	pop3_client_gather(c, in);
	if (in->len != 0) {
		return was_text(c);
	}
	return pop3_client_has_line(c) ? end(c, ev)
				       : pop3_client_stop(ev, POP3_CEV_INPUT);
}

/* --- the phase --- */

/* What is held is told first.  Then the line goes as one run: no line begins
 * within it. */
static bool replay(struct pop3_client *c, struct pop3_client_event *ev)
{
	struct pop3_slice s = pop3_slice_of(c->line, c->line_len);
	bool is_told = go_on(c, &s, ev);

	bug_if(s.len != 0 && s.len != c->line_len);
	c->is_line_told = s.len == 0;
	return is_told;
}

bool pop3_client_take_text(struct pop3_client *c, struct pop3_slice *in,
			   struct pop3_client_event *ev)
{
	if (c->line_len != 0) {
		return replay(c, ev);
	}
	return in->len == 0 ? pop3_client_stop(ev, POP3_CEV_INPUT)
			    : go_on(c, in, ev);
}
