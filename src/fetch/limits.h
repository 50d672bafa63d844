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

/* A folder that a rule names: octets of UTF-8.  As modified UTF-7, two and a
 * half times as long at most, it is still a file's name. */
#define FETCH_FOLDER_MAX 100u
/* Octets of a host name in a Maildir file's: all of it fits a unique-id. */
#define FETCH_MAILDIR_HOST_MAX 32u
/* Files of a Maildir open at once, until they are synced: an account's share of
 * the 1,024 descriptors that a process has at least. */
#define FETCH_SYNC_FILES 128u
/* Threads that sync them.  1,000 files of 4 KB on ext4 (virtual disk): 1,700 to
 * 2,300 ms one after the other, 80 by 4 threads, 45 by 16, 35 by 32. */
#define FETCH_SYNC_THREADS 16u
/* Files in tmp/ that nobody finishes any more: the Maildir specification. */
#define FETCH_MAILDIR_STALE_S (36 * 60 * 60)
/* Octets of one write to a file. */
#define FETCH_WRITE_OCTETS (256u * 1024u)
/* Octets of a message in memory, before it goes to an unnamed file. */
#define FETCH_SPOOL_OCTETS (256u * 1024u)

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
#endif
