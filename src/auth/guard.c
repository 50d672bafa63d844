// SPDX-License-Identifier: ISC
/*
 * guard.c - who may try to log in (guard.h).
 * Runs in: auth; any thread.  Trusts: nothing that it is asked about, and
 * nothing in its memory.  Allocates: once, at start.
 *
 * A count that decays is kept as a single time, the one at which it will have
 * come down to one: a count of c stands there as now + half * log2(c), where
 * half is the time after which half of it is forgotten.  So nothing has to be
 * done for it to decay, one atomic word holds it, and of two counts the later
 * time is the higher one, now and ever after.
 */
#include "auth/guard.h"

#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "auth/guard_familiar.h"
#include "auth/guard_marks.h"
#include "auth/guard_memory.h"
#include "auth/limits.h"
#include "base/log.h"
#include "ipc/packet_types.h"

/* A mark's unit: 2^40 of them are 557 years. */
#define TICK_MS 16u

#define DAY_MS  UINT64_C(86400000)

/*
 * No count is kept that is above failures_max.  A mark that is later than what
 * such a count makes is none: the clock was put back, or the file is damaged.
 * But for so long it may be: threads ask for the time a moment before they use
 * it, and a clock is put right by seconds.
 */
#define AHEAD_MS 60000u

enum kind {
	KIND_USER = 'u',
	KIND_ADDRESS = 'a',
	KIND_PAIR = 'p',
	KIND_LOGIN = 'l',
};

/* How counts are kept. */
struct decay {
	double half; /* ticks */
	double max;
};

struct guard {
	struct guard_limits limits;
	struct decay decay;
	struct guard_memory *memory;
	struct guard_marks failures;
	struct guard_marks delays;
	struct guard_familiar familiar;
};

static uint64_t ticks_of(uint64_t unix_ms)
{
	return unix_ms / TICK_MS;
}

static double count_of(uint64_t mark, uint64_t now, const struct decay *d)
{
	double left = (double)mark - (double)now;
	double left_max =
	    d->half * log2(d->max) + (double)AHEAD_MS / (double)TICK_MS;

	return mark == 0 || left > left_max ? 0.0 : exp2(left / d->half);
}

static uint64_t mark_of(double count, uint64_t now, const struct decay *d)
{
	return (uint64_t)((double)now + d->half * log2(count) + 0.5);
}

/* The file's counts were kept with another half-life: they stay what they are
 * now. */
static void convert(struct guard *g, double half_then, uint64_t now)
{
	const struct decay then = { half_then, g->decay.max };

	for (size_t i = 0; i < GUARD_FAILURE_WORDS; i++) {
		_Atomic uint64_t *at = &g->memory->failures[i];
		uint64_t word = atomic_load(at);
		double count = count_of(word & GUARD_MARK_MAX, now, &then);
		uint64_t mark =
		    count > 0.5 ? mark_of(count, now, &g->decay) : 0;

		if (word != 0) {
			(void)atomic_compare_exchange_strong(
			    at, &word, (word & ~GUARD_MARK_MAX) | mark);
		}
	}
}

static void adopt_half_life(struct guard *g, uint64_t now)
{
	uint32_t then = atomic_load(&g->memory->head.half_ms);

	if (then != 0 && then != g->limits.failures_ms) {
		convert(g, (double)then / TICK_MS, now);
	}
	atomic_store(&g->memory->head.half_ms, g->limits.failures_ms);
}

static int map(struct guard *g, int fd)
{
	bool is_new = false;
	int rc = guard_memory_map(fd, &g->memory, &is_new);

	if (rc < 0 && fd != -1) {
		log_event_errno(LOG_WARNING,
				"guard: the file cannot be used: failed "
				"log-ins are forgotten at a restart",
				NULL, -rc);
		rc = guard_memory_map(-1, &g->memory, &is_new);
	} else if (rc == 0 && is_new && fd != -1) {
		log_event(LOG_INFO, "guard: nothing is known of log-ins "
				    "before: a new file");
	}
	if (rc < 0) {
		log_event_errno(LOG_ERROR, "guard: no memory", NULL, -rc);
	}
	return rc;
}

