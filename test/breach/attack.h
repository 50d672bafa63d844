// SPDX-License-Identifier: ISC
/*
 * attack.h - what an attacker would try who runs code inside a session process.
 */
#ifndef BREACH_ATTACK_H
#define BREACH_ATTACK_H

#include "session/conn.h"

/* An attack returns 0 if it succeeded, which must never be, or a negative errno
 * that says how it was held off.  Most never return: they end the process. */
struct attack {
	const char *name;
	int (*run)(struct conn *c, const char *arg);
};

extern const struct attack attacks_on_kernel[];
extern const size_t attacks_on_kernel_count;
extern const struct attack attacks_on_roles[];
extern const size_t attacks_on_roles_count;

#endif
