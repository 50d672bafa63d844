// SPDX-License-Identifier: ISC
/*
 * report_lines.c - what is said in lines (report_impl.h).
 * Runs in: restante, any thread, with the report's lock.  Trusts: nothing in
 * strings.  Allocates: the report's texts.
 */
#include <inttypes.h>

#include "fetch/show/escape.h"
#include "fetch/show/human.h"
#include "fetch/show/report_impl.h"
#include "fetch/show/tell.h"

/* Foreign and own strings, fit to be seen on either output. */
static void say(struct report *r, const char *s)
{
	escape_str(&r->line, s, r->where.is_utf8);
}

static void put_name(struct text *t, const struct report *r,
		     enum line_kind kind, const char *name)
{
	static const char *const colours[] = {
		[LINE_USUAL] = "\x1b[1m",
		[LINE_NOTE] = "\x1b[1;33m",
		[LINE_PROBLEM] = "\x1b[1;31m",
	};
	bool has_colour = r->form == FORM_ROWS && r->where.has_colour;

	if (name == NULL) {
		return;
	}
	text_str(t, has_colour ? colours[kind] : "");
	escape_str(t, name, r->where.is_utf8);
	text_str(t, has_colour ? ":\x1b[0m " : ": ");
}

void lines_emit(struct report *r, enum line_kind kind, const char *account)
{
	const struct terminal *to =
	    kind == LINE_USUAL ? &r->where : &r->problems;
	bool is_above = r->form == FORM_ROWS;
	struct text *t = is_above ? &r->pending : &r->frame;

	put_name(t, r, kind, account);
	text_str(t, text_of(&r->line));
	text_str(t, "\n");
	if (!is_above) {
		report_write(r, to->fd, t);
		text_reset(t);
	}
	text_reset(&r->line);
}

static bool is_verbose(const struct report *r)
{
	return r->options.level == REPORT_VERBOSE;
}

void lines_connecting(struct report_account *a)
{
	struct report *r = a->report;

	if (is_verbose(r)) {
		text_str(&r->line, "connecting to ");
		say(r, text_of(&a->host));
		lines_emit(r, LINE_USUAL, a->name);
	}
}

void lines_logged_in(struct report_account *a, const char *user,
		     const char *mechanism)
{
	struct report *r = a->report;

	if (is_verbose(r)) {
		text_str(&r->line, "logged in as ");
		say(r, user);
		if (mechanism != NULL) {
			text_str(&r->line, " by ");
			say(r, mechanism);
		}
		lines_emit(r, LINE_USUAL, a->name);
	}
}

static void put_count(struct text *t, uint32_t n, const char *one,
		      const char *more)
{
	text_printf(t, "%" PRIu32 " %s", n, n == 1 ? one : more);
}

static void put_octets(struct text *t, uint64_t octets)
{
	char human[HUMAN_MAX];

	human_octets(octets, human);
	text_str(t, human);
}

void lines_listed(struct report_account *a)
{
	struct report *r = a->report;
	const struct report_listing *l = &a->listing;

	if (is_verbose(r)) {
		put_count(&r->line, l->count, "message", "messages");
		text_printf(&r->line, ", %" PRIu32 " new", l->new_count);
		if (l->new_count > 0) {
			text_str(&r->line, ", ");
			put_octets(&r->line, l->new_octets);
		}
		lines_emit(r, LINE_USUAL, a->name);
	}
}

/* message 12 (4.2 kB, from Alice <alice@example.org>, "Lunch") */
static void put_message(struct report *r, const struct report_message *m)
{
	text_str(&r->line, "message");
	if (m->number != 0) {
		text_printf(&r->line, " %" PRIu32, m->number);
	}
	text_str(&r->line, " (");
	put_octets(&r->line, m->octets);
	if (m->number == 0 && m->uid != NULL && m->uid[0] != 0) {
		text_str(&r->line, ", unique-id ");
		say(r, m->uid);
	}
	if (m->from != NULL) {
		text_str(&r->line, ", from ");
		say(r, m->from);
	}
	if (m->subject != NULL) {
		text_str(&r->line, ", \"");
		say(r, m->subject);
		text_str(&r->line, "\"");
	}
	text_str(&r->line, ")");
}

static const char *const outcomes[] = {
	[REPORT_DELIVERED] = "delivered",
	[REPORT_KNOWN] = "is here already, under another unique-id",
	[REPORT_SKIPPED] = "skipped by a rule",
	[REPORT_TOO_LARGE] = "too large",
	[REPORT_TOO_OLD] = "too old",
	[REPORT_SET_ASIDE] = "set aside",
	[REPORT_DELETED] = "deleted on the server",
	[REPORT_POSTPONED] = "not this time",
	[REPORT_UNDELETED] = "could not be deleted on the server",
};

