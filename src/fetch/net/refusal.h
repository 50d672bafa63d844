// SPDX-License-Identifier: ISC
/*
 * refusal.h - what a server means by refusing a log-in: codes (RFC 2449, RFC
 * 3206) where it has them, else the words of busy providers and servers.
 */
#ifndef FETCH_NET_REFUSAL_H
#define FETCH_NET_REFUSAL_H

#include <stdbool.h>

#include "fetch/why.h"
#include "pop3/client.h"

/* WHY_TEMP: go on next time; or WHY_LOGIN: it will be refused again. */
enum why_kind refusal_kind(enum pop3_code code, struct pop3_slice text);

/* Whether it says that the command or the mechanism is not known. */
bool refusal_is_unknown(enum pop3_code code, struct pop3_slice text);

/* The same as a sentence, with what to do. */
void refusal_explain(const char *host, enum pop3_code code,
		     struct pop3_slice text, struct why *why_r);

#endif
