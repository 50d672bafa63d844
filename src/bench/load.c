// SPDX-License-Identifier: ISC
/*
 * load.c - many sessions at once (load.h).
 * Runs in: restante-bench.  Trusts: its caller.  Allocates: a place for each
 * connection, and the users in their order.
 */
#include "bench/load.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "bench/session.h"

/* Clocks are looked at so often: timeouts, NOOP, the end of holding. */
#define TICK_MS 100
#define TICK_NS (TICK_MS * 1000000ull)

struct load {
	struct bench *b;
	struct session *sessions;
	uint32_t *users; /* a ring: who has rested longest is next */
	uint32_t users_first;
	uint32_t running;
	uint32_t ungreeted;
	uint32_t held;
	uint64_t begun;
	uint64_t wanted;
	uint64_t ends_ns; /* no session begins after that; 0: wanted decides */
	uint64_t ticked_ns;
	uint64_t noop_ns; /* when the next is due */
	uint64_t errors_before;
	bool is_ramping; /* there are places that never had a session */
	bool is_letting_go;
	uint64_t hold_ends_ns; /* UINT64_MAX: when standard input ends */
	uint64_t held_ns;      /* when all were in; 0: not yet */
};

void bench_look_at_clock(struct bench *b)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	b->now_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static bool init_places(struct load *load)
{
	const struct options *o = load->b->options;

	load->sessions = calloc(o->at_once, sizeof(*load->sessions));
	load->users = calloc(o->users, sizeof(*load->users));
	if (load->sessions == NULL || load->users == NULL) {
		return false;
	}
	for (uint32_t i = 0; i < o->users; i++) {
		load->users[i] = i;
	}
	for (uint32_t i = 0; i < o->at_once; i++) {
		load->sessions[i].conn.fd = -1;
	}
	for (uint32_t i = 0; i < o->at_once; i++) {
		if (!session_init(&load->sessions[i], load->b)) {
			return false;
		}
	}
	return true;
}

struct load *load_create(struct bench *b, struct why *why)
{
	struct load *load = calloc(1, sizeof(*load));

	if (load == NULL) {
		why_not(why, "no memory");
		return NULL;
	}
	load->b = b;
	if (!init_places(load)) {
		why_not(why, "no memory");
		load_destroy(&load);
		return NULL;
	}
	return load;
}

void load_destroy(struct load **load)
{
	struct load *l = *load;

	if (l == NULL) {
		return;
	}
	for (uint32_t i = 0; l->sessions != NULL && i < l->b->options->at_once;
	     i++) {
		session_finish(&l->sessions[i]);
	}
	free(l->sessions);
	free(l->users);
	free(l);
	*load = NULL;
}

/* As many of the ring as there are sessions are out of it, so its first place
 * is always one that is taken. */
static uint32_t take_user(struct load *load)
{
	uint32_t idx = load->users_first;

	load->users_first = (idx + 1) % load->b->options->users;
	return load->users[idx];
}

static void give_user_back(struct load *load, uint32_t user)
{
	uint32_t users = load->b->options->users;
	uint32_t idx =
	    (uint32_t)(((uint64_t)load->users_first + users - load->running) %
		       users);

	load->users[idx] = user;
}

static bool is_broken(const struct load *load)
{
	return load->b->tally.errors >= BENCH_ERRORS_MAX;
}

static bool may_begin(const struct load *load)
{
	if (is_broken(load) || *load->b->is_interrupted) {
		return false;
	}
	if (load->ends_ns != 0) {
		return load->b->now_ns < load->ends_ns;
	}
	return load->begun < load->wanted;
}

static void end(struct load *load, struct session *s)
{
	if (!s->is_greeted) {
		load->ungreeted--;
	}
	give_user_back(load, s->user);
	load->running--;
	session_end(s);
}

/* False if it is over already. */
static bool begin(struct load *load, struct session *s)
{
	enum session_result result;

	load->begun++;
	load->running++;
	load->ungreeted++;
	result = session_begin(load->b, s, take_user(load));
	if (s->is_greeted) {
		load->ungreeted--;
	}
	if (result == SESSION_HOLDS) {
		load->held++;
	}
	if (result == SESSION_ENDED || result == SESSION_FAILED) {
		end(load, s);
		return false;
	}
	return true;
}

static void begin_if_any(struct load *load, struct session *s)
{
	while (may_begin(load) && !begin(load, s)) {
	}
}

static void on_result(struct load *load, struct session *s,
		      enum session_result result, bool was_greeted)
{
	if (s->is_greeted && !was_greeted) {
		load->ungreeted--;
	}
	if (result == SESSION_HOLDS) {
		load->held++;
	}
	if (result == SESSION_ENDED || result == SESSION_FAILED) {
		end(load, s);
		begin_if_any(load, s);
	}
}

static void on_event(struct load *load, struct session *s)
{
	bool was_greeted = s->is_greeted;

	bench_look_at_clock(load->b);
	on_result(load, s, session_on_event(load->b, s), was_greeted);
}

