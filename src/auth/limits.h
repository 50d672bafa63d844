// SPDX-License-Identifier: ISC
/*
 * auth/limits.h - every limit of the auth role and of the users file, and where
 * each comes from.
 */
#ifndef AUTH_LIMITS_H
#define AUTH_LIMITS_H

#include <stdint.h>

/* Octets of a line of the users file without its end: room for a long home and
 * many extra fields; whatever is longer is a mistake. */
#define PASSWD_LINE_MAX 8192u

/* Octets of a stored password with its scheme: libcrypt's longest is 384, and
 * hexadecimal doubles it. */
#define PASSWD_STORED_MAX 1024u

/* Rounds of PBKDF2 for a new SCRAM verifier: for RFC 7677, section 4, a rule of
 * thumb is what takes 0.1 s, which was 15,000 then; today's servers do that
 * in 0.02 s, and a telephone, which must do it too, in less than a second. */
#define SCRAM_ITERATIONS_DEFAULT 15000u
/* And for one that is in the users file: more would keep a thread busy for
 * seconds. */
#define SCRAM_ITERATIONS_MAX 1000000u

/* For one that is made of a password in plain text, at each proof: the least
 * that RFC 5802, section 5.1, wants; 3 ms.  The password itself stands in the
 * users file: what an exchange shows is all that the rounds protect. */
#define SCRAM_ITERATIONS_MADE 4096u

/* Octets of a new salt, as Dovecot's; and of one in the users file. */
#define SCRAM_SALT_LEN 16u
#define SCRAM_SALT_MAX 64u

/* Octets of an app password's name: to tell a user's devices apart. */
#define APP_NAME_MAX 64u

/* Seconds between two notes that an app password was used: a client that polls
 * does not write each time. */
#define APP_USE_PAUSE_S 60u

/* Octets of a users file: ten million users of 200 octets, doubled. */
#define PASSWD_FILE_MAX (UINT64_C(4) << 30)

/* Mistakes that are told one by one when a users file is read. */
#define PASSWD_FAULTS_MAX 8u

/* A file that was changed so short a time before it was read may change again
 * without a new time stamp; coarse clocks of network file systems tick in
 * seconds. */
#define PASSWD_YOUNG_MS 2000u

/* Tries to read a file that somebody is writing in place, and the pause between
 * them: only while there are no users yet. */
#define PASSWD_READ_TRIES    20u
#define PASSWD_READ_PAUSE_MS 50u

/* Users whose hashes unknown names are tried against: enough to show how the
 * costs of the real ones are spread.  All of them are looked through for each
 * name, which takes 1 us. */
#define DECOYS_MAX 512u

/* NAME_MAX of Linux's file systems. */
#define PATH_COMPONENT_MAX 255u

/* Verified credentials that are remembered: 48 octets each. */
#define VERIFIED_SLOTS   65536u
#define VERIFIED_LIFE_MS (10u * 60 * 1000) /* a POP3 client polls oftener */

/* What failed log-ins cost (guard.h): the first are free, as people mistype;
 * the longest delay is as long as clients wait for any reply. */
#define GUARD_FAILURES_FREE  3
#define GUARD_DELAY_FIRST_MS 500u
#define GUARD_DELAY_MAX_MS   15000u

/* What an exchange counts, of a failure, that a client abandons when it was
 * told a user's challenge: people do cancel, and lines break, but nobody's do
 * so eighty times in ten minutes. */
#define GUARD_ABANDONED_WEIGHT 0.25

/* What is refused without a look is no guess; but the next shall take a while.
 */
#define GUARD_REFUSED_DELAY_MS 2000u

/* Verifications that wait for a thread, in each class of pool.h: of 1.5 KiB
 * each.  One address has as many under way as it may have connections, and a
 * whole office may come back at once; turns, not this, keep it from delaying
 * others. */
#define POOL_JOBS       4096u
#define POOL_PER_SOURCE 1024u

/* Addresses whose refusals are counted instead of logged each, of 56 octets;
 * and how long one line stands for all of an address: a flood leaves as many
 * lines as a fail2ban jail needs to find it. */
#define REFUSALS_PLACES   4096u
#define REFUSALS_PAUSE_MS 60000u

/* SASL exchanges under way, in all and of one session process: as many as
 * clients may reasonably begin at once; 4 KiB each.  None needs minutes. */
#define EXCHANGES_MAX      16384u
#define EXCHANGES_PEER_MAX 4096u
#define EXCHANGE_LIFE_MS   (2u * 60 * 1000)

#endif
