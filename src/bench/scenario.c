// SPDX-License-Identifier: ISC
/*
 * scenario.c - what the sessions of a run say (scenario.h).
 * Runs in: restante-bench.  Trusts: its caller.  Allocates: never.
 */
#include "bench/scenario.h"

#include <string.h>

const struct verb_facts verb_facts[VERBS] = {
	[VERB_USER] = { "USER", ANSWER_STATUS },
	[VERB_PASS] = { "PASS", ANSWER_STATUS },
	[VERB_STAT] = { "STAT", ANSWER_STATUS },
	[VERB_LIST] = { "LIST", ANSWER_LISTING },
	[VERB_UIDL] = { "UIDL", ANSWER_LISTING },
	[VERB_RETR] = { "RETR", ANSWER_TEXT },
	[VERB_DELE] = { "DELE", ANSWER_STATUS },
	[VERB_HOLD] = { "NOOP", ANSWER_STATUS },
	[VERB_QUIT] = { "QUIT", ANSWER_STATUS },
};

#define ONE(verb)                                                              \
	{                                                                      \
		VERB_##verb, 0                                                 \
	}
#define JOINED(verb)                                                           \
	{                                                                      \
		VERB_##verb, STEP_WITH_NEXT                                    \
	}
#define EACH(verb)                                                             \
	{                                                                      \
		VERB_##verb, STEP_EACH                                         \
	}
#define ALL_AND(verb)                                                          \
	{                                                                      \
		VERB_##verb, STEP_EACH | STEP_WITH_NEXT                        \
	}

static const struct scenario scenarios[] = {
	{ "poll",
	  "USER PASS STAT QUIT",
	  false,
	  false,
	  4,
	  { ONE(USER), ONE(PASS), ONE(STAT), ONE(QUIT) } },
	{ "pipelined",
	  "the same, sent at once",
	  false,
	  false,
	  4,
	  { JOINED(USER), JOINED(PASS), JOINED(STAT), ONE(QUIT) } },
	{ "fetch",
	  "USER PASS LIST UIDL, RETR of each message, QUIT",
	  false,
	  false,
	  6,
	  { ONE(USER), ONE(PASS), ONE(LIST), ONE(UIDL), EACH(RETR),
	    ONE(QUIT) } },
	{ "fetch-pipelined",
	  "the same: LIST and UIDL at once, then all RETR and QUIT at once",
	  false,
	  false,
	  6,
	  { ONE(USER), ONE(PASS), JOINED(LIST), ONE(UIDL), ALL_AND(RETR),
	    ONE(QUIT) } },
	{ "listing",
	  "USER PASS LIST UIDL QUIT",
	  false,
	  false,
	  5,
	  { ONE(USER), ONE(PASS), ONE(LIST), ONE(UIDL), ONE(QUIT) } },
	{ "retr",
	  "USER PASS LIST, RETR of each message, QUIT",
	  false,
	  false,
	  5,
	  { ONE(USER), ONE(PASS), ONE(LIST), EACH(RETR), ONE(QUIT) } },
	{ "idle",
	  "USER PASS, says \"held\" when all are in, waits, QUIT",
	  false,
	  true,
	  4,
	  { ONE(USER), ONE(PASS), ONE(HOLD), ONE(QUIT) } },
	{ "churn",
	  "delivers a message into the user's Maildir; USER PASS, RETR 1, "
	  "DELE 1, QUIT",
	  true,
	  false,
	  5,
	  { ONE(USER), ONE(PASS), ONE(RETR), ONE(DELE), ONE(QUIT) } },
};

#define SCENARIO_COUNT (sizeof(scenarios) / sizeof(scenarios[0]))

const struct scenario *scenario_at(size_t idx)
{
	return idx < SCENARIO_COUNT ? &scenarios[idx] : NULL;
}

const struct scenario *scenario_find(const char *name)
{
	for (size_t i = 0; i < SCENARIO_COUNT; i++) {
		if (strcmp(scenarios[i].name, name) == 0) {
			return &scenarios[i];
		}
	}
	return NULL;
}

bool scenario_has(const struct scenario *sc, enum verb verb)
{
	for (unsigned i = 0; i < sc->count; i++) {
		if (sc->steps[i].verb == verb) {
			return true;
		}
	}
	return false;
}

const struct step *cursor_step(const struct scenario *sc, struct cursor *c,
			       uint32_t count)
{
	while (c->step < sc->count && count == 0 &&
	       (sc->steps[c->step].flags & STEP_EACH) != 0) {
		c->step++;
	}
	return c->step < sc->count ? &sc->steps[c->step] : NULL;
}

void cursor_pass(const struct scenario *sc, struct cursor *c, uint32_t count)
{
	if ((sc->steps[c->step].flags & STEP_EACH) != 0 && c->msn < count) {
		c->msn++;
		return;
	}
	c->step++;
	c->msn = 1;
}
