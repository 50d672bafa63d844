// SPDX-License-Identifier: ISC
/*
 * fetch.c - accounts that are collected from side by side, once or again and
 * again.
 * Runs in: the collector's loop.  Trusts: the configuration.
 * Allocates: one party an account.
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "fetch/conf/password.h"
#include "fetch/limits.h"
#include "fetch/mail/turns.h"
#include "fetch/run/collect.h"
#include "fetch/run/fetch.h"
#include "fetch/show/exit.h"
#include "os/clock.h"

struct fetch;

/* An account, and how it goes. */
struct party {
	struct fetch *fetch;
	struct account *account;
	struct trust *trust;
	struct collect *collect; /* while it is collected from */
	uv_timer_t timer;        /* watch: until the next visit */
	unsigned failures;       /* in a row */
	uv_work_t asking;        /* its password command or file, once more */
	struct why no_password;  /* what came of that; .kind */
	bool is_waiting;         /* for its turn */
};

struct fetch {
	const struct fetch_options *options;
	uv_loop_t loop;
	uv_timer_t tick;
	uv_timer_t patience; /* behind a signal */
	uv_signal_t interrupt, terminate;
	struct party *parties;
	size_t count;
	size_t next; /* from which on somebody may wait for a turn */
	size_t at_work;
	size_t asking;      /* for a password */
	int signal;         /* that ended it; 0: none */
	struct turns turns; /* of those who write to the record */
};

static void close_all(struct fetch *f);
static void begin_waiting(struct fetch *f);

/* -- one account */

static void fail_party(struct party *p, const struct why *why)
{
	struct report_account *a =
	    report_begin(p->fetch->options->report, p->account->name);

	report_failed(&a, why);
}

/* How long to keep away, in seconds: longer with each failure, and never
 * shorter than the server wants it. */
static uint64_t pause_of(const struct party *p, uint32_t login_delay_s)
{
	uint64_t pause_s = p->account->interval_s;
	uint64_t most_s =
	    pause_s > FETCH_PAUSE_MAX_S ? pause_s : FETCH_PAUSE_MAX_S;

	for (unsigned i = 0; i < p->failures && pause_s < most_s; i++) {
		pause_s *= 2;
	}
	pause_s = pause_s < most_s ? pause_s : most_s;
	return pause_s > login_delay_s ? pause_s : login_delay_s;
}

static bool lacks_password(const struct party *p)
{
	return password_is_needed(p->account) && p->account->password == NULL;
}

/* In a thread of uv's: a command may take its time. */
static void on_ask(uv_work_t *work)
{
	struct party *p = work->data;

	p->no_password.kind = WHY_NONE;
	if (password_get(p->account, &p->no_password) < 0 &&
	    p->no_password.kind == WHY_NONE) {
		p->no_password.kind = WHY_INTERNAL;
	}
}

static void on_turn(uv_timer_t *timer)
{
	struct party *p = timer->data;

	p->is_waiting = true;
	p->fetch->next = 0;
	begin_waiting(p->fetch);
}

static void wait_for_next(struct party *p, uint32_t login_delay_s)
{
	uint64_t pause_s = pause_of(p, login_delay_s);

	report_waits(p->fetch->options->report, p->account->name,
		     clock_unix() + (int64_t)pause_s);
	(void)uv_timer_start(&p->timer, on_turn, pause_s * 1000, 0);
}

static void on_end(void *ctx, const struct why *why, uint32_t login_delay_s)
{
	struct party *p = ctx;
	struct fetch *f = p->fetch;

	collect_destroy(&p->collect);
	f->at_work -= 1;
	p->failures = why->kind == WHY_NONE ? 0 : p->failures + 1;
	if (f->options->is_watching && f->signal == 0) {
		wait_for_next(p, login_delay_s);
	}
	f->next = 0; /* somebody may have waited for this one's record */
	begin_waiting(f);
}

static void on_asked(uv_work_t *work, int status)
{
	struct party *p = work->data;
	struct fetch *f = p->fetch;

	(void)status;
	f->asking -= 1;
	p->is_waiting = p->no_password.kind == WHY_NONE;
	if (!p->is_waiting && f->signal == 0) {
		p->failures += 1;
		fail_party(p, &p->no_password);
		wait_for_next(p, 0);
	}
	f->next = 0;
	begin_waiting(f);
}

static void ask_again(struct party *p)
{
	p->asking.data = p;
	p->fetch->asking += 1;
	(void)uv_queue_work(&p->fetch->loop, &p->asking, on_ask, on_asked);
}

static int begin_party(struct party *p)
{
	struct fetch *f = p->fetch;
	struct why why;
	struct collect_options options = {
		.loop = &f->loop,
		.account = p->account,
		.report = f->options->report,
		.record_path = f->options->record_path,
		.turns = &f->turns,
		.retries = f->options->retries,
		.on_end = on_end,
		.ctx = p,
	};

	if (p->trust == NULL && trust_create(p->account, &p->trust, &why) < 0) {
		fail_party(p, &why);
		return -1;
	}
	options.trust = p->trust;
	p->collect = collect_create(&options);
	if (p->collect == NULL) {
		why_set(&why, WHY_INTERNAL, "no memory for another account");
		fail_party(p, &why);
		return -1;
	}
	return 0;
}

/* Another account has the same maildrop, and so the same rows of the record:
 * one behind the other. */
static bool is_busy(const struct party *p)
{
	const struct fetch *f = p->fetch;

	for (size_t i = 0; i < f->count; i++) {
		const struct party *other = &f->parties[i];

		if (other->collect != NULL &&
		    account_is_same_maildrop(other->account, p->account)) {
			return true;
		}
	}
	return false;
}

