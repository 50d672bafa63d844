// SPDX-License-Identifier: ISC
/*
 * scenario.h - what the sessions of a run say, as rows: one after the other, or
 * several at once.
 */
#ifndef BENCH_SCENARIO_H
#define BENCH_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/answer.h"

enum verb {
	VERB_USER,
	VERB_PASS,
	VERB_STAT,
	VERB_LIST,
	VERB_UIDL,
	VERB_RETR,
	VERB_DELE,
	VERB_HOLD, /* says nothing until it may go on, but NOOP */
	VERB_QUIT,
	VERBS
};

struct verb_facts {
	const char *word;
	enum answer_kind kind;
};

extern const struct verb_facts verb_facts[VERBS];

enum {
	STEP_WITH_NEXT = 1, /* sent with the step behind it */
	STEP_EACH = 2,      /* once for each message of the maildrop */
};

struct step {
	enum verb verb;
	unsigned flags;
};

#define SCENARIO_STEPS_MAX 6u

struct scenario {
	const char *name;
	const char *help;
	bool delivers; /* before it connects */
	bool holds;
	unsigned count;
	struct step steps[SCENARIO_STEPS_MAX];
};

/* NULL if there is none of that name. */
const struct scenario *scenario_find(const char *name);

/* One after the other, from 0; NULL is behind the last. */
const struct scenario *scenario_at(size_t idx);

bool scenario_has(const struct scenario *sc, enum verb verb);

/* Where a session is: begins as { 0, 1 }. */
struct cursor {
	unsigned step;
	uint32_t msn; /* of a step that is one for each message, or 1 */
};

/* The present step, past those for the messages if there are none; NULL at the
 * end.  count: the maildrop's messages. */
const struct step *cursor_step(const struct scenario *sc, struct cursor *c,
			       uint32_t count);

/* Past the present step, or message. */
void cursor_pass(const struct scenario *sc, struct cursor *c, uint32_t count);

static inline bool cursor_equal(struct cursor a, struct cursor b)
{
	return a.step == b.step && a.msn == b.msn;
}

#endif
