// SPDX-License-Identifier: ISC
/*
 * report.c - what the collector says (report.h): what is counted, and who says
 * it.
 * Runs in: restante, any thread.  Trusts: nothing in strings.
 * Allocates: an account at a time, and texts up to SHOW_TEXT_MAX.
 */
#include "fetch/show/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/show/escape.h"
#include "fetch/show/exit.h"
#include "fetch/show/human.h"
#include "fetch/show/report_impl.h"
#include "os/clock.h"

#define FRAME_MS 100u /* ten a second */
/* We were stopped (Ctrl-Z), and somebody else has used the terminal. */
#define GAP_MS 3000u

static enum report_form form_for(const struct report *r)
{
	if (r->options.is_json) {
		return FORM_JSON;
	}
	return r->where.is_able && r->options.level != REPORT_QUIET
		   ? FORM_ROWS
		   : FORM_LINES;
}

struct report *report_create(const struct report_options *options)
{
	struct report *r = calloc(1, sizeof(*r));

	if (r == NULL) {
		return NULL;
	}
	r->options = *options;
	if (r->options.clock_ms == NULL) {
		r->options.clock_ms = clock_ms;
	}
	if (r->options.clock_unix_ms == NULL) {
		r->options.clock_unix_ms = clock_unix_ms;
	}
	r->stuck_fd = -1;
	terminal_look(&r->where,
		      options->is_mail_on_output ? options->err : options->out);
	terminal_look(&r->problems, options->err);
	r->form = form_for(r);
	pthread_mutex_init(&r->lock, NULL);
	list_init(&r->accounts);
	list_init(&r->told);
	return r;
}

void report_write(struct report *r, int fd, const struct text *t)
{
	int rc = 0;

	if (t->len > 0 && fd != r->stuck_fd) {
		rc = terminal_write(fd, t->at, t->len);
	}
	if (rc < 0) {
		r->is_broken = true;
	}
	if (rc == -EINTR) {
		r->stuck_fd = fd;
	}
}

static bool is_time_to_draw(struct report *r, uint64_t now_ms)
{
	if (r->pending.len >= SHOW_PENDING_MAX) {
		return true;
	}
	return (r->drawn_ms == 0 || now_ms - r->drawn_ms >= FRAME_MS) &&
	       terminal_is_ready(&r->where);
}

static void draw(struct report *r)
{
	uint64_t now = r->options.clock_ms();

	if (now - r->seen_ms >= GAP_MS) {
		r->drawn_count = 0;
	}
	r->seen_ms = now;
	if (r->form == FORM_ROWS && is_time_to_draw(r, now)) {
		rows_draw(r, now);
		r->drawn_ms = now;
	}
}

static void leave(struct report *r)
{
	draw(r);
	pthread_mutex_unlock(&r->lock);
}

static struct report *enter(struct report_account *a)
{
	pthread_mutex_lock(&a->report->lock);
	return a->report;
}

void report_destroy(struct report **report)
{
	struct report *r = *report;

	if (r == NULL) {
		return;
	}
	rows_remove(r);
	while (!list_is_empty(&r->accounts)) {
		report_account_free(
		    LIST_OWNER(r->accounts.next, struct report_account, link));
	}
	report_account_forget_told(r);
	text_finish(&r->nobody.host);
	text_finish(&r->line);
	text_finish(&r->pending);
	text_finish(&r->frame);
	pthread_mutex_destroy(&r->lock);
	free(r);
	*report = NULL;
}

struct report_account *report_begin(struct report *r, const char *name)
{
	/* only its name is read; it is never freed */
	static char unnamed[] = "an account";
	struct report_account *a;

	pthread_mutex_lock(&r->lock);
	report_account_forget(r, name);
	a = report_account_new(r, name);
	if (a == NULL) {
		a = &r->nobody;
		text_finish(&a->host);
		*a = (struct report_account){ .name = unnamed };
		list_init(&a->link);
	}
	a->report = r;
	a->begun_ms = r->options.clock_ms();
	leave(r);
	return a;
}

/* Later sessions of a visit (batches) do not lead back. */
static void step_to(struct report_account *a, enum report_step step)
{
	if (a->step < step) {
		a->step = step;
	}
}

void report_connecting(struct report_account *a, const char *host,
		       uint16_t port, enum account_tls tls)
{
	struct report *r = enter(a);

	step_to(a, STEP_CONNECTING);
	text_reset(&a->host);
	text_printf(&a->host, "%s, port %u", host, port);
	if (r->form == FORM_JSON) {
		json_connecting(a, host, port, tls);
	} else {
		lines_connecting(a);
	}
	leave(r);
}

void report_logged_in(struct report_account *a, const char *user,
		      const char *mechanism)
{
	struct report *r = enter(a);

	step_to(a, STEP_LOGGED_IN);
	if (r->form == FORM_JSON) {
		json_logged_in(a, user, mechanism);
	} else {
		lines_logged_in(a, user, mechanism);
	}
	leave(r);
}