void lines_message(struct report_account *a, enum report_outcome outcome,
		   const struct report_message *m, const struct why *why)
{
	struct report *r = a->report;
	bool is_problem = outcome == REPORT_SET_ASIDE;

	if (!is_problem && !report_tells_messages(r)) {
		return;
	}
	put_message(r, m);
	text_printf(&r->line, ": %s", outcomes[outcome]);
	if (why != NULL && why->kind != WHY_NONE) {
		text_str(&r->line, ": ");
		tell_failure(&r->line, NULL, why, r->where.is_utf8);
	}
	lines_emit(r, is_problem ? LINE_PROBLEM : LINE_USUAL, a->name);
}

static void put_outcome(struct text *t, uint32_t count, const char *what)
{
	if (count > 0) {
		text_printf(t, "%s%" PRIu32 " %s", t->len > 0 ? ", " : "",
			    count, what);
	}
}

/* "12 new messages, 3.4 MB, 2 skipped, 12 deleted on the server" */
static void put_totals(struct report_account *a)
{
	struct text *t = &a->report->line;
	uint32_t delivered = a->outcomes[REPORT_DELIVERED];

	if (delivered > 0) {
		put_count(t, delivered, "new message", "new messages");
		text_str(t, ", ");
		put_octets(t, a->delivered_octets);
	}
	put_outcome(t, a->outcomes[REPORT_KNOWN], "known already");
	put_outcome(t, a->outcomes[REPORT_SKIPPED], "skipped");
	put_outcome(t, a->outcomes[REPORT_TOO_OLD], "too old");
	put_outcome(t, a->outcomes[REPORT_POSTPONED], "not this time");
	put_outcome(t, a->outcomes[REPORT_DELETED], "deleted on the server");
}

/* What stays on the server untouched is new at each visit, and no news; but for
 * what was set aside: it waits for somebody. */
static bool has_news(const struct report_account *a)
{
	return a->outcomes[REPORT_DELIVERED] + a->outcomes[REPORT_KNOWN] +
		   a->outcomes[REPORT_SKIPPED] + a->outcomes[REPORT_DELETED] +
		   a->aside >
	       0;
}

/* So does what is too large; but watch says of it no more than how many there
 * are now. */
static bool has_large_news(const struct report_account *a)
{
	return !report_account_is_told(a) ||
	       (is_verbose(a->report) && a->too_large > 0);
}

static bool is_to_be_told(const struct report_account *a)
{
	const struct report *r = a->report;

	if (r->options.level == REPORT_QUIET) {
		return false;
	}
	return has_news(a) || has_large_news(a) || is_verbose(r) ||
	       (r->form == FORM_ROWS && !r->options.is_watching);
}

static void put_span(struct report_account *a, const char *word,
		     uint64_t now_ms)
{
	char span[HUMAN_MAX];

	human_span(now_ms - a->begun_ms, span);
	text_printf(&a->report->line, "%s%s", word, span);
}

static void put_aside(struct report_account *a)
{
	if (a->aside > 0) {
		text_printf(&a->report->line,
			    "; %" PRIu32 " set aside; restante fetch --retry "
			    "tries %s again now",
			    a->aside, a->aside == 1 ? "it" : "them");
	}
}

static void put_large(struct report_account *a)
{
	uint32_t count = a->too_large;

	if (has_large_news(a)) {
		text_printf(&a->report->line,
			    "; %" PRIu32 " %s on the server because %s too "
			    "large",
			    count, count == 1 ? "stays" : "stay",
			    count == 1 ? "it is" : "they are");
	}
	report_account_tell(a);
}

static void tell_done(struct report_account *a, uint64_t now_ms)
{
	struct report *r = a->report;

	if (!is_to_be_told(a)) {
		report_account_tell(a);
		return;
	}
	put_totals(a);
	if (r->line.len == 0) {
		text_str(&r->line, "no new mail");
	} else {
		put_span(a, ", in ", now_ms);
	}
	put_aside(a);
	put_large(a);
	lines_emit(r, LINE_USUAL, a->name);
}

void lines_end(struct report_account *a, enum report_end how,
	       const struct why *why, uint64_t now_ms)
{
	static const char *const until[] = {
		[END_DONE] = "",
		[END_FAILED] = ", until it failed after ",
		[END_INTERRUPTED] = ", until it was interrupted after ",
	};
	struct report *r = a->report;

	if (how == END_DONE) {
		tell_done(a, now_ms);
		return;
	}
	if (r->options.level != REPORT_QUIET && has_news(a)) {
		put_totals(a);
		if (r->line.len == 0) {
			text_str(&r->line, "no new mail");
		}
		put_span(a, until[how], now_ms);
		put_aside(a);
		put_large(a);
		lines_emit(r, LINE_USUAL, a->name);
	}
	if (how == END_FAILED) {
		tell_failure(&r->line, NULL, why, r->problems.is_utf8);
		lines_emit(r, LINE_PROBLEM, a->name);
	}
}

void lines_waits(struct report *r, const char *account, const char *time_of_day)
{
	if (is_verbose(r)) {
		text_printf(&r->line, "next visit at %s", time_of_day);
		lines_emit(r, LINE_USUAL, account);
	}
}
