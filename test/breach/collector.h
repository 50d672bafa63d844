// SPDX-License-Identifier: ISC
/*
 * collector.h - what a server would try that has taken the collector over.
 */
#ifndef BREACH_COLLECTOR_H
#define BREACH_COLLECTOR_H

#include <stddef.h>

/* Returns 0 if it came about, or a negative errno that says how it was held
 * off; some end the process. */
struct collector_attack {
	const char *name;
	int (*run)(const char *arg);
};

extern const struct collector_attack attacks_on_files[];
extern const size_t attacks_on_files_count;
extern const struct collector_attack attacks_on_user[];
extern const size_t attacks_on_user_count;
extern const struct collector_attack attacks_on_runner[];
extern const size_t attacks_on_runner_count;

#endif
