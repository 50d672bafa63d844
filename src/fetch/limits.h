// SPDX-License-Identifier: ISC
/*
 * limits.h - every limit of the collector, with its origin.
 */
#ifndef FETCH_LIMITS_H
#define FETCH_LIMITS_H

/* Messages of one maildrop: 16 times what a server of ours is tested with would
 * be 16 million; a listing that is longer is refused. */
#define FETCH_MESSAGES_MAX 4000000u
/* Octets of one message, whatever LIST says: a server that never ends. */
#define FETCH_MESSAGE_OCTETS_MAX (4ull * 1024 * 1024 * 1024)
/* Accounts in one configuration. */
#define FETCH_ACCOUNTS_MAX 1000u

#endif
