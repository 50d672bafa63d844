// SPDX-License-Identifier: ISC
/*
 * dispatch.h - from a line to the handler of its verb.
 */
#ifndef LIB_DISPATCH_H
#define LIB_DISPATCH_H

#include "command.h"

/*
 * Does the command in line, which has lost its end: checks everything that the
 * table of verbs demands, then calls the handler.  Sets s->verb.
 */
enum pop3_step pop3_dispatch(struct pop3_server *s, struct pop3_slice line,
			     struct pop3_writer *out, struct pop3_event *ev);

/* Refuses a line that is too long, of which head is what there is. */
enum pop3_step pop3_dispatch_long(struct pop3_server *s, struct pop3_slice head,
				  struct pop3_writer *out);

/* Refuses a client that begins TLS where a command is due. */
enum pop3_step pop3_dispatch_tls(struct pop3_server *s,
				 struct pop3_writer *out);

/* Calls the handler again that had to wait for the listing. */
enum pop3_step pop3_dispatch_again(struct pop3_server *s,
				   struct pop3_writer *out,
				   struct pop3_event *ev);

#endif
