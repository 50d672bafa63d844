// SPDX-License-Identifier: ISC
/*
 * scram_message.h - what a SCRAM client says (RFC 5802, section 7), taken
 * apart.  The texts point into the message.
 */
#ifndef AUTH_SCRAM_MESSAGE_H
#define AUTH_SCRAM_MESSAGE_H

#include "auth/user_name.h"

/* client-first-message: header ("p=name,a=authzid,"), then bare
 * ("n=user,r=nonce", and extensions). */
struct scram_first {
	char flag;           /* 'n', 'y' or 'p' */
	struct text binding; /* the name behind "p=", or empty */
	struct text authzid; /* encoded; empty if there is none */
	struct text header;
	struct text bare;
	struct text user; /* encoded */
	struct text nonce;
};

/* False, and *f_r untouched, if it is not one. */
MUST_USE bool scram_first_parse(struct text message, struct scram_first *f_r);

/* client-final-message: "c=binding,r=nonce" and extensions, then ",p=proof". */
struct scram_final {
	struct text without_proof;
	struct text binding; /* in base64, as the proof */
	struct text nonce;
	struct text proof;
};

/* False, and *f_r untouched, if it is not one. */
MUST_USE bool scram_final_parse(struct text message, struct scram_final *f_r);

/* Decodes "=2C" and "=3D" of a name that scram_first_parse found.  False, and
 * nothing is written, if the name is longer than cap. */
MUST_USE bool scram_name_decode(struct text encoded, char *at, size_t cap,
				size_t *len_r);

#endif
