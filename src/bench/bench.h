// SPDX-License-Identifier: ISC
/*
 * bench.h - what all sessions of a run share: how it is done, and what came of
 * it.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "bench/why.h"
#include "bench/dial.h"
#include "bench/histogram.h"
#include "bench/options.h"
#include "bench/tls.h"

struct digests;
struct delivery;

/* What came of the sessions that count. */
struct tally {
	uint64_t sessions; /* that went well */
	uint64_t messages;
	uint64_t octets; /* that came, without TLS */
	uint64_t stalls;
	uint64_t resumed;
	uint64_t not_resumed;
	uint64_t errors;
	struct histogram latency_ns;
	struct histogram reply_ns; /* each session's slowest */
};

struct bench {
	const struct options *options;
	struct tls_side tls;
	struct dial dial;
	struct digests *digests;   /* NULL without --verify hash */
	struct delivery *delivery; /* NULL unless messages are delivered */
	struct tally tally;
	const volatile sig_atomic_t *is_interrupted; /* no session is begun */
	int epoll;
	uint64_t now_ns;
	uint8_t *input; /* BENCH_INPUT_MAX octets, whoever reads */
	char *burst;    /* BENCH_BURST_MAX octets, whoever says something */
};

/* Reads the clock into b->now_ns. */
void bench_look_at_clock(struct bench *b);

#endif
