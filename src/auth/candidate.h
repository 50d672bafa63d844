// SPDX-License-Identifier: ISC
/*
 * candidate.h - what a secret that a client sent may have been meant to be:
 * clients differ in character sets, and in what they do to a password before
 * they send it.
 */
#ifndef AUTH_CANDIDATE_H
#define AUTH_CANDIDATE_H

#include "base/checked.h"
#include "base/secret.h"

#define CANDIDATES_MAX 3u

struct candidates {
	size_t count; /* 1 or more */
	struct secret secret[CANDIDATES_MAX];
};

/*
 * The secrets to be tried, in this order, each once:
 *   as it was typed;
 *   if that is UTF-8: prepared by SASLprep; and as latin-1, if it can be;
 *   if it is not: taken for latin-1, as UTF-8; and that prepared by SASLprep.
 * What is ASCII has one candidate alone.  How many there are depends on what
 * was typed, never on any user.
 */
void candidates_init(struct candidates *c, const struct secret *typed);

/* Wipes them. */
void candidates_finish(struct candidates *c);

#endif
