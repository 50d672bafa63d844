// SPDX-License-Identifier: ISC
/*
 * naive.h - the rules of pop3/text.h, one octet at a time and written a second
 * time from the words alone: what the real code is judged by.
 */
#ifndef TEST_NAIVE_H
#define TEST_NAIVE_H

#include "octets.h"

/* TOP of so many lines is the whole message. */
#define NAIVE_ALL UINT64_MAX

/* The text as the receiver is to have it: no stuffing, no terminator.
 * body_lines as for TOP, or NAIVE_ALL. */
void naive_normal(struct pop3_slice text, uint64_t body_lines,
		  struct octets *normal);

/* Normal text on the wire, with stuffing and terminator. */
void naive_wire(struct pop3_slice normal, struct octets *wire);

/* Is text on the wire just as it is stored? */
bool naive_is_wire(struct pop3_slice text);

/* What a client makes of a multi-line answer: false if it does not end with its
 * terminator, or has one before the end. */
bool naive_receive(struct pop3_slice wire, struct octets *normal);

/*
 * What a client makes of octets that come as the text of a message: how many of
 * them belong to it, the terminator too, or NAIVE_NO_END.  A line ends in CRLF,
 * or, if lf_ends, in any LF.
 */
#define NAIVE_NO_END SIZE_MAX
size_t naive_take_message(struct pop3_slice wire, bool lf_ends,
			  struct octets *text);

/* Wire text as Unix stores it: CRLF is LF, all else stays. */
void naive_unwire(struct pop3_slice wire, struct octets *stored);

/* Where the next dot begins a line that began within text; text.len if none. */
size_t naive_find_dot(struct pop3_slice text, bool after_cr, bool lf_ends);

#endif
