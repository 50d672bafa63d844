// SPDX-License-Identifier: ISC
/*
 * endless.h - when a server has said so much of a message that it will not come
 * to an end.
 */
#ifndef FETCH_RUN_ENDLESS_H
#define FETCH_RUN_ENDLESS_H

#include "fetch/run/visit.h"

/* Whether octets, which came of the answer to RETR or TOP, are more than
 * command->octets, as LIST says, allow.  size_max: no message may be larger, by
 * what LIST says; 0: any.  *why then (WHY_PROTOCOL). */
bool endless_is(const struct visit_command *command, uint64_t size_max,
		uint64_t octets, struct why *why);

#endif
