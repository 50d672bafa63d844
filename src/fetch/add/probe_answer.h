// SPDX-License-Identifier: ISC
/*
 * probe_answer.h - what a process that heard a server says of it to the one
 * that asked: octets of a fixed size.  Both are of one program, so it goes as
 * it is in memory; who takes it takes the other one for captured.
 */
#ifndef FETCH_ADD_PROBE_ANSWER_H
#define FETCH_ADD_PROBE_ANSWER_H

#include "fetch/add/probe.h"

struct probe_answer {
	enum probe_outcome outcome; /* of a visit: READY, or FAILED */
	unsigned lacks;             /* of the confinement: enum sandbox_lacks */
	struct probe_offer offer;
	struct probe_visit visit;
	struct why why;
};

/* Copies *answer_r from len octets.  False if they are none that an honest
 * process would give: enumerations and bools out of range, a text that does not
 * end or may not be what it is; then *answer_r is not to be looked at. */
MUST_USE bool probe_answer_take(const void *octets, size_t len,
				struct probe_answer *answer_r);

#endif
