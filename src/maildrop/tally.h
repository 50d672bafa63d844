// SPDX-License-Identifier: ISC
/*
 * tally.h - how many sessions have a maildrop open together, where they may
 * share it.
 */
#ifndef MAILDROP_TALLY_H
#define MAILDROP_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/checked.h"

struct tally;

/* NULL if there is no memory. */
struct tally *tally_create(uint32_t sessions_max);
void tally_destroy(struct tally **t);

/* Counts one more for that maildrop.  -EUSERS if it has as many as it may,
 * -ENOMEM, or 0: then tally_leave must follow. */
MUST_USE int tally_enter(struct tally *t, uint64_t dev, uint64_t ino);
void tally_leave(struct tally *t, uint64_t dev, uint64_t ino);

#endif
