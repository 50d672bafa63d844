// SPDX-License-Identifier: ISC
/*
 * fault.h - gathering the mistakes in a configuration file.
 */
#ifndef CONF_FAULT_H
#define CONF_FAULT_H

#include <stddef.h>
#include <stdio.h>

#include "base/checked.h"

#define CONF_FAULTS_MAX 32u /* told at once; more are only counted */

/* Why one value is no good; what the caller makes a fault of. */
struct conf_reason {
	char text[200];
};

/* A mistake: where, and what to do about it. */
struct conf_fault {
	unsigned line; /* 0: of the file as a whole */
	char text[256];
};

struct conf_faults {
	size_t count; /* may be over CONF_FAULTS_MAX */
	struct conf_fault fault[CONF_FAULTS_MAX];
};

/* Fills the reason and returns -1, for "return conf_refuse(...)".  Odd octets
 * in it become '?', so that no file can write to the terminal. */
__attribute__((format(printf, 2, 3))) int conf_refuse(struct conf_reason *why_r,
						      const char *format, ...);

/* Puts a fault in its place by line, behind others of the same line; odd octets
 * become '?'. */
__attribute__((format(printf, 3, 4))) void
conf_fault_add(struct conf_faults *faults, unsigned line, const char *format,
	       ...);

/* Whether one of the lines, which may be the same, has a fault. */
bool conf_faults_within(const struct conf_faults *faults, unsigned first,
			unsigned last);

/* Prints each fault as "path:line: text". */
void conf_faults_print(const struct conf_faults *faults, const char *path,
		       FILE *to);

#endif
