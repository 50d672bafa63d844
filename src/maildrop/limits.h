// SPDX-License-Identifier: ISC
/*
 * maildrop/limits.h - every limit of the maildrop role that is not a setting,
 * and where each comes from.
 */
#ifndef MAILDROP_LIMITS_H
#define MAILDROP_LIMITS_H

#include <stdint.h>

/* Messages of one maildrop.  A snapshot's offsets are 32 bits wide, and a
 * message takes some 100 octets of it. */
#define MAILDROP_MESSAGES_MAX 20000000u

/* Octets of a message's text that are read at once while it is measured: what
 * the kernel reads ahead. */
#define MAILDROP_READ_OCTETS (128u * 1024u)

/* One message.  Mail of gigabytes exists; above this it is a mistake or an
 * attack, since a file of any length costs its owner nothing if it is a hole,
 * and has to be read to its end.  A fast disk reads this much in a minute. */
#define MAILDROP_MESSAGE_OCTETS_MAX (UINT64_C(64) << 30)

/* How much a thread that serves a channel reads itself for one log-in: some new
 * messages, or a list of 10,000; it delays the other log-ins that wait for it
 * by as much.  What takes more goes to the slow lane. */
#define MAILDROP_DIRECT_MS         20u
#define MAILDROP_DIRECT_OCTETS_MAX (1024u * 1024u)

/* Messages that are read, with their text, in less time than LMDB takes to
 * write their list; if they are also small (MAILDROP_READ_OCTETS in all). */
#define MAILDROP_KEPT_IN_MIND 4u

/* The slow lane: threads that read at one time, more than a small machine has
 * processors, since a disk is what they wait for; how long one reads before the
 * next has its turn; log-ins in it at one time, each with a thread and a buffer
 * (0.4 MiB), more are refused for now.  And how long the end of the process
 * waits for them: less than a system's own patience. */
#define MAILDROP_LANE_AT_ONCE  4u
#define MAILDROP_LANE_TURN_MS  100u
#define MAILDROP_LANE_JOBS_MAX 256u
#define MAILDROP_LANE_STOP_MS  2000u

/* A directory that fits is read in one system call, and so in one state;
 * larger ones in pieces.  A million names of 60 octets. */
#define MAILDIR_READ_MAX (96u * 1024u * 1024u)
#define MAILDIR_READ_MIN (16u * 1024u)

/* How often the names are read anew while other programs change them; what was
 * seen in any of these passes is looked for. */
#define MAILDIR_PASSES_MAX 5u

/* How often one message is looked for that is renamed again and again. */
#define MAILDIR_TRIES_MAX 32u

/* A time stamp younger than this may stay the same over one more change.  FAT
 * and old NFS servers count in 2 seconds. */
#define MAILDIR_YOUNG_NS INT64_C(2000000000)

/* Maildrops opened for one session process at a time: as many as it can have
 * connections. */
#define MAILDROP_OPEN_PER_PEER_MAX 262144u

/* How long a COMMIT waits for the MARKs that were sent before it; they have
 * been received already, so only a busy processor delays them. */
#define MAILDROP_MARKS_WAIT_MS 5000u

/* How long a log-in waits for a lock, and how often it looks: a lost session's
 * end takes milliseconds to come here, and a client that really is a second one
 * should not wonder for long. */
#define MAILDROP_LOCK_WAIT_MS 500u
#define MAILDROP_LOCK_TRY_MS  20

/* Log-ins that wait for a lock at one time; more are refused at once. */
#define MAILDROP_WAITING_MAX 64u

/* Descriptors: one for an opened maildrop, one more if its listing is large. */
#define MAILDROP_DESCRIPTORS_WANTED 524288u

/* Processes and threads that read the cache at one time: generations come and
 * go, each with threads_per_channel for each session process. */
#define CACHE_READERS_MAX 2048u

/* A list may take a quarter of the cache: LMDB writes the new one before it
 * gives up the old, and one maildrop shall not push out all others. */
#define CACHE_LISTS_MIN 4u

/* LMDB wants room for its own pages. */
#define CACHE_OCTETS_MIN (1024u * 1024u)

#endif