/* The first session of each place, some at a time. */
static void ramp(struct load *load)
{
	uint32_t at_once = load->b->options->at_once;

	load->is_ramping = false;
	for (uint32_t i = 0; i < at_once && may_begin(load); i++) {
		if (load->sessions[i].phase != SESSION_IS_NONE) {
			continue;
		}
		if (load->ungreeted >= BENCH_OPENING_MAX) {
			load->is_ramping = true;
			return;
		}
		begin_if_any(load, &load->sessions[i]);
	}
}

static void tick_session(struct load *load, struct session *s, bool says_noop)
{
	enum session_result result = session_on_clock(load->b, s);

	if (result == SESSION_GOES_ON && load->is_letting_go) {
		result = session_let_go(load->b, s);
	} else if (result == SESSION_GOES_ON && says_noop) {
		result = session_say_noop(load->b, s);
	}
	on_result(load, s, result, s->is_greeted);
}

static void tick(struct load *load)
{
	const struct options *o = load->b->options;
	uint64_t now_ns = load->b->now_ns;
	bool says_noop =
	    o->noop_s > 0 && load->held_ns != 0 && now_ns >= load->noop_ns;

	if (now_ns - load->ticked_ns < TICK_NS) {
		return;
	}
	load->ticked_ns = now_ns;
	if (says_noop) {
		load->noop_ns = now_ns + (uint64_t)(o->noop_s * 1e9);
	}
	for (uint32_t i = 0; i < o->at_once; i++) {
		tick_session(load, &load->sessions[i], says_noop);
	}
}

/* Anything but its end is thrown away. */
static bool has_input_ended(void)
{
	char octets[256];

	return read(STDIN_FILENO, octets, sizeof(octets)) <= 0;
}

static void wait_for_events(struct load *load)
{
	struct epoll_event events[BENCH_EVENTS_MAX];
	int n = epoll_wait(load->b->epoll, events, BENCH_EVENTS_MAX, TICK_MS);

	for (int i = 0; i < n; i++) {
		if (events[i].data.ptr != NULL) {
			on_event(load, events[i].data.ptr);
		} else if (has_input_ended()) {
			load->hold_ends_ns = 0;
		}
	}
	bench_look_at_clock(load->b);
}

static void drop_all(struct load *load)
{
	for (uint32_t i = 0; i < load->b->options->at_once; i++) {
		struct session *s = &load->sessions[i];

		if (s->phase != SESSION_IS_NONE) {
			end(load, s);
		}
	}
}

static void start(struct load *load, uint64_t sessions, double seconds)
{
	bench_look_at_clock(load->b);
	load->begun = 0;
	load->wanted = sessions;
	load->ends_ns =
	    seconds > 0 ? load->b->now_ns + (uint64_t)(seconds * 1e9) : 0;
	load->ticked_ns = load->b->now_ns;
	load->is_ramping = true;
}

void load_run(struct load *load, uint64_t sessions, double seconds)
{
	start(load, sessions, seconds);
	ramp(load);
	while (load->running > 0 && !is_broken(load)) {
		wait_for_events(load);
		if (load->is_ramping) {
			ramp(load);
		}
		tick(load);
	}
	drop_all(load);
}

static void watch_input(struct load *load)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = NULL };

	if (epoll_ctl(load->b->epoll, EPOLL_CTL_ADD, STDIN_FILENO, &ev) == 0) {
		return;
	}
	/* a file, or none at all: nothing in it is waited for */
	while (!has_input_ended()) {
	}
	load->hold_ends_ns = 0;
}

static void on_all_held(struct load *load)
{
	const struct options *o = load->b->options;

	load->held_ns = load->b->now_ns;
	load->noop_ns = load->held_ns + (uint64_t)(o->noop_s * 1e9);
	load->hold_ends_ns = o->hold_s > 0
				 ? load->held_ns + (uint64_t)(o->hold_s * 1e9)
				 : UINT64_MAX;
	puts("held");
	fflush(stdout);
	if (!(o->hold_s > 0)) {
		watch_input(load);
	}
}

/* Whether it goes on. */
static bool hold_on(struct load *load)
{
	if (load->held_ns == 0 && load->b->tally.errors > 0) {
		return false; /* they will never be all */
	}
	if (load->held_ns == 0 && load->held == load->b->options->at_once) {
		on_all_held(load);
	}
	if (*load->b->is_interrupted ||
	    (load->held_ns != 0 && load->b->now_ns >= load->hold_ends_ns)) {
		load->is_letting_go = true;
	}
	return load->running > 0 && !is_broken(load);
}

void load_hold(struct load *load, double *seconds_r)
{
	uint64_t begun_ns;

	start(load, load->b->options->at_once, 0);
	begun_ns = load->b->now_ns;
	ramp(load);
	while (hold_on(load)) {
		wait_for_events(load);
		if (load->is_ramping) {
			ramp(load);
		}
		tick(load);
	}
	drop_all(load);
	*seconds_r =
	    load->held_ns == 0 ? 0 : (double)(load->held_ns - begun_ns) / 1e9;
}
