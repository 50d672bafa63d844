// SPDX-License-Identifier: ISC
/*
 * guard.h - whether somebody may try to log in, who has failed before, and how
 * soon after a log-in the next may come.
 *
 * Failures are counted by address (IPv6: by /64) and by user name, whether or
 * not there is such a user, and half of them are forgotten every failures_ms.
 * The first few cost nothing; then the answer comes later each time; and at
 * failures_max attempts are refused without a look at the secret.  But who has
 * logged in as that user from that address before (a familiar pair) answers
 * only for the failures of the pair itself, which count for nobody else: so
 * nobody can lock a user out of where he usually is.
 *
 * Times are wall time in milliseconds, as what is remembered outlives processes
 * and, with a file, the machine's restarts.  Any thread may call anything here.
 */
#ifndef AUTH_GUARD_H
#define AUTH_GUARD_H

#include "auth/user_name.h"

struct guard;

struct guard_limits {
	uint32_t failures_max;  /* 0: failures do not matter */
	uint32_t failures_ms;   /* after which half of them are forgotten */
	uint32_t login_delay_s; /* between log-ins of one user; 0: none */
	uint32_t login_burst;   /* log-ins that may come without a pause */
};

/*
 * fd: a file of ipc/guard_file.h, or -1: then all is forgotten with the
 * process.  A file that is unsound is made anew, and one that cannot be used is
 * done without; both are logged.  fd stays the caller's.  NULL if there is no
 * memory, logged.
 */
MUST_USE struct guard *guard_create(int fd, const struct guard_limits *limits,
				    uint64_t now_unix_ms);
void guard_destroy(struct guard **guard);

/* Somebody tries to be a user, from an address. */
struct guard_try {
	uint64_t user; /* hashes */
	uint64_t address;
	uint64_t pair;
	bool is_familiar;
	bool is_refused;  /* say so, and look at nothing else */
	bool is_for_user; /* and that for what others may have done */
	const char *why;  /* for the log; static; NULL: it is not refused */
};

/* user: as it was typed; the case of ASCII letters does not matter.  address:
 * IPv4 as ::ffff:a.b.c.d. */
void guard_look(const struct guard *guard, struct text user,
		const uint8_t address[16], uint64_t now_unix_ms,
		struct guard_try *try_r);

/* It was a failure.  By how many milliseconds the answer is to be late. */
MUST_USE uint32_t guard_failed(struct guard *guard, const struct guard_try *t,
			       uint64_t now_unix_ms);

/* Somebody asked for a user's challenge, and left.  That tries nothing, but to
 * see who is a user one might do it often: GUARD_ABANDONED_WEIGHT of a failure
 * of the address, unless the pair is familiar. */
void guard_abandoned(struct guard *guard, struct text user,
		     const uint8_t address[16], uint64_t now_unix_ms);

/* It was a success: the pair is familiar, and its failures are forgotten; those
 * of the address and of the user are not.  Costs no write if it is the pair's
 * second of the day. */
void guard_succeeded(struct guard *guard, const struct guard_try *t,
		     uint64_t now_unix_ms);

/* Whether the user, as he stands in the users file, may log in so soon after
 * the last time; if so, that is counted. */
MUST_USE bool guard_may_log_in(struct guard *guard, struct text user,
			       uint64_t now_unix_ms);

/* A key for another purpose, which is named: as long as the guard's file lasts
 * it is the same.  len: 16 to 64. */
void guard_derive_key(const struct guard *guard, const char *purpose,
		      uint8_t *key_r, size_t len);

/* What counts as one address: all of IPv4's, an IPv6 network of 64 bits. */
uint64_t guard_source(const struct guard *guard, const uint8_t address[16]);

#endif
