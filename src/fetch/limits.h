// SPDX-License-Identifier: ISC
/*
 * limits.h - every limit of the collector, with its origin.
 */
#ifndef FETCH_LIMITS_H
#define FETCH_LIMITS_H

/* Messages of one maildrop: 16 times what a server of ours is tested with
 * would be 16 million; a listing that is longer is refused. */
#define FETCH_MESSAGES_MAX 4000000u
/* Octets of one message, whatever LIST says: a server that never ends. */
#define FETCH_MESSAGE_OCTETS_MAX (4ull * 1024 * 1024 * 1024)
/* Accounts in one configuration. */
#define FETCH_ACCOUNTS_MAX 1000u

/* -- net/ */

/* Octets of a block of what comes: large enough that reads of a fast line cost
 * nothing, small enough for four of each of 1,000 accounts. */
#define FETCH_BLOCK_OCTETS (256u * 1024)
/* A block with less room behind what was filled is not read into: what a
 * record of TLS may bring (RFC 8446, 5.1). */
#define FETCH_BLOCK_ROOM_MIN (16u * 1024)
/* Octets that wait to be sent: POP3_CLIENT_QUEUE_MAX commands as long as they
 * may be. */
#define FETCH_OUT_MAX (64u * 1024)
/* Addresses of a server that are tried. */
#define FETCH_ADDRESSES_MAX 16u
/* From one address to the next: RFC 8305, section 5. */
#define FETCH_ATTEMPT_MS 250u
/* The floor of progress: who is awaited all the time and says less in that
 * time is as good as silent.  A line of 300 bit/s brings ten times as much. */
#define FETCH_PROGRESS_MS     (5u * 60 * 1000)
#define FETCH_PROGRESS_OCTETS 1024u
/* A line without traffic is probed: most NATs forget it after 5 minutes. */
#define FETCH_KEEPALIVE_S 60u
/* A TLS session is resumed for no longer: so long is a certificate that was
 * revoked or has expired believed.  Servers' tickets live a day, too. */
#define FETCH_RESUME_S (24 * 60 * 60)
/* What OpenSSL reads at a time. */
#define FETCH_READ_AHEAD (128u * 1024)
/* Rounds of SCRAM's hash that a server may ask for: they are counted in the
 * loop, which has other accounts to see to (a million take 0.3 s); and the
 * fewest when somebody may listen or pose as it: RFC 7677, section 4. */
#define FETCH_SCRAM_ROUNDS_MAX 1000000ull
#define FETCH_SCRAM_ROUNDS_MIN 4096ull

#endif