void report_listed(struct report_account *a, const struct report_listing *l)
{
	struct report *r = enter(a);

	step_to(a, STEP_LISTED);
	count_listing(a, l);
	if (r->form == FORM_JSON) {
		json_listed(a);
	} else {
		lines_listed(a);
	}
	leave(r);
}

void report_aside(struct report_account *a, uint32_t count)
{
	struct report *r = enter(a);

	a->aside = count;
	leave(r);
}

void report_message_begun(struct report_account *a,
			  const struct report_message *m)
{
	struct report *r = enter(a);

	count_begun(a, m);
	if (r->form == FORM_JSON) {
		json_message_begun(a, m);
	}
	leave(r);
}

void report_octets(struct report_account *a, uint64_t octets)
{
	struct report *r = enter(a);

	a->octets += octets;
	a->came_octets += octets;
	if (a->pace.begun_ms == 0) {
		pace_update(a, r->options.clock_ms());
	}
	leave(r);
}

void report_message(struct report_account *a, enum report_outcome outcome,
		    const struct report_message *m, const struct why *why)
{
	struct report *r = enter(a);

	count_message(a, outcome, m);
	if (r->form == FORM_JSON) {
		json_message(a, outcome, m, why);
	} else {
		lines_message(a, outcome, m, why);
	}
	leave(r);
}

/* What it looks at never changes. */
bool report_tells_messages(const struct report *r)
{
	return r->form == FORM_JSON
		   ? r->options.level != REPORT_QUIET
		   : r->options.level == REPORT_VERBOSE ||
			 (r->options.tells_each && r->form == FORM_ROWS);
}

static void end(struct report_account **account, enum report_end how,
		const struct why *why)
{
	struct report_account *a = *account;
	struct report *r = enter(a);
	uint64_t now = r->options.clock_ms();

	if (how == END_FAILED && r->exit_code == 0) {
		r->exit_code = exit_of(why->kind);
	}
	if (r->form == FORM_JSON) {
		json_end(a, how, why, now);
	} else {
		lines_end(a, how, why, now);
	}
	report_account_free(a);
	*account = NULL;
	leave(r);
}

void report_done(struct report_account **account)
{
	end(account, END_DONE, NULL);
}

void report_failed(struct report_account **account, const struct why *why)
{
	end(account, END_FAILED, why);
}

void report_interrupted(struct report_account **account)
{
	end(account, END_INTERRUPTED, NULL);
}

static void note(struct report *r, const char *account, const char *text)
{
	pthread_mutex_lock(&r->lock);
	if (r->form == FORM_JSON) {
		json_note(r, account, text);
	} else {
		text_reset(&r->line);
		escape_str(&r->line, text, r->problems.is_utf8);
		lines_emit(r, LINE_NOTE, account);
	}
	leave(r);
}

/* What is looked at without the lock never changes; so in the next. */
void report_note(struct report *r, const char *account, const char *text)
{
	if (r->form == FORM_JSON || r->options.level != REPORT_QUIET ||
	    r->options.tells_notes) {
		note(r, account, text);
	}
}

void report_remark(struct report *r, const char *account, const char *text)
{
	if (r->options.level == REPORT_VERBOSE) {
		report_note(r, account, text);
	}
}

/* On a terminal, for as long as it lasts. */
static void begin_waiting(struct report *r, const char *name,
			  const char *time_of_day)
{
	struct report_account *a;

	report_account_forget(r, name);
	a = report_account_new(r, name);
	if (a != NULL) {
		a->step = STEP_WAITING;
		text_str(&a->host, time_of_day);
	}
}

void report_waits(struct report *r, const char *account, int64_t until_unix)
{
	char at[HUMAN_MAX];

	human_time_of_day(until_unix, at);
	pthread_mutex_lock(&r->lock);
	if (r->form == FORM_JSON) {
		json_waits(r, account, until_unix);
	} else if (r->form == FORM_ROWS) {
		begin_waiting(r, account, at);
	} else {
		lines_waits(r, account, at);
	}
	leave(r);
}

void report_stopping(struct report *r)
{
	pthread_mutex_lock(&r->lock);
	r->is_stopping = true;
	leave(r);
}

void report_lingers(struct report *r, const char *account)
{
	note(r, account,
	     "waiting for the destination, which may have a message in its "
	     "hands; Ctrl-C again ends at once, and may bring that twice");
}

void report_tick(struct report *r)
{
	uint64_t now;

	pthread_mutex_lock(&r->lock);
	now = r->options.clock_ms();
	for (struct list *l = r->accounts.next;
	     r->form == FORM_JSON && l != &r->accounts; l = l->next) {
		json_progress(LIST_OWNER(l, struct report_account, link), now);
	}
	leave(r);
}

int report_exit_code(struct report *r)
{
	int code;

	pthread_mutex_lock(&r->lock);
	code = r->exit_code;
	pthread_mutex_unlock(&r->lock);
	return code;
}

bool report_is_broken(struct report *r)
{
	bool is_broken;

	pthread_mutex_lock(&r->lock);
	is_broken = r->is_broken;
	pthread_mutex_unlock(&r->lock);
	return is_broken;
}
