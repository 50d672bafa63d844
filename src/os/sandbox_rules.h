// SPDX-License-Identifier: ISC
/*
 * sandbox_rules.h - rules of Landlock, by its own system calls.
 */
#ifndef OS_SANDBOX_RULES_H
#define OS_SANDBOX_RULES_H

#include <stdint.h>

#include "os/sandbox.h"

/* Versions of Landlock, by what is new in each. */
#define SANDBOX_ABI_REFER    2
#define SANDBOX_ABI_TRUNCATE 3
#define SANDBOX_ABI_PORTS    4
#define SANDBOX_ABI_DEVICES  5
#define SANDBOX_ABI_SCOPE    6

struct sandbox_rules {
	int abi; /* what the kernel knows */
	int fd;
	uint64_t paths; /* rights that need a rule */
};

/* Which version the kernel knows: 1 or more, or a negative errno. */
MUST_USE int sandbox_abi(void);

/* Everything that the kernel knows will need a rule.  0, and
 * sandbox_rules_enforce is due; or a negative errno. */
MUST_USE int sandbox_rules_init(struct sandbox_rules *r, int abi);

/* What path says; of a file, what can be said of one.  0, or a negative errno:
 * of opening it, too. */
MUST_USE int sandbox_rules_path(struct sandbox_rules *r,
				const struct sandbox_path *path);
/* TCP may connect to that port; where the kernel has such rules. */
MUST_USE int sandbox_rules_port(struct sandbox_rules *r, uint16_t port);

/* Ends r; and if rc, that of its rules, is 0, they hold from here on for the
 * thread, and all that it makes.  0; or rc or another negative errno. */
MUST_USE int sandbox_rules_enforce(struct sandbox_rules *r, int rc);

#endif
