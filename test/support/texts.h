// SPDX-License-Identifier: ISC
/*
 * texts.h - one way to run wire text for tests, fuzzers and benches: by a
 * chosen implementation, cut where the test wants it, into as little room as it
 * wants, between guard pages.
 */
#ifndef TEST_TEXTS_H
#define TEST_TEXTS_H

#include "guard.h"
#include "octets.h"
#include "text_impl.h"

/* How to run a text. */
struct texts_run {
	const struct text_impl *impl;
	const struct guard *in;  /* each piece is moved there first */
	const struct guard *out; /* room octets at its end are the output */
	size_t room;             /* at least 5 */
	size_t cut;              /* the first piece ends there */
	size_t piece;            /* the others have so many octets; 0: all */
	uint64_t body_lines;     /* TOP */
	bool is_top;
};

/* Turns wire text back and ends it; adds it all to *stored. */
void texts_unwire(const struct texts_run *run, struct pop3_slice wire,
		  struct octets *stored);

/* Stuffs text and ends it; adds it all to *wire.  Returns st.octets. */
uint64_t texts_stuff(const struct texts_run *run, struct pop3_slice text,
		     struct octets *wire);

/* Measures text.  Returns its octets. */
uint64_t texts_measure(const struct texts_run *run, struct pop3_slice text,
		       bool *is_wire_r);

/* A number that looks random, the same in each run; *seed must not be 0. */
uint32_t texts_random(uint64_t *seed);

/* Fills at with octets of alphabet. */
void texts_fill(uint64_t *seed, struct pop3_slice alphabet, uint8_t *at,
		size_t len);

#endif
