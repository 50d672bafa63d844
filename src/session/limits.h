// SPDX-License-Identifier: ISC
/*
 * limits.h - the session role's limits that are not settings.
 */
#ifndef SESSION_LIMITS_H
#define SESSION_LIMITS_H

/* Octets of a client's commands that are read ahead of their answers; a
 * pipelining client is held back by TCP beyond it. */
#define SESSION_IN_MAX 20480u /* over POP3_SASL_LINE_MAX */

/* Octets of output made in one piece, and of a connection's unsent output. */
#define SESSION_OUT_MAX 65536u

/* Octets of stored text read in one piece.  Each may double on its way. */
#define SESSION_READ_MAX 32768u

/* Octets sent to one client before the others get their turn, if the kernel
 * moves them; those that pass through us cost as many times as much. */
#define SESSION_TURN_OCTETS (256u * 1024u)
#define SESSION_COPY_COST   4u

/* Who has used up a turn rests so long if others have asked for something less
 * than so long ago, and counts as one who takes much for so long (pace.h). */
#define SESSION_REST_MS       1u
#define SESSION_ASKED_MS      10u
#define SESSION_TAKES_MUCH_MS 1000u

/* Stored wire text from this size on goes by sendfile; below it, one send that
 * holds reply, text and terminator is cheaper. */
#define SESSION_SENDFILE_MIN 16384u

/* Messages read ahead that wait for their clients: octets in a process, and how
 * long.  A connection has a packet of them at most, and none while it idles: an
 * answer later than that was not worth much, and is read anew.  After as long
 * the one that a client is slow to take is alone, and counts no more. */
#define SESSION_AHEAD_OCTETS_MAX (8u * 1024u * 1024u)
#define SESSION_AHEAD_MS         1000u

/* Messages that are read at once for who has listed all and begins with the
 * first. */
#define SESSION_AHEAD_FIRST 16u

/* After so many, when none is left, the pages that they were in are given
 * back; not oftener than SESSION_TRIM_MS. */
#define SESSION_AHEAD_TRIM_OCTETS (1024u * 1024u)

/* A client that reads must take as much within the stall time: one that takes
 * an octet a second counts as one that takes none. */
#define SESSION_STALL_OCTETS 4096u

/* Connections accepted in one turn of the loop. */
#define SESSION_ACCEPTS_PER_TURN 16

/* Handshakes of a process that wait for a signature, each with a stack of 32
 * KiB; the others wait their turn. */
#define SESSION_SIGNATURES_MAX 128u

/* Octets of TLS without one of POP3 in them, after which it is no client: a
 * hello and a chain of certificates have fewer; key updates and empty records
 * may go on for ever. */
#define SESSION_FRUITLESS_MAX (256u * 1024u)

/* Octets of TLS that wait for more of one connection, to be sent in one piece:
 * a session ticket and the greeting; the last reply and the end of TLS. */
#define SESSION_HELD_MAX 1024u

/* Octets of replies to a pipelining client that are kept back while another
 * role is asked for its next command: the answer goes with them. */
#define SESSION_HELD_REPLIES_MAX 4096u

/* TLS records, of 16 KiB each, that go out in one piece: SESSION_OUT_MAX.  As
 * much may be held of a connection whose client does not take it. */
#define SESSION_RECORDS 4u

/* A handshake takes 22 KiB beside what TLS keeps, and leaves a hole as large
 * in the heap: after so many, but not oftener than that, the pages of the holes
 * are given back. */
#define SESSION_HANDSHAKES_PER_TRIM 64u
#define SESSION_TRIM_MS             1000u

/* How often time limits are looked at; they are kept that much too late. */
#define SESSION_TICK_MS 250u

/* How long accepting pauses when the process has no descriptor left. */
#define SESSION_ACCEPT_PAUSE_MS 500u

/* Descriptors: connections, each with a message at most, and our own. */
#define SESSION_DESCRIPTORS_WANTED 262144u

/* Descriptors kept free for what a packet may bring beside: when the kernel has
 * no room for one, it is lost, and the packet is unsound. */
#define SESSION_DESCRIPTORS_SPARE 16u

#endif
