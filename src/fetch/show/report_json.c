// SPDX-License-Identifier: ISC
/*
 * report_json.c - events as JSON (report_impl.h).
 * Runs in: restante, any thread, with the report's lock.  Trusts: nothing in
 * strings.  Allocates: what jansson does, an object at a time.
 */
#include "fetch/show/json.h"
#include "fetch/show/report_impl.h"

#define PROGRESS_MS 1000u

static const char *const outcomes[] = {
	[REPORT_DELIVERED] = "delivered", [REPORT_KNOWN] = "known",
	[REPORT_SKIPPED] = "skipped",     [REPORT_TOO_LARGE] = "too-large",
	[REPORT_TOO_OLD] = "too-old",     [REPORT_SET_ASIDE] = "set-aside",
	[REPORT_DELETED] = "deleted",     [REPORT_POSTPONED] = "postponed",
	[REPORT_UNDELETED] = "undeleted",
};

static const char *const totals[] = {
	[REPORT_DELIVERED] = "delivered", [REPORT_KNOWN] = "known",
	[REPORT_SKIPPED] = "skipped",     [REPORT_TOO_LARGE] = "too_large",
	[REPORT_TOO_OLD] = "too_old",     [REPORT_SET_ASIDE] = "set_aside",
	[REPORT_DELETED] = "deleted",     [REPORT_POSTPONED] = "postponed",
	[REPORT_UNDELETED] = "undeleted",
};

static const char *const tls_names[] = {
	[ACCOUNT_TLS_IMPLICIT] = "implicit",
	[ACCOUNT_TLS_STLS] = "stls",
	[ACCOUNT_TLS_NONE] = "none",
};

static bool is_quiet(const struct report *r)
{
	return r->options.level == REPORT_QUIET;
}

static json_t *begin(const struct report *r, const char *type,
		     const char *account)
{
	return json_begin(type, r->options.clock_unix_ms(), account);
}

static void put(struct report *r, json_t *o)
{
	text_reset(&r->line);
	json_put(&r->line, o);
	if (r->line.has_failed) {
		r->is_broken = true;
	} else {
		report_write(r, r->where.fd, &r->line);
	}
	text_reset(&r->line);
}

void json_connecting(struct report_account *a, const char *host, uint16_t port,
		     enum account_tls tls)
{
	json_t *o;

	if (is_quiet(a->report)) {
		return;
	}
	o = begin(a->report, "connecting", a->name);
	json_set_text(o, "host", host);
	json_set_count(o, "port", port);
	json_set_text(o, "tls", tls_names[tls]);
	put(a->report, o);
}

void json_logged_in(struct report_account *a, const char *user,
		    const char *mechanism)
{
	json_t *o;

	if (is_quiet(a->report)) {
		return;
	}
	o = begin(a->report, "logged-in", a->name);
	json_set_text(o, "user", user);
	json_set_text(o, "mechanism", mechanism);
	put(a->report, o);
}

void json_listed(struct report_account *a)
{
	json_t *o;

	if (is_quiet(a->report)) {
		return;
	}
	o = begin(a->report, "listed", a->name);
	json_set_count(o, "messages", a->listing.count);
	json_set_count(o, "new", a->listing.new_count);
	json_set_count(o, "octets", a->listing.new_octets);
	put(a->report, o);
}

void json_message_begun(struct report_account *a,
			const struct report_message *m)
{
	json_t *o;

	if (is_quiet(a->report)) {
		return;
	}
	o = begin(a->report, "message-begun", a->name);
	json_set_value(o, "message", json_of_message(m));
	put(a->report, o);
}

void json_message(struct report_account *a, enum report_outcome outcome,
		  const struct report_message *m, const struct why *why)
{
	json_t *o;

	if (is_quiet(a->report) && outcome != REPORT_SET_ASIDE) {
		return;
	}
	o = begin(a->report, "message", a->name);
	json_set_value(o, "message", json_of_message(m));
	json_set_text(o, "outcome", outcomes[outcome]);
	if (why != NULL && why->kind != WHY_NONE) {
		json_set_value(o, "failure", json_of_failure(why));
	}
	put(a->report, o);
}

void json_progress(struct report_account *a, uint64_t now_ms)
{
	uint64_t seconds;
	bool has_left;
	json_t *o;

	if (is_quiet(a->report) || a->pace.begun_ms == 0 ||
	    (a->progress_ms != 0 && now_ms - a->progress_ms < PROGRESS_MS)) {
		return;
	}
	a->progress_ms = now_ms;
	pace_update(a, now_ms);
	has_left = pace_left(a, &seconds);
	o = begin(a->report, "progress", a->name);
	json_set_count(o, "messages", count_finished(a));
	json_set_count(o, "new", a->listing.new_count);
	json_set_count(o, "octets", count_position(a));
	json_set_count(o, "octets_new", a->listing.new_octets);
	json_set_count(o, "octets_per_s", a->pace.octets_per_s);
	if (has_left) {
		json_set_count(o, "seconds_left", seconds);
	} else {
		json_set_value(o, "seconds_left", json_null());
	}
	put(a->report, o);
}

void json_end(struct report_account *a, enum report_end how,
	      const struct why *why, uint64_t now_ms)
{
	static const char *const types[] = {
		[END_DONE] = "account-done",
		[END_FAILED] = "account-failed",
		[END_INTERRUPTED] = "account-interrupted",
	};
	json_t *o = begin(a->report, types[how], a->name);
	json_t *all = json_object();

	for (size_t i = 0; i < REPORT_OUTCOMES; i++) {
		json_set_count(all, totals[i],
			       i == REPORT_TOO_LARGE ? a->too_large
						     : a->outcomes[i]);
	}
	json_set_count(all, "aside", a->aside);
	json_set_count(all, "octets", a->delivered_octets);
	json_set_count(all, "ms", now_ms - a->begun_ms);
	json_set_value(o, "totals", json_whole(all, REPORT_OUTCOMES + 3));
	if (how == END_FAILED) {
		json_set_value(o, "failure", json_of_failure(why));
	}
	put(a->report, o);
}

void json_note(struct report *r, const char *account, const char *text)
{
	json_t *o = begin(r, "note", account);

	json_set_text(o, "text", text);
	put(r, o);
}

void json_waits(struct report *r, const char *account, int64_t until_unix)
{
	json_t *o = begin(r, "waits", account);

	json_set_time(o, "until",
		      until_unix < 0 ? 0 : (uint64_t)until_unix * 1000);
	put(r, o);
}
