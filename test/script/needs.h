// SPDX-License-Identifier: ISC
/*
 * needs.h - what a transcript needs of the server that it is played against.
 */
#ifndef SCRIPT_NEEDS_H
#define SCRIPT_NEEDS_H

#include "pop3/base.h"

struct needs {
	bool sasl; /* which is there anyway */
	bool stls;
	bool no_plaintext;
	bool login_delay;
	bool whole; /* the octets of a line come together */
};

/* Reads words with one blank between.  False: one of them is unknown. */
bool needs_read(struct needs *needs, struct pop3_slice words);

#endif
