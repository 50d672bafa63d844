// SPDX-License-Identifier: ISC
/*
 * pop3/base64.h - base64 as SASL has it on the wire (RFC 4648, section 4; RFC
 * 5034, section 4): strict, so that each octet string has exactly one form.
 * No table is looked up by an octet, which may be of a secret.
 */
#ifndef POP3_BASE64_H
#define POP3_BASE64_H

#include "pop3/base.h"

/* The octets that n octets become. */
#define POP3_BASE64_LEN(n) (((n) + 2u) / 3u * 4u)

/* Whether text, which may be empty, is base64: whole groups of four from the
 * alphabet, padding only at the end, and no bit set that nothing is made of. */
bool pop3_base64_is_sound(struct pop3_slice text);

/* Puts what text stands for.  POP3_EINVAL if it is not sound, POP3_ENOSPC if
 * out has too little room; then nothing was put, and out->full is untouched. */
POP3_MUST_USE int pop3_base64_decode(struct pop3_slice text,
				     struct pop3_writer *out);

/* Puts octets as base64, or nothing if they do not fit, as every put. */
void pop3_put_base64(struct pop3_writer *out, struct pop3_slice octets);

#endif
