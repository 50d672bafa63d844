// SPDX-License-Identifier: ISC
/*
 * saslprep.h - UTF-8, and the form of names and passwords by which two that
 * look alike are equal: SASLprep (RFC 4013), by GNU SASL.
 */
#ifndef AUTH_SASLPREP_H
#define AUTH_SASLPREP_H

#include "auth/user_name.h"

/* Octets under 0x80 alone. */
bool text_is_ascii(struct text t);

/* UTF-8 as RFC 3629 has it: nothing overlong, no surrogates. */
bool text_is_utf8(struct text t);

/*
 * Writes the prepared form of t, at most cap octets, without a NUL.  False, and
 * nothing is written, if t is no UTF-8, if it has something in it that SASLprep
 * prohibits (a control character, right-to-left and left-to-right letters
 * mixed), or if there is no room.  Characters younger than Unicode 3.2, which
 * SASLprep does not know, are let through as they are.  The memory that this
 * takes meanwhile is wiped.
 */
MUST_USE bool saslprep(struct text t, void *at, size_t cap, size_t *len_r);

#endif