struct guard *guard_create(int fd, const struct guard_limits *limits,
			   uint64_t now_unix_ms)
{
	struct guard *g = calloc(1, sizeof(*g));

	if (g == NULL || map(g, fd) < 0) {
		free(g);
		return NULL;
	}
	g->limits = *limits;
	if (g->limits.failures_ms < TICK_MS) {
		g->limits.failures_ms = TICK_MS;
	}
	g->decay.half = (double)g->limits.failures_ms / TICK_MS;
	g->decay.max = (double)g->limits.failures_max;
	g->failures =
	    (struct guard_marks){ g->memory->failures, GUARD_FAILURE_SETS };
	g->delays = (struct guard_marks){ g->memory->delays, GUARD_DELAY_SETS };
	g->familiar =
	    (struct guard_familiar){ g->memory->familiar, GUARD_FAMILIAR_SETS };
	if (limits->failures_max != 0) {
		adopt_half_life(g, ticks_of(now_unix_ms));
	}
	return g;
}

void guard_destroy(struct guard **guard)
{
	if (*guard != NULL) {
		guard_memory_unmap(&(*guard)->memory);
		free(*guard);
	}
	*guard = NULL;
}

static uint64_t hash_of(const struct guard *g, enum kind kind, const void *at,
			size_t len)
{
	uint8_t text[1 + PACKET_USER_MAX];
	uint64_t hash;

	text[0] = (uint8_t)kind;
	len = len < sizeof(text) - 1 ? len : sizeof(text) - 1;
	if (len != 0) {
		memcpy(text + 1, at, len);
	}
	crypto_shorthash((uint8_t *)&hash, text, 1 + len, g->memory->head.key);
	return hash;
}

/* Of the form by which the name is found: one user's name can be typed in any
 * number of ways, with soft hyphens say, and each try counts. */
static uint64_t hash_of_user(const struct guard *g, struct text user)
{
	struct user_name_form form;

	user_name_form(user, true, &form);
	return hash_of(g, KIND_USER, form.octets, form.len);
}

uint64_t guard_source(const struct guard *g, const uint8_t address[16])
{
	static const uint8_t v4[12] = { [10] = 0xff, [11] = 0xff };
	bool is_v4 = memcmp(address, v4, sizeof(v4)) == 0;

	return hash_of(g, KIND_ADDRESS, address, is_v4 ? 16 : 8);
}

void guard_derive_key(const struct guard *g, const char *purpose,
		      uint8_t *key_r, size_t len)
{
	crypto_generichash(key_r, len, (const uint8_t *)purpose,
			   strlen(purpose), g->memory->head.key, GUARD_KEY_LEN);
}

static double count(const struct guard *g, uint64_t hash, uint64_t now)
{
	return count_of(guard_marks_find(&g->failures, hash), now, &g->decay);
}

/* A count decays while it grows, and never is the whole number that it was a
 * moment ago. */
static bool is_over(const struct guard *g, uint64_t hash, uint64_t now)
{
	return g->limits.failures_max != 0 &&
	       count(g, hash, now) > (double)g->limits.failures_max - 0.5;
}

/* Of two reasons the address's own is told. */
static void judge(const struct guard *g, uint64_t now, struct guard_try *t)
{
	bool is_own = is_over(g, t->is_familiar ? t->pair : t->address, now);

	t->is_for_user = !is_own && !t->is_familiar && is_over(g, t->user, now);
	t->is_refused = is_own || t->is_for_user;
	t->why = NULL;
	if (t->is_refused) {
		t->why = is_own ? "too many failures"
				: "too many failures as that user";
	}
}

void guard_look(const struct guard *g, struct text user,
		const uint8_t address[16], uint64_t now_unix_ms,
		struct guard_try *try_r)
{
	uint32_t day = (uint32_t)(now_unix_ms / DAY_MS);
	uint64_t now = ticks_of(now_unix_ms);
	uint64_t both[2];

	both[0] = hash_of_user(g, user);
	both[1] = guard_source(g, address);
	try_r->user = both[0];
	try_r->address = both[1];
	try_r->pair = hash_of(g, KIND_PAIR, both, sizeof(both));
	try_r->is_familiar =
	    guard_familiar_has(&g->familiar, both[0], try_r->pair, day);
	judge(g, now, try_r);
}

