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
pop3_handler pop3_on_auth;
pop3_handler pop3_on_quit;

/* transaction.c */
pop3_handler pop3_on_stat;
pop3_handler pop3_on_retr;
pop3_handler pop3_on_top;
pop3_handler pop3_on_dele;
pop3_handler pop3_on_rset;
pop3_handler pop3_on_noop;

/* lines.c: answers of many lines */
pop3_handler pop3_on_capa;
pop3_handler pop3_on_list;
pop3_handler pop3_on_uidl;

/* The answer is in s->is_ok, s->code and s->text. */
typedef enum pop3_step pop3_answer_handler(struct pop3_server *s,
					   struct pop3_writer *out);

pop3_answer_handler pop3_after_user;
pop3_answer_handler pop3_after_login;
pop3_answer_handler pop3_after_commit;
pop3_answer_handler pop3_after_message;

/* What pop3_lines_put needs to put anything: the longest line, of UIDL, has 83
 * octets, the longest of CAPA 81, and there must be 3 for the terminator. */
#define POP3_LISTED_MAX 96u

/*
 * Puts the next line, or lines, of the answer to s->verb from s->cursor on, as
 * far as out has room.  Returns true when the terminator was put.
 */
POP3_MUST_USE bool pop3_lines_put(struct pop3_server *s,
				  struct pop3_writer *out);

#endif
