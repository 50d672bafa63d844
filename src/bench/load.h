// SPDX-License-Identifier: ISC
/*
 * load.h - many sessions at once, until there were enough.
 */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/checked.h"
#include "bench/bench.h"

struct load;

/* A place for each connection at once; NULL without memory. */
struct load *load_create(struct bench *b, struct why *why);
void load_destroy(struct load **load);

/*
 * So many sessions, or as many as begin within so many seconds if that is not
 * 0; returns when all have ended.  Stops early, with connections closed, when
 * BENCH_ERRORS_MAX have failed.
 */
void load_run(struct load *load, uint64_t sessions, double seconds);

/*
 * A session on each place; says "held" on standard output when all are in, and
 * keeps them as the options say.  *seconds_r: until they were.
 */
void load_hold(struct load *load, double *seconds_r);

#endif
