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

/* Tries to get a message, in a row, until it is set aside: one is chance, two a
 * bad line. */
#define FETCH_TRIES_MAX 3u
/* Failures of messages without unique-id that are remembered for an account:
 * each message without one is compared with them. */
#define FETCH_NAMELESS_FAILURES_MAX 1000u
/* Days that the record keeps a row after its message went: a server that comes
 * back from a backup, or Gmail's "recent:", brings mail of 30 days again. */
#define FETCH_RECORD_KEPT_DAYS 90u
/* What another restante's commit may take, on a disk that has much to do. */
#define FETCH_RECORD_BUSY_MS 30000

#endif
