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

/* A table of them; test_breach.py runs all. */
extern const struct attack attacks_on_kernel[];
extern const size_t attacks_on_kernel_count;
extern const struct attack attacks_on_roles[];
extern const size_t attacks_on_roles_count;
extern const struct attack attacks_on_key[];
extern const size_t attacks_on_key_count;
extern const struct attack attacks_on_sasl[];
extern const size_t attacks_on_sasl_count;

/* Waits a while for what a role says to it: -EPIPE if it ends the channel,
 * -ETIME if it says nothing. */
int attack_hear(int fd, struct packet *p);

#endif