/* watch: there is somebody whose turn will come. */
static bool has_prospects(const struct fetch *f)
{
	for (size_t i = 0; i < f->count; i++) {
		if (uv_is_active((const uv_handle_t *)&f->parties[i].timer)) {
			return true;
		}
	}
	return false;
}

/* Those whose turn it is, as many as may be at once; and the end, if nobody is
 * left. */
static void begin_waiting(struct fetch *f)
{
	while (f->signal == 0 && f->next < f->count &&
	       f->at_work < FETCH_AT_ONCE) {
		struct party *p = &f->parties[f->next++];

		if (!p->is_waiting || is_busy(p)) {
			continue;
		}
		p->is_waiting = false;
		if (lacks_password(p)) {
			ask_again(p);
		} else if (begin_party(p) == 0) {
			f->at_work += 1;
		} else if (f->options->is_watching) {
			p->failures += 1;
			wait_for_next(p, 0);
		}
	}
	if (f->at_work == 0 && f->asking == 0 &&
	    (f->signal != 0 || !has_prospects(f))) {
		close_all(f);
	}
}

/* -- all of them */

static void close_handle(uv_handle_t *h)
{
	if (!uv_is_closing(h)) {
		uv_close(h, NULL);
	}
}

static void close_all(struct fetch *f)
{
	close_handle((uv_handle_t *)&f->tick);
	close_handle((uv_handle_t *)&f->patience);
	close_handle((uv_handle_t *)&f->interrupt);
	close_handle((uv_handle_t *)&f->terminate);
	for (size_t i = 0; i < f->count; i++) {
		close_handle((uv_handle_t *)&f->parties[i].timer);
	}
}

static void on_tick(uv_timer_t *tick)
{
	struct fetch *f = tick->data;

	report_tick(f->options->report);
}

static void on_patience(uv_timer_t *patience)
{
	struct fetch *f = patience->data;

	for (size_t i = 0; i < f->count; i++) {
		if (f->parties[i].collect != NULL) {
			collect_tell_lingering(f->parties[i].collect);
		}
	}
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct fetch *f = handle->data;

	if (f->signal != 0) {
		/* Every moment is one to be killed at: see haul.h. */
		_exit(128 + number);
	}
	f->signal = number;
	report_stopping(f->options->report);
	(void)uv_timer_start(&f->patience, on_patience, COLLECT_STOP_MS,
			     COLLECT_STOP_MS);
	for (size_t i = 0; i < f->count; i++) {
		(void)uv_timer_stop(&f->parties[i].timer);
	}
	for (size_t i = 0; i < f->count; i++) {
		if (f->parties[i].collect != NULL) {
			collect_stop(f->parties[i].collect);
		}
	}
	begin_waiting(f);
}

static void init_handles(struct fetch *f)
{
	f->tick.data = f;
	f->patience.data = f;
	f->interrupt.data = f;
	f->terminate.data = f;
	(void)uv_timer_init(&f->loop, &f->tick);
	(void)uv_timer_init(&f->loop, &f->patience);
	(void)uv_timer_start(&f->tick, on_tick, FETCH_TICK_MS, FETCH_TICK_MS);
	(void)uv_signal_init(&f->loop, &f->interrupt);
	(void)uv_signal_start(&f->interrupt, on_signal, SIGINT);
	(void)uv_signal_init(&f->loop, &f->terminate);
	(void)uv_signal_start(&f->terminate, on_signal, SIGTERM);
	for (size_t i = 0; i < f->count; i++) {
		(void)uv_timer_init(&f->loop, &f->parties[i].timer);
	}
}

/* Passwords are asked for before anything is shown or begun; who has none is
 * told so, and the others go on. */
static void get_passwords(struct fetch *f)
{
	struct why why;

	for (size_t i = 0; i < f->count; i++) {
		struct party *p = &f->parties[i];

		p->fetch = f;
		p->account = &f->options->accounts->account[i];
		p->timer.data = p;
		p->is_waiting = password_get(p->account, &why) == 0;
		if (!p->is_waiting) {
			fail_party(p, &why);
			p->failures = 1;
		}
	}
}

/* watch: who has no password yet is asked for it at its next turn, unless that
 * is a person. */
static void await_passwords(struct fetch *f)
{
	for (size_t i = 0; i < f->count; i++) {
		struct party *p = &f->parties[i];

		if (!p->is_waiting && f->options->is_watching &&
		    !password_is_asked_for(p->account)) {
			wait_for_next(p, 0);
		}
	}
}

static void finish(struct fetch *f)
{
	for (size_t i = 0; i < f->count; i++) {
		trust_destroy(&f->parties[i].trust);
		password_forget(f->parties[i].account);
	}
	free(f->parties);
}

static int exit_code(const struct fetch *f)
{
	if (f->signal == SIGTERM && f->options->is_watching) {
		return 0;
	}
	return f->signal != 0 ? 128 + f->signal
			      : report_exit_code(f->options->report);
}

int fetch_run(const struct fetch_options *options)
{
	struct fetch f = { .options = options,
			   .count = options->accounts->count,
			   .turns = TURNS_INITIALIZER };
	int code;

	f.parties = calloc(f.count + 1, sizeof(*f.parties));
	if (f.parties == NULL || uv_loop_init(&f.loop) < 0) {
		free(f.parties);
		return exit_of(WHY_INTERNAL);
	}
	get_passwords(&f);
	init_handles(&f);
	await_passwords(&f);
	begin_waiting(&f);
	(void)uv_run(&f.loop, UV_RUN_DEFAULT);
	(void)uv_loop_close(&f.loop);
	code = exit_code(&f);
	finish(&f);
	return code;
}
