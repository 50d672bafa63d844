// SPDX-License-Identifier: ISC
/*
 * handlers.h - what does a command, and what goes on when the answer to an
 * event has come.  command.c's table leads to the former, server.c's to the
 * latter.
 */
#ifndef LIB_HANDLERS_H
#define LIB_HANDLERS_H

#include "command.h"

/* login.c: AUTHORIZATION, and what is allowed in every state */
pop3_handler pop3_on_user;
pop3_handler pop3_on_pass;
pop3_handler pop3_on_apop;
pop3_handler pop3_on_stls;
pop3_handler pop3_on_utf8;
pop3_handler pop3_on_quit;

/* sasl.c */
pop3_handler pop3_on_auth;

/* transaction.c */
pop3_handler pop3_on_stat;
pop3_handler pop3_on_retr;
pop3_handler pop3_on_top;
pop3_handler pop3_on_dele;
pop3_handler pop3_on_rset;
pop3_handler pop3_on_noop;

/* lines.c: answers of many lines */
pop3_handler pop3_on_capa;
pop3_handler pop3_on_lang;
pop3_handler pop3_on_list;
pop3_handler pop3_on_uidl;

/* The answer is in s->is_ok, s->code and s->text. */
typedef enum pop3_step pop3_answer_handler(struct pop3_server *s,
					   struct pop3_writer *out);

pop3_answer_handler pop3_after_user;
pop3_answer_handler pop3_after_login;
pop3_answer_handler pop3_after_auth;
pop3_answer_handler pop3_after_commit;
pop3_answer_handler pop3_after_message;

/*
 * A response to a challenge, or the end of an exchange: line is NULL if it is
 * too long.  Sets *ev.
 */
enum pop3_step pop3_on_response(struct pop3_server *s,
				const struct pop3_slice *line,
				struct pop3_writer *out, struct pop3_event *ev);

/* The client cannot be logged in this time, and why was said: was it one try
 * too many? */
enum pop3_step pop3_after_failure(struct pop3_server *s);

/* To a client that wants to send a secret where everybody can read it. */
enum pop3_step pop3_refuse_plaintext(const struct pop3_server *s,
				     struct pop3_writer *out);

/* May TLS begin here, now? */
bool pop3_offers_stls(const struct pop3_server *s);

/* What pop3_lines_put needs to put anything: the longest line, CAPA's of SASL,
 * has 247 octets, and there must be 3 for the terminator. */
#define POP3_LISTED_MAX 256u

/*
 * Puts the next line, or lines, of the answer to s->verb from s->cursor on, as
 * far as out has room.  Returns true when the terminator was put.
 */
POP3_MUST_USE bool pop3_lines_put(struct pop3_server *s,
				  struct pop3_writer *out);

#endif
