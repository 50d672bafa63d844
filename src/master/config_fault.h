// SPDX-License-Identifier: ISC
/*
 * config_fault.h - gathering the mistakes in a configuration file.
 */
#ifndef MASTER_CONFIG_FAULT_H
#define MASTER_CONFIG_FAULT_H

#include "master/config.h"

/* Why one value is no good; what the caller makes a fault of. */
struct config_reason {
	char text[200];
};

/* Fills the reason and returns -1, for "return config_refuse(...)". */
__attribute__((format(printf, 2, 3))) int
config_refuse(struct config_reason *why_r, const char *format, ...);

/* Puts a fault in its place by line, behind others of the same line.  Odd
 * octets in it become '?', so that the file cannot write to the terminal. */
__attribute__((format(printf, 3, 4))) void
config_fault_add(struct config_faults *faults, unsigned line,
		 const char *format, ...);

#endif
