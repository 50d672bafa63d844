// SPDX-License-Identifier: ISC
/*
 * report.h - what came of a run: for programs as JSON, for people as a table.
 */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/checked.h"
#include "bench/bench.h"

struct spent {
	double seconds;
	uint64_t server_cpu_ns;
	uint64_t client_cpu_ns;
};

/* On standard output; false if it cannot be written. */
MUST_USE bool report_json(const struct bench *b, const struct spent *spent);
MUST_USE bool report_table(const struct bench *b, const struct spent *spent);

#endif