struct failure {
	const struct decay *decay;
	uint64_t now;
	double weight;
	double count; /* with this one */
};

static uint64_t add_failure(void *ctx, uint64_t old)
{
	struct failure *f = ctx;

	f->count =
	    fmin(count_of(old, f->now, f->decay) + f->weight, f->decay->max);
	return mark_of(f->count, f->now, f->decay);
}

static double fail(struct guard *g, uint64_t hash, uint64_t now, double weight)
{
	struct failure f = { &g->decay, now, weight, 0.0 };

	guard_marks_change(&g->failures, hash, add_failure, &f);
	return f.count;
}

/* The first ones are free, as people mistype; then it doubles. */
static uint32_t delay_of(double count)
{
	uint32_t delay_ms = GUARD_DELAY_FIRST_MS;

	if (count < GUARD_FAILURES_FREE + 0.5) {
		return 0;
	}
	while (count >= GUARD_FAILURES_FREE + 1.5 &&
	       delay_ms < GUARD_DELAY_MAX_MS) {
		delay_ms *= 2;
		count -= 1.0;
	}
	return delay_ms < GUARD_DELAY_MAX_MS ? delay_ms : GUARD_DELAY_MAX_MS;
}

uint32_t guard_failed(struct guard *g, const struct guard_try *t,
		      uint64_t now_unix_ms)
{
	uint64_t now = ticks_of(now_unix_ms);
	double by_user, by_address;

	if (g->limits.failures_max == 0) {
		return 0;
	}
	if (t->is_familiar) {
		return delay_of(fail(g, t->pair, now, 1.0));
	}
	by_user = fail(g, t->user, now, 1.0);
	by_address = fail(g, t->address, now, 1.0);
	return delay_of(by_user > by_address ? by_user : by_address);
}

void guard_abandoned(struct guard *g, struct text user,
		     const uint8_t address[16], uint64_t now_unix_ms)
{
	struct guard_try t;

	guard_look(g, user, address, now_unix_ms, &t);
	if (g->limits.failures_max != 0 && !t.is_familiar) {
		(void)fail(g, t.address, ticks_of(now_unix_ms),
			   GUARD_ABANDONED_WEIGHT);
	}
}

/* Of the lowest mark that is not none: it is the first to give way. */
static uint64_t forget(void *ctx, uint64_t old)
{
	(void)ctx;
	return old != 0;
}

void guard_succeeded(struct guard *g, const struct guard_try *t,
		     uint64_t now_unix_ms)
{
	guard_familiar_add(&g->familiar, t->user, t->pair,
			   (uint32_t)(now_unix_ms / DAY_MS));
	if (t->is_familiar) {
		guard_marks_change(&g->failures, t->pair, forget, NULL);
	}
}

struct login_turn {
	uint64_t now;
	uint64_t pause; /* ticks between log-ins, in the long run */
	uint32_t burst;
	bool may;
};

/*
 * The generic cell rate algorithm: the mark is the time from which on a log-in
 * is in time; one may come so early that burst of them fit in.  A mark beyond
 * what that can make comes from another setting, or a clock that was wrong.
 */
static uint64_t take_turn(void *ctx, uint64_t old)
{
	struct login_turn *t = ctx;
	uint64_t due = old > t->now ? old : t->now;

	if (due - t->now > t->burst * t->pause) {
		due = t->now;
	}
	t->may = due - t->now <= (t->burst - 1) * t->pause;
	return t->may ? due + t->pause : old;
}

bool guard_may_log_in(struct guard *g, struct text user, uint64_t now_unix_ms)
{
	const struct guard_limits *l = &g->limits;
	struct login_turn turn = {
		.now = ticks_of(now_unix_ms),
		.pause = (uint64_t)l->login_delay_s * 1000 / TICK_MS,
		.burst = l->login_burst != 0 ? l->login_burst : 1
	};

	if (turn.pause == 0) {
		return true;
	}
	guard_marks_change(&g->delays,
			   hash_of(g, KIND_LOGIN, user.at, user.len), take_turn,
			   &turn);
	return turn.may;
}
