// SPDX-License-Identifier: ISC
/*
 * options.h - the command line of restante-bench.
 */
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/checked.h"
#include "bench/limits.h"
#include "bench/scenario.h"

enum how {
	HOW_CLEAR,
	HOW_TLS,
	HOW_STLS,
	HOW_RESUMED, /* TLS from the begin, with the ticket of the last time */
	HOWS
};

extern const char *const how_names[HOWS];

enum verify {
	VERIFY_COUNTS, /* STAT, LIST and UIDL agree */
	VERIFY_OCTETS, /* and each message is as long as LIST said */
	VERIFY_HASH,   /* and what it was the last time */
};

struct options {
	const struct scenario *scenario;
	const char *host; /* into place */
	const char *port;
	enum how how;
	enum verify verify;
	uint32_t at_once;
	uint32_t users;
	uint64_t sessions; /* 0 if seconds decide */
	uint64_t warm_up;
	double seconds;
	double hold_s; /* 0: until standard input ends */
	double noop_s; /* 0: never */
	double timeout_s;
	const char *user; /* templates */
	const char *password;
	const char *maildir; /* or NULL */
	size_t delivered_octets;
	const char *ca;   /* or NULL */
	const char *name; /* the server's, or NULL */
	const char *cgroup;
	pid_t pids[BENCH_PIDS_MAX];
	unsigned pids_count;
	bool is_insecure;
	bool is_tls12;
	bool is_json;
	char place[512];
};

enum options_result {
	OPTIONS_GO,
	OPTIONS_HELPED,
	OPTIONS_WRONG, /* told on standard error */
};

/* o keeps pointers into argv. */
MUST_USE enum options_result options_parse(struct options *o, int argc,
					   char **argv);

#endif
