// SPDX-License-Identifier: ISC
/*
 * shadow.h - a client of libpop3 that goes along with a transcript: what the
 * transcript's client says it says too, as far as a client of ours would, and
 * it hears all that the server says.  It must understand every octet.
 */
#ifndef SCRIPT_SHADOW_H
#define SCRIPT_SHADOW_H

#include "memclient.h"

#define SHADOW_MESSAGES_MAX 1024u

struct shadow {
	struct memclient client;
	bool is_here;
	bool is_lost; /* the transcript says what no client of ours does */
	bool owes_tls;
	size_t heard; /* of what the server sent in all */
	/* Where in client.all_text each message ends. */
	size_t ends[SHADOW_MESSAGES_MAX];
	size_t messages, taken;
};

void shadow_begin(struct shadow *sh);
void shadow_end(struct shadow *sh);

/* A command's line, without its end; or octets that are no whole one. */
void shadow_say(struct shadow *sh, struct pop3_slice line);
void shadow_get_lost(struct shadow *sh);

/* All that the server has sent so far. */
void shadow_hear(struct shadow *sh, struct pop3_slice sent);
void shadow_begin_tls(struct shadow *sh);

/* Whether text is one of the messages behind the one that was taken last: takes
 * it. */
bool shadow_take_message(struct shadow *sh, struct pop3_slice text);

#endif
