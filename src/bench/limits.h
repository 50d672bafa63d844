// SPDX-License-Identifier: ISC
/*
 * limits.h - the limits of restante-bench, and why they are what they are.
 */
#ifndef BENCH_LIMITS_H
#define BENCH_LIMITS_H

/* Two source addresses' ports, as Linux gives them out (32768 to 60999). */
#define BENCH_CONNECTIONS_MAX 50000u
/* Connections from one source address before another one takes part. */
#define BENCH_FROM_ONE_SOURCE 16000u
/* 127.0.0.1 to 127.0.0.64: more ports than a minute of TIME_WAIT takes. */
#define BENCH_SOURCES_MAX 64u
/* Connections begun and not greeted yet, while the first ones are made: less
 * than a listen queue holds (4096, net.core.somaxconn), so that no SYN is lost
 * and sent again a second later. */
#define BENCH_OPENING_MAX  512u

#define BENCH_USERS_MAX    10000000u
#define BENCH_SESSIONS_MAX 1000000000u
/* A maildrop's; the sizes of one take 8 octets each in a session. */
#define BENCH_MESSAGES_MAX 4000000u
/* Messages whose hash is remembered: 16 octets each, 512 MiB. */
#define BENCH_DIGESTS_MAX (32u * 1024 * 1024)

/* RFC 2449 says 512 for a reply; some servers are long-winded. */
#define BENCH_LINE_MAX 1024u
/* RFC 1939, section 7: a unique-id. */
#define BENCH_UID_MAX 70u
/* A template of the command line and what it becomes; a command with it is
 * shorter than 255 octets (RFC 2449). */
#define BENCH_TEMPLATE_MAX 200u
#define BENCH_NAME_MAX     240u
#define BENCH_COMMAND_MAX  255u
#define BENCH_PATH_MAX     4096u

/* What is read at once, by one connection after the other. */
#define BENCH_INPUT_MAX (256u * 1024)
/* Pipelined commands that are sent with one call. */
#define BENCH_BURST_MAX  (64u * 1024)
#define BENCH_EVENTS_MAX 256

/* Delayed acknowledgements come after 40 ms on Linux. */
#define BENCH_STALL_NS     (38 * 1000000ull)
#define BENCH_STALL_OCTETS (64u * 1024) /* more may well take its time */

#define BENCH_ERRORS_SHOWN 10u
/* A server that fails so often is not measured but broken. */
#define BENCH_ERRORS_MAX      100u

#define BENCH_PIDS_MAX        16u
#define BENCH_PROCESSES_MAX   65536u /* of the machine */
#define BENCH_SECONDS_MAX     1000000.0
#define BENCH_DELIVERED_MAX   (64u * 1024 * 1024)
#define BENCH_DELIVERED_LEAST 128u /* its header, and a line */

#endif
