// SPDX-License-Identifier: ISC
/*
 * cpu.h - the CPU that a server has used: by its processes, or by its cgroup.
 */
#ifndef BENCH_CPU_H
#define BENCH_CPU_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/checked.h"
#include "bench/why.h"
#include "bench/options.h"

/*
 * Nanoseconds of the processes and all their descendants, those included that
 * have ended and been waited for by one of them.  False if one of the pids is
 * no process.
 */
MUST_USE bool cpu_of_processes(const pid_t *pids, unsigned count,
			       uint64_t *ns_r, struct why *why);

/* Of a cgroup, version 2 or 1. */
MUST_USE bool cpu_of_cgroup(const char *dir, uint64_t *ns_r, struct why *why);

/* What the options say; 0 if they say nothing. */
MUST_USE bool cpu_of_server(const struct options *o, uint64_t *ns_r,
			    struct why *why);
static inline bool cpu_is_asked(const struct options *o)
{
	return o->pids_count != 0 || o->cgroup != NULL;
}

/* Of this process. */
uint64_t cpu_of_self(void);

#endif
